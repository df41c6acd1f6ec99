#include "trace/event.h"

namespace rt0 {

namespace {

// Names and argument names, one after the other, each with its NUL. Found by counting: only a program that is traced looks.
constexpr char kTexts[] =
#define FN(id, name) name "\0\0"
#define EV(id, name, args, meaning) name "\0" args "\0"
#include "trace/events.def"
#undef FN
#undef EV
    ;

void put_id(Out& out, char kind, i64 id) {
  out.put(' ');
  out.put(kind);
  if (id < 0) out.put('-');
  else out.put_i64(id);
}

void put_encoded(Out& out, Str s) {
  for (char c : s) {
    const u8 u = static_cast<u8>(c);
    if (u > ' ' && u < 0x7f && c != '%' && c != '=') {
      out.put(c);
    } else {
      out.put('%');
      out.put("0123456789abcdef"[u >> 4]);
      out.put("0123456789abcdef"[u & 15]);
    }
  }
}

void put_value(Out& out, const TraceValue& v) {
  out.put('=');
  if (v.is_text) put_encoded(out, v.text);
  else out.put_i64(v.num);
}

}  // namespace

Str event_name(Ev e) {
  const char* at = kTexts;
  for (u32 skip = 2 * static_cast<u32>(e); skip > 0; skip--) at = cstr(at).end() + 1;
  return cstr(at);
}
Str event_args(Ev e) { return cstr(event_name(e).end() + 1); }

void trace_line(Out& out, i64 time_ns, TraceWho who, Ev e, Str isa, const TraceValue* values) {
  out.put_i64(time_ns);
  put_id(out, 'm', who.m);
  put_id(out, 'p', who.p);
  put_id(out, 'g', who.g);
  out.put(' ');
  Str name = event_name(e);
  constexpr Str kIsa = "<isa>";
  for (usize i = 0; i < name.len; i++) {
    if (name[i] == '<') {
      out.put(isa);
      i += kIsa.len - 1;
    } else {
      out.put(name[i]);
    }
  }
  bool in_name = false;
  for (char c : event_args(e)) {
    if (!in_name) out.put(' ');
    in_name = c != ' ';
    if (in_name) {
      out.put(c);
      continue;
    }
    put_value(out, *values++);
  }
  if (in_name) put_value(out, *values);
  out.put('\n');
}

}  // namespace rt0
