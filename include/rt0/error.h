// Errors as values: an error has the failed operation, its object, the reason and the kernel's error number.
//
//   auto [n, err] = f.read(buf, sizeof(buf));
//   if (err == io::eof) …
//   if (err) fmt::println(err);            // read /etc/motd: is a directory
//
// An error holds its whole text, so that copying one, keeping it, or panicking with it needs no heap.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/relocate.h"

namespace rt0 {

// Short names. Everything of a package of Go's stands in a namespace of the package's name: time::Duration,
// sync::Mutex, errors::Error, os::exit, runtime::gc; types that Go has no names for stand in `builtin`. rt0::Duration
// and so on are short for those. Many programs have a Pool, a Text or a Timer of their own, and after `using namespace
// rt0` such a name would be ambiguous. A program that wants these names for itself defines RT0_NO_SHORT_NAMES before it
// includes <rt0/rt0.h>. Then rt0 itself has the words of the language (go, Chan, select and its cases, Defer, panic,
// recover, func, any, print, println), the packages, and names of several words. Macros all begin with RT0_.
namespace errors {

// The kinds of errors, for is(). Positive numbers are the kernel's error numbers, with its names: noent is ENOENT.
enum class Err : int {
  none = 0,
  perm = 1,
  noent = 2,
  srch = 3,
  intr = 4,
  io = 5,
  badf = 9,
  child = 10,
  again = 11,
  nomem = 12,
  acces = 13,
  exist = 17,
  notdir = 20,
  isdir = 21,
  inval = 22,
  nfile = 23,
  mfile = 24,
  fbig = 27,
  nospc = 28,
  spipe = 29,
  rofs = 30,
  pipe = 32,
  nametoolong = 36,
  notempty = 39,
  loop = 40,
  msgsize = 90,
  opnotsupp = 95,
  afnosupport = 97,
  addrinuse = 98,
  addrnotavail = 99,
  netunreach = 101,
  connaborted = 103,
  connreset = 104,
  isconn = 106,
  notconn = 107,
  timedout = 110,
  connrefused = 111,
  hostunreach = 113,

  eof = -1,             // there is nothing more to read
  timeout = -2,         // the deadline has passed
  closed = -3,          // the file or connection was closed
  unexpected_eof = -4,  // fewer bytes were read or written than necessary
  address = -5,         // the address is malformed, or does not fit the network
  unknown_host = -6,
  no_deadline = -7,  // this kind of file has no deadlines, because the poller cannot wait for it
  other = -8,
  buffer_full = -9,           // bufio: the buffer is too small for what was asked for
  negative_count = -10,       // bufio: a negative number of bytes was asked for
  invalid_unread_byte = -11,  // bufio: no byte was read that could be given back
  invalid_unread_rune = -12,
  too_long = -13,          // bufio: a token is larger than the scanner's limit
  negative_advance = -14,  // bufio: a split function went back
  advance_too_far = -15,   // bufio: a split function went beyond the data
  bad_read_count = -16,    // bufio: a read has returned more bytes than it was asked for
  final_token = -17,       // bufio: returned by a split function to end the scan without an error
  no_progress = -18,       // many reads in a row have returned neither bytes nor an error
  range = -19,             // strconv: a number does not fit
  dot = -21,               // exec: found relative to the working directory
  not_found = -22,         // exec: no such file in $PATH
  syntax = -20,            // strconv, time: a text is malformed
};

}  // namespace errors

namespace io {
using errors::Err;
inline constexpr Err eof = Err::eof;
inline constexpr Err err_no_progress = Err::no_progress;
inline constexpr Err err_short_write = Err::unexpected_eof;
}  // namespace io

// A string argument: a pointer and a length. The caller owns the bytes, which must stay until the call returns.
struct StrArg {
  const char* ptr;
  size_t len;

  [[gnu::always_inline]] StrArg(const char* s) : ptr(s), len(0) {
    while (s[len] != '\0') len++;
  }
  constexpr StrArg(const char* s, size_t n) : ptr(s), len(n) {}
  template <class S>
    requires requires(const S& s) {
      static_cast<const char*>(s.data());
      static_cast<size_t>(s.size());
    }
  StrArg(const S& s) : ptr(s.data()), len(s.size()) {}

  constexpr const char* data() const { return ptr; }
  constexpr size_t size() const { return len; }

