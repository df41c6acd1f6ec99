// Quoted texts. Go: strconv/quote.go.
#include "lib/text/error.h"
#include "lib/text/strconv.h"
#include "lib/text/utf8.h"

namespace rt0::strconv {

namespace {

constexpr u8 kPrintRanges[] = {
#include "lib/text/isprint.def"
};

constexpr const char* kHex = "0123456789abcdef";
// The letters of escapes, and what they stand for.
constexpr Str kLetters = "abfnrtv", kControls = "\a\b\f\n\r\t\v";

void put_hex(String& to, u32 v, u32 digits) {
  while (digits-- > 0) to.push(kHex[v >> 4 * digits & 15]);
}

void put_rune(String& to, i32 r, char quote, bool ascii) {
  if (r == quote || r == '\\') {
    to.push('\\').push(static_cast<char>(r));
    return;
  }
  if (is_print(r) && (r < 0x80 || !ascii)) {
    to.push_rune(r);
    return;
  }
  for (usize i = 0; i < kLetters.len; i++) {
    if (r != kControls[i]) continue;
    to.push('\\').push(kLetters[i]);
    return;
  }
  const u32 v = static_cast<u32>(r);
  const char letter = v < ' ' || v == 0x7f ? 'x' : v < 0x10000 ? 'u' : 'U';
  to.push('\\').push(letter);
  put_hex(to, v, letter == 'x' ? 2 : letter == 'u' ? 4 : 8);
}

String& put_quoted(String& to, StrArg arg, bool ascii) {
  to.push('"');
  for (Str s{arg.ptr, arg.len}; !s.empty();) {
    const utf8::Rune x = utf8::decode(s);
    if (x.r == utf8::kRuneError && x.size == 1) {
      to.append("\\x");
      put_hex(to, static_cast<u8>(s[0]), 2);
    } else {
      put_rune(to, x.r, '"', ascii);
    }
    s = s.sub(x.size);
  }
  return to.push('"');
}

String& put_quoted_rune(String& to, i32 r, bool ascii) {
  to.push('\'');
  put_rune(to, utf8::valid_rune(r) ? r : utf8::kRuneError, '\'', ascii);
  return to.push('\'');
}

Error bad_syntax() {
  Error e;
  rt0::detail::ErrorMaker(e).reason("invalid syntax", Err::syntax);
  return e;
}

i32 hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

// A character of a quoted text. size: of the text that stands for it; 0: wrong.
struct Char {
  i32 r = 0;
  bool multibyte = false;
  usize size = 0;
};
// n digits behind an escape's first `skip` bytes.
Char digits(Str s, usize skip, usize n, i32 base) {
  if (s.len < skip + n) return {};
  u32 v = 0;
  for (usize i = skip; i < skip + n; i++) {
    const i32 d = hex_value(s[i]);
    if (d < 0 || d >= base) return {};
    v = v * static_cast<u32>(base) + static_cast<u32>(d);
  }
  return {static_cast<i32>(v), false, skip + n};
}

Char escape(Str s, char quote) {
  const char c = s[1];
  for (usize i = 0; i < kLetters.len; i++)
    if (c == kLetters[i]) return {kControls[i], false, 2};
  if (c == '\\' || (c == quote && (c == '\'' || c == '"'))) return {c, false, 2};
  if (c == 'x') return digits(s, 2, 2, 16);
  if (c == 'u' || c == 'U') {
    Char x = digits(s, 2, c == 'u' ? 4 : 8, 16);
    x.multibyte = true;
    return utf8::valid_rune(x.r) ? x : Char{};
  }
  const Char x = c >= '0' && c <= '7' ? digits(s, 1, 3, 8) : Char{};
  return x.r > 255 ? Char{} : x;
}

Char next_char(Str s, char quote) {
  if (s.empty() || (s[0] == quote && (quote == '\'' || quote == '"'))) return {};
  if (static_cast<u8>(s[0]) >= 0x80) {
    const utf8::Rune x = utf8::decode(s);
    return {x.r, true, x.size};
  }
  if (s[0] != '\\') return {s[0], false, 1};
  return s.len > 1 ? escape(s, quote) : Char{};
}

bool contains(Str s, char c) {
  for (const char x : s)
    if (x == c) return true;
  return false;
}

// Adds to *out what `s`, a literal without its quotes, stands for; false if it is malformed.
bool unquoted(Str s, char quote, String* out) {
  if (quote == '`') {
    if (contains(s, '`')) return false;
    for (const char c : s)
      if (c != '\r') out->push(c);
    return true;
  }
  if (quote != '"' && quote != '\'') return false;
  usize n = 0;
  for (; !s.empty(); n++) {
    const Char x = next_char(s, quote);
    if (x.size == 0 || s[0] == '\n') return false;
    if (x.r < 0x80 || !x.multibyte) out->push(static_cast<char>(x.r));
    else out->push_rune(x.r);
    s = s.sub(x.size);
  }
  return quote == '"' || n < 2;  // Go takes '' for an empty text, too
}

}  // namespace

bool is_print(int32_t r) {
  if (r < 0x80) return r >= ' ' && r < 0x7f;
  bool printable = false;
  i32 end = 0;
  for (usize i = 0; i < sizeof(kPrintRanges); printable = !printable) {
    i32 n = 0;
    for (u32 shift = 0;; shift += 7) {
      const u8 b = kPrintRanges[i++];
      n |= (b & 0x7f) << shift;
      if (b < 0x80) break;
    }
    end += n;
    if (r < end) return printable;
  }
  return false;
}

String& append_quote(String& to, StrArg s) { return put_quoted(to, s, false); }
String& append_quote_to_ascii(String& to, StrArg s) { return put_quoted(to, s, true); }
String& append_quote_rune(String& to, int32_t r) { return put_quoted_rune(to, r, false); }
String quote(StrArg s) {
  String to;
  return static_cast<String&&>(put_quoted(to, s, false));
}
String quote_to_ascii(StrArg s) {
  String to;
  return static_cast<String&&>(put_quoted(to, s, true));
}
String quote_rune(int32_t r) {
  String to;
  return static_cast<String&&>(put_quoted_rune(to, r, false));
}
String quote_rune_to_ascii(int32_t r) {
  String to;
  return static_cast<String&&>(put_quoted_rune(to, r, true));
}

bool can_backquote(StrArg s) {
  for (Str rest{s.ptr, s.len}; !rest.empty();) {
    const utf8::Rune x = utf8::decode(rest);
    const bool invalid = x.size == 1 && x.r == utf8::kRuneError;
    if (invalid || x.r == 0xfeff || (x.r < ' ' && x.r != '\t') || x.r == '`' || x.r == 0x7f) return false;
    rest = rest.sub(x.size);
  }
  return true;
}

Unquoted unquote_char(StrArg s, char quote) {
  const Str text{s.ptr, s.len};
  const Char x = next_char(text, quote);
  if (x.size == 0) return {0, false, {}, bad_syntax()};
  return {x.r, x.multibyte, {text.ptr + x.size, text.len - x.size}, {}};
}

Result<String> unquote(StrArg s) {
  Result<String> out;
  if (s.len >= 2 && s.ptr[0] == s.ptr[s.len - 1] && unquoted({s.ptr + 1, s.len - 2}, s.ptr[0], &out.value)) return out;
  out.value.clear();
  out.err = bad_syntax();
  return out;
}

}  // namespace rt0::strconv
