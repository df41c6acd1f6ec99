#include "lib/io/error.h"

#include "base/format.h"

namespace rt0 {

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

void put_reason(ErrorMaker& m, const IoResult& r, bool net, Str call) {
  switch (r.err) {
    case IoErr::none: break;
    case IoErr::sys:
      if (!call.empty()) m.put(call, true).put(": ", true);
      m.errno_reason(r.no);
      break;
    case IoErr::eof: m.reason("EOF", Err::eof); break;
    case IoErr::closing:
      m.reason(net ? Str("use of closed network connection") : Str("file already closed"), Err::closed);
      break;
    case IoErr::timeout: m.reason("i/o timeout", Err::timeout); break;
    case IoErr::not_pollable: m.reason("not pollable", Err::other); break;
    case IoErr::no_deadline: m.reason("file type does not support deadline", Err::no_deadline); break;
    case IoErr::short_write: m.reason("short write", Err::unexpected_eof); break;
    case IoErr::unexpected: m.reason("unexpected EOF", Err::unexpected_eof); break;
  }
}

void path_error(ErrorValue* e, Str op, Str path, const IoResult& r) {
  ErrorMaker m(*e);
  if (r.err != IoErr::eof) m.op(op).put(" ").put(path).put(": ", true);
  put_reason(m, r, false, {});
}

i64 deadline_of(Time t) {
  if (t.is_zero()) return 0;
  const Duration d = until(t);
  return d <= Duration{0} ? -1 : deadline_after(d.count);
}

}  // namespace detail
}  // namespace rt0
