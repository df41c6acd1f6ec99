// Building errors that have an operation and a reason, as Go's os.PathError and strconv.NumError have.
#pragma once

#include "base/types.h"
#include "kernel_iface/errno.h"
#include "rt0/error.h"

namespace rt0::detail {

struct ErrorMaker {
  ErrorValue& e;

  explicit ErrorMaker(ErrorValue& err) : e(err) {
    e.len_ = e.op_len_ = e.reason_at_ = e.parts_ = 0;
    e.code_ = errors::Err::other;
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
  void reason(Str s, errors::Err code) {
    e.reason_at_ = e.len_;
    put(s, true);
    e.code_ = code;
  }
  void errno_reason(Errno no);

 private:
  static constexpr usize kTail = 100;
};

}  // namespace rt0::detail
