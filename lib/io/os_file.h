// The object behind os::File, and helpers that os.cc and file.cc share.
#pragma once

#include "lib/io/error.h"
#include "rt0/os.h"
#include "sched/syscall.h"

namespace rt0::os {

namespace detail {

using rt0::detail::ErrorMaker;
using rt0::detail::path_error;

// Shared by the handles that point to it: the last one closes it.
struct OsFile {
  FD fd;
  Atomic<u32> handles{1};
  bool append = false;
  bool borrowed = false;  // standard input and the like, which stay open when the last handle goes
  u32 name_len = 0;
  const char* name = nullptr;       // NUL-terminated; make() puts it behind the object
  Atomic<DirReader*> dir{nullptr};  // the entries, once read_dir was called
  void (*drop_dir)(DirReader* d) = nullptr;

  static OsFile* make(i32 fd, Str name);
  static consteval OsFile standard(i32 fd, Str name) {
    OsFile f;
    f.fd.sysfd = fd;
    f.borrowed = true;
    f.name_len = static_cast<u32>(name.len);
    f.name = name.ptr;
    return f;
  }
  static File handle(OsFile* f) {
    File h;
    h.f_ = f;
    return h;
  }
  static OsFile* of(const File& h) { return h.f_; }
  static void give(Content* c, char* p, usize n) { c->p_ = p, c->n_ = n; }
  void release();
  Str name_str() const { return {name, name_len}; }
};

}  // namespace detail

// A copy of a path on the stack, with a NUL at its end for the kernel. Errors: inval for a NUL inside, as in Go.
struct PathName {
  char text[4096];  // empty if it is too long
  Errno err = Errno::ok;

  explicit PathName(StrArg s) {
    if (s.len >= sizeof(text)) {
      text[0] = '\0';
      err = Errno::nametoolong;
      return;
    }
    for (usize i = 0; i < s.len; i++) {
      if (s.ptr[i] == '\0') err = Errno::inval;
      text[i] = s.ptr[i];
    }
    text[s.len] = '\0';
  }
};

FileInfo info_of(const FileStat& st);

// Makes a system call that may block, again as long as its error is EINTR.
template <class F>
SysResult blocking_call(F f) {
  return ignoringEINTR([&] { return in_syscall(f); });
}

}  // namespace rt0::os
