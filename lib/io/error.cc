#include "lib/io/error.h"

namespace rt0::detail {

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

}  // namespace rt0::detail