  // Whether the bytes are the same.
  friend constexpr bool operator==(StrArg a, StrArg b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
      if (a.ptr[i] != b.ptr[i]) return false;
    return true;
  }
};

// A string of at most N - 1 bytes, held by value; NUL-terminated.
template <size_t N>
struct FixedText {
  size_t len = 0;
  char text[N] = {};

  const char* c_str() const { return text; }
  const char* data() const { return text; }
  size_t size() const { return len; }
  // Adds s at the end. What does not fit is cut.
  [[gnu::always_inline]] void put(StrArg s) {
    for (size_t i = 0; i < s.len && len + 1 < N; i++) text[len++] = s.ptr[i];
    text[len] = '\0';
  }
  friend bool operator==(const FixedText& a, StrArg b) { return StrArg(a.text, a.len) == b; }
};

namespace detail {
struct ErrorMaker;
struct ErrorTree;
}  // namespace detail

// errors::Error: an error, or none. See the head of this file.
class ErrorValue {
  using Err = errors::Err;

 public:
  // NOLINTBEGIN(clang-analyzer-optin.cplusplus.UninitializedObject): only the first len_ bytes of text_ are read
  ErrorValue() : code_(Err::none), len_(0), parts_(0) {}
  [[gnu::always_inline]] ErrorValue(const ErrorValue& o) : code_(Err::none), len_(0), parts_(0) {
    if (o.code_ != Err::none) copy(o);
  }
  // NOLINTEND(clang-analyzer-optin.cplusplus.UninitializedObject)
  [[gnu::always_inline]] ErrorValue& operator=(const ErrorValue& o) {
    if (o.code_ == Err::none) code_ = Err::none, len_ = parts_ = 0;
    else if (&o != this) copy(o);
    return *this;
  }

  // True if this is an error.
  explicit operator bool() const { return code_ != Err::none; }
  // The text, as Go prints it; "<nil>" if this is no error. It lives as long as this object.
  StrArg Error() const { return {data(), size()}; }
  const char* data() const { return code_ == Err::none ? "<nil>" : text_; }
  size_t size() const { return code_ == Err::none ? 5 : len_; }

  bool is(Err e) const { return code_ == e; }
  friend bool operator==(const ErrorValue& a, Err e) { return a.code_ == e; }
  // True if a deadline or a time limit of the kernel has passed. Go: Timeout().
  bool timeout() const { return code_ == Err::timeout || code_ == Err::timedout || code_ == Err::again; }
  // The kernel's error number; 0 if the error does not come from the kernel.
  int error_number() const { return static_cast<int>(code_) > 0 ? static_cast<int>(code_) : 0; }
  Err code() const { return code_; }
  // The operation: "open", "read", "dial", …
  StrArg op() const { return {text_, code_ == Err::none ? 0u : op_len_}; }
  // The text without operation and object, as that of Go's errors.Unwrap.
  StrArg reason() const {
    if (code_ == Err::none) return {"", 0};
    return {text_ + reason_at_, static_cast<size_t>(len_ - reason_at_)};
  }

 private:
  friend struct detail::ErrorMaker;
  friend struct detail::ErrorTree;
  static constexpr size_t kMaxText = 480;  // a longer path is cut

  void copy(const ErrorValue& o);

  Err code_;
  uint16_t len_, op_len_, reason_at_;
  uint16_t parts_;       // bytes at the end of text_ that say what the error wraps; most errors have none: see errors.h
  char text_[kMaxText];  // garbage between text and parts
};
template <>
inline constexpr bool kRelocatable<ErrorValue> = true;

namespace detail {
bool error_same(const ErrorValue& a, const ErrorValue& b);
}  // namespace detail
// Whether both are the same error. Errors of make(), errorf() and join() are the same if one is a copy of the other;
// rt0's own errors, and those of of(), if they have the same content. Go: err == target.
inline bool operator==(const ErrorValue& a, const ErrorValue& b) { return detail::error_same(a, b); }

namespace errors {

using Error = ErrorValue;

// A value and an error. If err is an error, value is T{}, or the part of the result from before the error.
template <class T>
struct Result {
  T value{};
  ErrorValue err{};
};

}  // namespace errors

template <class T>
inline constexpr bool kRelocatable<errors::Result<T>> = kRelocatable<T>;

namespace io {
using errors::Error;
using errors::Result;
}  // namespace io

#if !defined(RT0_NO_SHORT_NAMES)
using errors::Err;
using errors::Error;
using errors::Result;
#endif

}  // namespace rt0
