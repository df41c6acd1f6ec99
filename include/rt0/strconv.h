// Go's package strconv: numbers to text and back, quoted texts.
//
//   auto [port, err] = strconv::atoi(arg);
//   if (err) fmt::println(err);                       // strconv.Atoi: parsing "80x": invalid syntax
//   if (errors::is(err, strconv::err_range)) …
//   fmt::println(strconv::format_float(0.1, 'f', 3, 64));  // 0.100
//
// Results are exact and the same on every ISA. `int` is C++'s, of 32 bits; so a bit size of 0 means 32 bits here, as
// with Go on a 32-bit machine.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/error.h"
#include "rt0/panic.h"
#include "rt0/text.h"

namespace rt0::strconv {

using builtin::String;
using errors::Err;
using errors::Error;
using errors::Result;

// What is(err, …) finds in errors of this package. Their texts are Go's: strconv.ParseInt: parsing "x": invalid syntax.
inline constexpr Err err_range = Err::range;
inline constexpr Err err_syntax = Err::syntax;

// A number as text: up to 64 digits and a sign.
using NumberText = FixedText<66>;

// All of s as a number: a sign, then digits of the base, 2 to 36. Base 0: the text says it by 0b, 0o, 0 or 0x, else it
// is 10, and underscores may separate digits. If the number needs more than bit_size bits (0 to 64), the error is
// err_range and the value the nearest that fits; other errors have the value 0: err_syntax, or Err::inval for a base or
// bit_size that is none.
Result<int64_t> parse_int(StrArg s, int base, int bit_size);
// The same without a sign.
Result<uint64_t> parse_uint(StrArg s, int base, int bit_size);
// parse_int(s, 10, 0), with errors of its own.
Result<int> atoi(StrArg s);
// All of s as a floating-point number, decimal (1.5e3) or hexadecimal (0x1.8p1), rounded to the nearest of bit_size 32
// or 64; inf, infinity and nan, in capital or small letters; underscores may separate digits. err_range: it is too
// large, and the value is infinite.
Result<double> parse_float(StrArg s, int bit_size);
// 1, t, T, TRUE, true, True, or 0, f, F, FALSE, false, False.
Result<bool> parse_bool(StrArg s);

// base: 2 to 36; panics for others.
NumberText format_int(int64_t v, int base);
NumberText format_uint(uint64_t v, int base);
NumberText itoa(int64_t v);
// format: 'e' 1.5e+03, 'f' 1500.000, 'g' ('e' for exponents below -4 and from the precision on, else 'f'), 'x'
// 0x1.8p+10, 'b' 4503599627370496p-52; 'E', 'G' and 'X' the same with capitals. prec: digits behind the point, for 'g'
// and 'G' all digits; -1: the fewest that are read back as the same number of bit_size 32 or 64 (then 'g' decides with
// the precision 6). Other bit sizes panic. Another format gives %format.
String format_float(double v, char format, int prec, int bit_size);
builtin::Text format_bool(bool v);

// The same at the end of `to`.
String& append_int(String& to, int64_t v, int base);
String& append_uint(String& to, uint64_t v, int base);
String& append_float(String& to, double v, char format, int prec, int bit_size);
String& append_bool(String& to, bool v);
String& append_quote(String& to, StrArg s);
String& append_quote_to_ascii(String& to, StrArg s);
String& append_quote_rune(String& to, int32_t r);

// A literal of Go's: in quotes, with escapes for what can't be printed: "\t\u00ad\xff". to_ascii: for all but ASCII.
String quote(StrArg s);
String quote_to_ascii(StrArg s);
String quote_rune(int32_t r);
String quote_rune_to_ascii(int32_t r);
// Whether s can stand between back quotes.
bool can_backquote(StrArg s);
// The text that a literal in "", '' or `` stands for. The only error is "invalid syntax".
Result<String> unquote(StrArg s);
// The first character or byte of a text in which escapes may stand. quote: the quote around it, which must be escaped
// and the other not; 0: both as they are. multibyte: as text it is more than one byte. tail: what follows.
struct Unquoted {
  int32_t value = 0;
  bool multibyte = false;
  builtin::Text tail{};
  Error err{};
};
Unquoted unquote_char(StrArg s, char quote);
// Letters, marks, numbers, punctuation, symbols and the ASCII space, by the Unicode version of Go 1.26.
bool is_print(int32_t r);

}  // namespace rt0::strconv
