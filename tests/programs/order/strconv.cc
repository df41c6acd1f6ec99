// env: GOMAXPROCS=1
// strconv: numbers to text and back, quoted texts. Recorded with GOARCH=386.
#include <rt0/rt0.h>

namespace errors = rt0::errors;
namespace fmt = rt0::fmt;
namespace strconv = rt0::strconv;
using errors::Error;
using rt0::StrArg;
using rt0::builtin::String;
using rt0::builtin::Text;

namespace {

// Collects what Go's fmt.Print writes, because fmt::println ends the line each time.
String line;
template <class T>
void put(const T& v) {
  if constexpr (requires { line.append(v); }) line.append(v);
  else if constexpr (__is_same(T, bool)) strconv::append_bool(line, v);
  else if constexpr (__is_same(T, uint64_t)) strconv::append_uint(line, v, 10);
  else strconv::append_int(line, v, 10);
}
template <class... A>
void emit(const A&... a) {
  (put(a), ...);
}
void end() {
  fmt::println(line);
  line.clear();
}

const char* kind(const Error& err) {
  return errors::is(err, strconv::err_range) ? "range" : errors::is(err, strconv::err_syntax) ? "syntax" : "-";
}

String repeated(StrArg s, int n) {
  String t;
  while (n-- > 0) t.append(s);
  return t;
}

template <class F>
void says_panic(F f) {
  rt0::func([&] {
    rt0::Defer d([] { fmt::println(rt0::recover().as<const char*>()); });
    f();
  });
}

const StrArg numbers[] = {"",
                          "0",
                          "-0",
                          "+0",
                          "1",
                          "-1",
                          "+",
                          "-",
                          "--1",
                          "12345",
                          "0x",
                          "0x1f",
                          "0X1F",
                          "0b101",
                          "0o17",
                          "017",
                          "08",
                          "0_8",
                          "1_000",
                          "_1",
                          "1_",
                          "1__0",
                          "0x_1f",
                          "0_x1f",
                          "0b_1",
                          "0o_7",
                          "1e3",
                          " 1",
                          "1 ",
                          "z",
                          "Zz",
                          "7f",
                          "127",
                          "128",
                          "-128",
                          "-129",
                          "255",
                          "256",
                          "2147483647",
                          "2147483648",
                          "-2147483648",
                          "-2147483649",
                          "4294967295",
                          "4294967296",
                          "9223372036854775807",
                          "9223372036854775808",
                          "-9223372036854775808",
                          "-9223372036854775809",
                          "18446744073709551615",
                          "18446744073709551616",
                          "99999999999999999999999",
                          {"a\u00e9\0\"\xff", 6},
                          "\u00ad",
                          "\U0001f600"};

void whole_numbers() {
  constexpr int kBases[] = {0, 10, 16, 2, 36}, kBits[] = {0, 8, 32, 64}, kWrong[] = {-1, 1, 37, 65};
  for (const StrArg s : numbers) {
    const auto a = strconv::atoi(s);
    fmt::println(a.value, a.err, kind(a.err));
    for (const int base : kBases) {
      for (const int bits : kBits) {
        const auto i = strconv::parse_int(s, base, bits);
        const auto u = strconv::parse_uint(s, base, bits);
        emit(i.value, " ", kind(i.err), " ", u.value, " ", kind(u.err), ", ");
      }
      end();
    }
    fmt::println(strconv::parse_uint(s, 0, 16).err);
    fmt::println(strconv::parse_int(s, 7, 63).err);
  }
  for (const int x : kWrong) {
    const Error base = strconv::parse_int("1", x, 64).err;
    fmt::println(base, kind(base));
    const Error bits = strconv::parse_uint("1", 10, x).err;
    fmt::println(bits, kind(bits));
  }
  const Error err = strconv::atoi(repeated("9", 60)).err;
  fmt::println(err, errors::unwrap(err));
  constexpr int64_t kValues[] = {0, 1, -1, 35, 36, -37, INT64_MAX, INT64_MIN, 1234567890123};
  for (const int64_t v : kValues) {
    for (int base = 2; base <= 36; base += 7)
      emit(strconv::format_int(v, base), " ", strconv::format_uint(static_cast<uint64_t>(v), base), " ");
    emit(strconv::itoa(v));
    end();
  }
  says_panic([] { strconv::format_int(5, 37); });
  constexpr const char* kBools[] = {"1", "t",     "T",     "TRUE",  "true", "True", "0",  "f",
                                    "F", "FALSE", "false", "False", "",     "tRUE", "yes"};
  for (const char* s : kBools) {
    const auto b = strconv::parse_bool(s);
    fmt::println(b.value, b.err);
  }
  fmt::println(strconv::format_bool(true), strconv::format_bool(false));
}

const StrArg floats[] = {"",
                         "1",
                         "+1",
                         "-1",
                         ".",
                         "1.",
                         ".5",
                         "-.5e1",
                         "1e",
                         "1e+",
                         "1e5",
                         "1E-5",
                         "1x",
                         "1e23",
                         "1.1",
                         "0.1",
                         "100000000000000016777215",
                         "100000000000000016777216",
                         "100000000000000016777217",
                         "-0",
                         "1e-20",
                         "625e-3",
                         "1_23.50_0_0e+1_2",
                         "1__2",
                         "_1",
                         "1_",
                         "1e_5",
                         "1e5_",
                         "0",
                         "0e0",
                         "0e+01234567890123456789",
                         "1e-350",
                         "-1e-350",
                         "1.7976931348623157e308",
                         "1.7976931348623158e308",
                         "1.7976931348623159e308",
                         "-1.7976931348623159e308",
                         "1e308",
                         "2e308",
                         "1e309",
                         "1e310",
                         "1e1000000000",
                         "1e-1000000000",
                         "4.9e-324",
                         "2.4703282292062327e-324",
                         "2.4703282292062328e-324",
                         "5e-324",
                         "2e-324",
                         "2.2250738585072012e-308",
                         "2.2250738585072011e-308",
                         "2.225073858507201e-308",
                         "4.630813248087435e+307",
                         "22.222222222222222",
                         "1.00000000000000011102230246251565404236316680908203125",
                         "1.00000000000000011102230246251565404236316680908203124",
                         "1.00000000000000011102230246251565404236316680908203126",
                         "1.000000000000000333066907387546962127089500427246093749",
                         "1.000000000000000333066907387546962127089500427246093750",
                         "1090544144181609348671888949248",
                         "1090544144181609348835077142190",
                         "inf",
                         "-Inf",
                         "+INF",
                         "infinity",
                         "-INFINITY",
                         "infi",
                         "nan",
                         "NaN",
                         "+nan",
                         "-nan",
                         "nans",
                         "0x1p0",
                         "0x1p",
                         "0x1",
                         "0x",
                         "0x.p1",
                         "0x1.8p1",
                         "0X1.8P-1",
                         "-0x1p3",
                         "0x1p-1074",
                         "0x1p-1075",
                         "0x1.00000000000001p-1075",
                         "0x1p-1076",
                         "0x1p1023",
                         "0x1.fffffffffffff8p1023",
                         "0x1.fffffffffffff7p1023",
                         "0x1p1024",
                         "0x1.00000000000008p0",
                         "0x1.000000000000080000001p0",
                         "0x1.00000000000018p0",
                         "0x123456789abcdef01234567p-20",
                         "0x0.000001p4",
                         "0x1_2.3_4p+1_0",
                         "0x_1p0",
                         "0x1p_0",
                         "0xep0",
                         "0x.1e5p3",
                         "0x1.fffffep127",
                         "0x1.ffffffp127",
                         "0x1.fffffefp127",
                         "3.4028234663852886e38",
                         "3.4028235677973366e38",
                         "3.4028235677973365e38",
                         "1.401298464324817e-45",
                         "7.006492321624085e-46",
                         "7.006492321624086e-46",
                         "1.1754942e-38",
                         "1.17549435e-38",
                         "16777217",
                         "16777219",
                         "9007199254740993",
                         "9007199254740995",
                         "1.5 ",
                         " 1.5",
                         "1,5",
                         "é"};

uint64_t bits_of(double v) { return __builtin_bit_cast(uint64_t, v); }
uint64_t or_zero(double v) { return v != v ? 0 : bits_of(v); }

void parses() {
  for (const StrArg s : floats) {
    for (int bits = 64; bits >= 32; bits -= 32) {
      const auto v = strconv::parse_float(s, bits);
      const uint64_t x = v.value != v.value ? 1 : bits_of(v.value);
      emit(strconv::format_uint(x, 16), " ", strconv::format_float(v.value, 'g', -1, bits), " ", v.err, " ",
           kind(v.err), ", ");
    }
    end();
  }
  constexpr int kZeros[] = {19, 20, 400, 766, 767, 768, 769, 799, 800, 801, 2000};
  constexpr const char *kTails[] = {"", "1", "5", "0001"}, *kExponents[] = {"", "e-300", "e-1100", "e-2320"};
  for (const int n : kZeros) {
    const auto number = strconv::itoa(n);
    for (const char* tail : kTails) {
      for (const char* exp : kExponents) {
        String a("1."), b("12345678"), c("0.");
        a.append(repeated("0", n)).append(tail).append(exp);
        b.append(".").append(repeated("9", n)).append(tail);
        c.append(repeated("0", n)).append("7").append(tail).append("e").append(number);
        const String* const all[] = {&a, &b, &c};
        for (const String* s : all) {
          const auto v = strconv::parse_float(*s, 64);
          emit(bits_of(v.value), kind(v.err));
        }
        emit(" ");
      }
    }
    end();
  }
  constexpr int kMore[] = {0, 100, 740, 750, 760, 800, 900};
  for (const int n : kMore) {
    String half("1.00000000000000011102230246251565404236316680908203125");
    half.append(repeated("0", n)).append("1");
    emit(bits_of(strconv::parse_float(half, 64).value), " ");
  }
  end();
}

struct Random {
  uint64_t s;
  uint64_t next() {
    uint64_t z = s += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
};

struct Sum {
  uint64_t s = 0xcbf29ce484222325u;
  void add(StrArg t) {
    for (size_t i = 0; i < t.len; i++) s = (s ^ static_cast<unsigned char>(t.ptr[i])) * 0x100000001b3u;
    s = (s ^ 10) * 0x100000001b3u;
  }
};

void random_formats(Random& r, Sum& s) {
  constexpr int kPrecs[] = {-1, 0, 1, 3, 8, 16, 17, 18, 19, 25, 40};
  const uint64_t bits = r.next();
  const double v = __builtin_bit_cast(double, bits);
  const double w = static_cast<double>(__builtin_bit_cast(float, static_cast<uint32_t>(bits)));
  const double small = static_cast<double>(static_cast<int32_t>(static_cast<uint32_t>(bits >> 8))) / 1000;
  const double all[] = {v, w, small};
  constexpr char kLetters[] = {'e', 'f', 'g', 'b', 'x'};
  for (const char f : kLetters)
    for (const int prec : kPrecs)
      for (const double x : all) {
        s.add(strconv::format_float(x, f, prec, 64));
        s.add(strconv::format_float(x, f, prec, 32));
      }
  for (int prec = 0; prec < 22; prec++)
    for (const double x : all)
      for (int size = 64; size >= 32; size -= 32) {
        const auto back = strconv::parse_float(strconv::format_float(x, size == 64 ? 'e' : 'g', prec, 64), size);
        String t(strconv::format_uint(or_zero(back.value), 10));
        s.add(t.append(kind(back.err)));
      }
}

constexpr char kFormats[] = {'e', 'E', 'f', 'g', 'G', 'b', 'x', 'X', 'q'};

void formats() {
  const double inf = __builtin_inf();
  const double values[] = {0,
                           -0.0,
                           1,
                           -1,
                           12345678,
                           0.5,
                           0.1,
                           0.25,
                           2.5,
                           3.5,
                           9.5,
                           99.5,
                           999999.5,
                           1e5,
                           1e6,
                           1e20,
                           1e21,
                           1e22,
                           1e23,
                           123456.7,
                           0.000123456,
                           0.0000123456,
                           3.14159265358979323846,
                           100,
                           5e-324,
                           1.7976931348623157e308,
                           0x1p-149,
                           0x1.fffffep127,
                           0.045,
                           1.005,
                           8.41e21,
                           9.9999999999999995e22,
                           inf,
                           -inf,
                           __builtin_nan(""),
                           1.0 / 3,
                           2.0 / 3,
                           0.00001,
                           1048576,
                           33909,
                           2.2250738585072014e-308};
  constexpr int kPrecs[] = {-1, 0, 1, 2, 5, 17, 20};
  for (const double v : values)
    for (const char f : kFormats) {
      for (const int prec : kPrecs) emit(strconv::format_float(v, f, prec, 64), " ");
      emit(strconv::format_float(v, f, -1, 32), " ", strconv::format_float(v, f, 6, 32));
      end();
    }
  fmt::println(strconv::format_float(5e-324, 'f', 1080, 64));
  fmt::println(strconv::format_float(1.7976931348623157e308, 'f', 3, 64));
  fmt::println(strconv::format_float(2.2250738585072011e-308, 'e', 800, 64));
  fmt::println(strconv::format_float(values[22], 'g', 300, 64), strconv::format_float(values[22], 'x', 20, 64));
  Random r{42};
  for (int i = 0; i < 8; i++) {
    Sum s;
    for (int k = 0; k < 5; k++) random_formats(r, s);
    fmt::println(s.s);
  }
  says_panic([] { strconv::format_float(5, 'g', -1, 16); });
}

constexpr char kQuotes[] = {'\0', '\'', '"'};

void unquotes() {
  const StrArg texts[] = {"",
                          "\"",
                          "\"\"",
                          "''",
                          "'a'",
                          "'ab'",
                          "'\\''",
                          "'\"'",
                          "\"'\"",
                          "\"\\'\"",
                          "'\\\"'",
                          "``",
                          "`a\\n\r\nb`",
                          "`a`b`",
                          "\"a\"b\"",
                          "\"a\nb\"",
                          "\"\\n\"",
                          "\"\\x41\\101\\u00e9\\U0001F600\"",
                          "\"\\400\"",
                          "\"\\18\"",
                          "\"\\x4\"",
                          "\"\\xg0\"",
                          "\"\\ud800\"",
                          "\"\\U00110000\"",
                          "\"\\q\"",
                          "\"\\",
                          "\"\\\"",
                          "'é'",
                          "'\xff'",
                          "\"\xff\"",
                          "'\\xff'",
                          "\"\\xff\"",
                          "'\\u00e9'",
                          "abc",
                          "\"a'",
                          "\"\\377\\000\""};
  for (const StrArg s : texts) {
    const auto t = strconv::unquote(s);
    fmt::println(strconv::quote(t.value), t.err, kind(t.err));
  }
  const StrArg chars[] = {"abc", "\\n!", "'x", "\"x", "é!", "", "\\", "\\'x", "\\\"x", "\\x41B"};
  for (const StrArg s : chars) {
    for (const char q : kQuotes) {
      const auto u = strconv::unquote_char(s, q);
      emit(u.value, " ", u.multibyte, " ", u.tail, " ", u.err, ", ");
    }
    end();
  }
}

void quotes() {
  const StrArg texts[] = {"",
                          "hello",
                          "\"q\"",
                          "'s'",
                          "`b`",
                          "\\",
                          "\a\b\f\n\r\t\v",
                          {"\0\x1f\x7f", 3},
                          "é€\U0001f600",
                          "\u00a0\u00ad\u200b\u3000\ufeff\ufffd",
                          "\xff\xc0\xaf\xed\xa0\x80",
                          "\U000e0001\U0010ffff",
                          "tab\tonly"};
  for (const StrArg s : texts) {
    fmt::println(strconv::quote(s), strconv::quote_to_ascii(s), strconv::can_backquote(s));
    const auto t = strconv::unquote(strconv::quote(s)), u = strconv::unquote(strconv::quote_to_ascii(s));
    fmt::println(t.value == s, t.err);
    fmt::println(u.value == s, u.err);
  }
  constexpr int kRunes[] = {'a',  '\'',   '"',     '\\',     '\n',     0,  0x7f,  0xe9,
                            0xad, 0x20ac, 0x1f600, 0x10ffff, 0x110000, -1, 0xd800};
  for (const int r : kRunes) fmt::println(strconv::quote_rune(r), strconv::quote_rune_to_ascii(r));
  unquotes();
  int n = 0;
  Sum s;
  for (int r = 0; r < 0x110000; r += 1 + r / 0x3000)
    if (strconv::is_print(r)) {
      n++;
      s.add(strconv::itoa(r));
    }
  fmt::println(n, s.s);
  String b("<");
  strconv::append_int(b, -5, 2);
  strconv::append_uint(b.push(' '), 255, 16);
  strconv::append_float(b.push(' '), 1.5, 'e', 2, 64);
  strconv::append_bool(b.push(' '), true);
  strconv::append_quote(b.push(' '), "q\n");
  strconv::append_quote_to_ascii(b.push(' '), "\u00e9");
  strconv::append_quote_rune(b.push(' '), 0xe9);
  fmt::println(b);
}

}  // namespace

int main() {
  whole_numbers();
  parses();
  formats();
  quotes();
}
