// Text output to a file descriptor, without a heap. All of the runtime's messages are written with it. It needs only
// the kernel's write(), so it works from the first instruction of args() on, and during a fatal error.
#pragma once

#include "base/format.h"
#include "kernel_iface/errno.h"

#define RT0_STR(s) static_cast<::rt0::i32>((s).len), (s).ptr

namespace rt0 {

inline constexpr i32 kStdout = 1, kStderr = 2;

// Collects text and writes it when its buffer is full, and when it is flushed or destroyed: a short line is one write.
// The simulated kernel counts all text of a Writer as one write. Errors are ignored, because they cannot be reported.
class Writer {
 public:
  static constexpr usize kShort = 256;  // a line of up to so many bytes is one write
  // write: used in place of the kernel's write.
  using Write = SysResult (*)(i32 fd, const void* p, usize n);
  explicit Writer(i32 fd, Write write = nullptr) : fd_(fd), write_(write) {}
  // Writes to the memory [out, out + n) instead; text that does not fit is dropped.
  Writer(char* out, usize n) : fd_(-1), out_(out), room_(n) {}
  ~Writer() { flush(); }
  static void* operator new(usize, void* at) { return at; }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Before anything is put: collects n bytes at `buf` before it writes.
  void use(char* buf, usize n) { at_ = buf, cap_ = n; }

  void put(char c);
  void put(Str s);
  // The part of printf that messages need: %s, %.*s, %d, %lld, %llu, %#llx, %%. One call per message keeps the
  // code of messages small. RT0_STR(str) stands for the two arguments of %.*s.
  void fmt(const char* format, ...) __attribute__((format(printf, 2, 3)));
  void vfmt(const char* format, __builtin_va_list args);
  void flush();
  usize room() const { return room_; }
  // True if no more text fits into the memory; false for a file.
  bool full() const { return out_ != nullptr && len_ >= room_; }

 private:
  i32 fd_;
  Write write_ = nullptr;
  char* out_ = nullptr;
  usize room_ = 0;
  usize len_ = 0;
  bool begun_ = false;  // something has been written
  char* at_ = buf_;
  usize cap_ = kShort;
  char buf_[kShort];
};

// A message to stderr, in one write if it is short.
void eprintf(const char* format, ...) __attribute__((format(printf, 1, 2)));

// The text of an error for messages of the form "%s (errno %d)". Never empty: "error" if there is no text for it.
const char* errno_cstr(Errno e);

}  // namespace rt0
