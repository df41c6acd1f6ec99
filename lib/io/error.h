// Building errors, with the texts of Go's os.PathError, net.OpError and os.SyscallError.
#pragma once

#include "base/types.h"
#include "lib/io/fd.h"
#include "rt0/error.h"
#include "rt0/time.h"

namespace rt0::detail {

struct ErrorMaker {
  ErrorValue& e;

  explicit ErrorMaker(ErrorValue& err) : e(err) {
    e.len_ = e.op_len_ = e.reason_at_ = e.parts_ = 0;
    e.code_ = Err::other;
  }
  ErrorMaker& op(Str s) {
    put(s);
    e.op_len_ = e.len_;
    return *this;
  }
  // Adds s. Text before the tail is cut early enough for the tail to fit.
  ErrorMaker& put(Str s, bool tail = false) {
    const usize cap = ErrorValue::kMaxText - 1 - (tail ? 0 : kTail);
    for (usize i = 0; i < s.len && e.len_ < cap; i++) e.text_[e.len_++] = s.ptr[i];
    e.text_[e.len_] = '\0';
    return *this;
  }
  ErrorMaker& num(u64 v);
  void reason(Str s, Err code) {
    e.reason_at_ = e.len_;
    put(s, true);
    e.code_ = code;
  }
  void errno_reason(Errno no);

 private:
  static constexpr usize kTail = 100;
};

// Adds the reason that r gives. net: r is of a connection, not of a file. call: the system call to be named, as Go's
// net does; empty: none.
void put_reason(ErrorMaker& m, const IoResult& r, bool net, Str call);
// "op path: …"
void path_error(ErrorValue* e, Str op, Str path, const IoResult& r);

// The time t as a deadline for pollSetDeadline: 0 for none, -1 for the past.
i64 deadline_of(Time t);

}  // namespace rt0::detail
