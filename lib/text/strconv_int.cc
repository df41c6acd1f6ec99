// Whole numbers and truth values. Go: internal/strconv/atoi.go, itoa.go, atob.go.
#include "base/format.h"
#include "lib/text/error.h"
#include "lib/text/strconv.h"
#include "rt0/panic.h"

namespace rt0::strconv {

namespace {

constexpr int kIntBits = 32;
constexpr usize kMostQuoted = 80;  // bytes of a text that an error names

// "strconv.<function>: parsing <s, quoted>: "
rt0::detail::ErrorMaker begin_error(Error& e, Str function, StrArg s) {
  rt0::detail::ErrorMaker m(e);
  char op[40];
  Out out{op, sizeof(op)};
  out.put("strconv.");
  out.put(function);
  const String quoted = quote({s.ptr, min(s.len, kMostQuoted)});
  m.op(out.str()).put(": parsing ").put({quoted.data(), quoted.size()}).put(": ", true);
  return m;
}

struct Number {
  u64 v = 0;
  Err err = Err::none;  // other: the base or the bit size is wrong
};

// No sign. Sets bit_size if that is 0.
Number digits_of(Str s, int base, int* bit_size) {
  if (s.empty()) return {0, Err::syntax};
  const bool any_base = base == 0;
  const Str all = s;
  if (any_base) {
    base = 10;
    if (s[0] == '0') {
      const char c = s.len >= 3 ? lower(s[1]) : '\0';
      base = c == 'b' ? 2 : c == 'x' ? 16 : 8;
      s = s.sub(c == 'b' || c == 'o' || c == 'x' ? 2 : 1);
    }
  }
  if (base < 2 || base > 36) return {0, Err::other};
  if (*bit_size == 0) *bit_size = kIntBits;
  if (*bit_size < 0 || *bit_size > 64) return {0, Err::other};

  const u64 most = *bit_size == 64 ? ~u64{0} : (u64{1} << *bit_size) - 1;
  const u64 b = static_cast<u64>(base);
  u64 n = 0;
  bool underscores = false;
  for (const char c : s) {
    if (c == '_' && any_base) {
      underscores = true;
      continue;
    }
    u64 d = b;
    if (is_digit(c)) d = static_cast<u64>(c - '0');
    else if (lower(c) >= 'a' && lower(c) <= 'z') d = static_cast<u64>(lower(c) - 'a') + 10;
    if (d >= b) return {0, Err::syntax};
    if (n > (~u64{0} - d) / b || n * b + d > most) return {most, Err::range};
    n = n * b + d;
  }
  if (underscores && !underscores_ok(all)) return {0, Err::syntax};
  return {n, Err::none};
}

Result<int64_t> signed_of(Str function, StrArg arg, int base, int bit_size) {
  Str s{arg.ptr, arg.len};
  const bool negative = !s.empty() && s[0] == '-';
  if (!s.empty() && (s[0] == '-' || s[0] == '+')) s = s.sub(1);
  int bits = bit_size;
  Number n = digits_of(s, base, &bits);
  if (n.err == Err::none || n.err == Err::range) {
    const u64 limit = (u64{1} << (bits - 1)) - (negative ? 0 : 1);
    if (n.v > limit) n = {limit, Err::range};
  }
  Result<int64_t> out;
  out.value = static_cast<i64>(negative ? 0 - n.v : n.v);
  if (n.err == Err::none) return out;
  if (n.err == Err::other) {
    auto m = begin_error(out.err, function, arg);
    const bool bad_base = base < 0 || base == 1 || base > 36;
    const NumberText number = itoa(bad_base ? base : bit_size);
    String why(bad_base ? "invalid base " : "invalid bit size ");
    why.append(number);
    m.reason({why.data(), why.size()}, Err::inval);
  } else {
    out.err = num_error(function, arg, n.err);
  }
  return out;
}

}  // namespace

Error num_error(Str function, StrArg s, Err reason) {
  Error e;
  auto m = begin_error(e, function, s);
  m.reason(reason == Err::range ? Str("value out of range") : Str("invalid syntax"), reason);
  return e;
}

bool underscores_ok(Str s) {
  char before = '^';  // 0: a digit or a prefix; _; ^: the beginning; !: anything else
  if (!s.empty() && (s[0] == '-' || s[0] == '+')) s = s.sub(1);
  bool hex = false;
  if (s.len >= 2 && s[0] == '0' && (lower(s[1]) == 'b' || lower(s[1]) == 'o' || lower(s[1]) == 'x')) {
    hex = lower(s[1]) == 'x';
    before = '0';
    s = s.sub(2);
  }
  for (const char c : s) {
    const bool digit = is_digit(c) || (hex && lower(c) >= 'a' && lower(c) <= 'f');
    if (c == '_' ? before != '0' : !digit && before == '_') return false;
    before = digit ? '0' : c == '_' ? '_' : '!';
  }
  return before != '_';
}

Result<int64_t> parse_int(StrArg s, int base, int bit_size) { return signed_of("ParseInt", s, base, bit_size); }

Result<int> atoi(StrArg s) {
  const Result<int64_t> r = signed_of("Atoi", s, 10, 0);
  return {static_cast<int>(r.value), r.err};
}

Result<uint64_t> parse_uint(StrArg s, int base, int bit_size) {
  int bits = bit_size;
  const Number n = digits_of({s.ptr, s.len}, base, &bits);
  Result<uint64_t> out;
  out.value = n.v;
  if (n.err == Err::other) out.err = signed_of("ParseUint", s, base, bit_size).err;
  else if (n.err != Err::none) out.err = num_error("ParseUint", s, n.err);
  return out;
}

Result<bool> parse_bool(StrArg s) {
  constexpr Str kNames[] = {"0", "f", "F", "FALSE", "false", "False", "1", "t", "T", "TRUE", "true", "True"};
  for (usize i = 0; i < countof(kNames); i++)
    if (Str(s.ptr, s.len) == kNames[i]) return {i >= countof(kNames) / 2, {}};
  return {false, num_error("ParseBool", s, Err::syntax)};
}

NumberText format_uint(uint64_t v, int base) {
  if (base < 2 || base > 36) panic("strconv: illegal AppendInt/FormatInt base");
  char digits[64];
  usize n = 0;
  do {
    digits[sizeof(digits) - ++n] = "0123456789abcdefghijklmnopqrstuvwxyz"[v % static_cast<u64>(base)];
    v /= static_cast<u64>(base);
  } while (v != 0);
  NumberText t;
  t.put({digits + sizeof(digits) - n, n});
  return t;
}
NumberText format_int(int64_t v, int base) {
  const NumberText digits = format_uint(v < 0 ? 0 - static_cast<u64>(v) : static_cast<u64>(v), base);
  if (v >= 0) return digits;
  NumberText t;
  t.put("-");
  t.put(digits);
  return t;
}
NumberText itoa(int64_t v) { return format_int(v, 10); }
builtin::Text format_bool(bool v) { return v ? builtin::Text("true") : builtin::Text("false"); }

String& append_int(String& to, int64_t v, int base) { return to.append(format_int(v, base)); }
String& append_uint(String& to, uint64_t v, int base) { return to.append(format_uint(v, base)); }
String& append_bool(String& to, bool v) { return to.append(format_bool(v)); }

}  // namespace rt0::strconv
