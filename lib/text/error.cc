#include "lib/text/error.h"

#include "base/format.h"

namespace rt0 {

using errors::Err;

void ErrorValue::copy(const ErrorValue& o) {
  code_ = o.code_;
  len_ = o.len_;
  op_len_ = o.op_len_;
  reason_at_ = o.reason_at_;
  parts_ = o.parts_;
  for (u32 i = 0; i <= len_; i++) text_[i] = o.text_[i];
  for (usize i = kMaxText - parts_; i < kMaxText; i++) text_[i] = o.text_[i];
}

namespace detail {

ErrorMaker& ErrorMaker::num(u64 v) {
  char buf[kMaxDecimal];
  return put({buf, format_u64(buf, v)}, true);
}

void ErrorMaker::errno_reason(Errno no) {
  const char* text = errno_text_all(no);
  e.reason_at_ = e.len_;
  if (*text != '\0') put(cstr(text), true);
  else put("errno ", true).num(static_cast<u64>(no));
  e.code_ = static_cast<Err>(no);
}

}  // namespace detail
}  // namespace rt0
