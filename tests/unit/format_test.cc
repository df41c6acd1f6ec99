// base/format: numbers to text and back. Floats are compared byte for byte with what Go's println wrote.
#include "base/format.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace rt0 {
namespace {

template <class F, class V>
std::string text_of(F format, V v, usize promised) {
  std::string out(64, '~');
  const usize n = format(out.data(), v);
  EXPECT_LE(n, promised);
  EXPECT_EQ(out.find_first_not_of('~', n), std::string::npos) << "wrote behind what it said it wrote";
  return out.substr(0, n);
}
std::string u64_text(u64 v) { return text_of(format_u64, v, kMaxDecimal); }
std::string i64_text(i64 v) { return text_of(format_i64, v, kMaxDecimal); }
std::string hex_text(u64 v) { return text_of(format_hex, v, kMaxHex); }
std::string float_text(double v) { return text_of(format_float, v, kMaxFloat); }

// Values around every power of two and of ten, and random ones of every bit length.
std::vector<u64> interesting() {
  std::vector<u64> all;
  for (u32 bit = 0; bit < 64; bit++)
    for (u64 d : {u64{0}, u64{1}, ~u64{0}}) all.push_back((u64{1} << bit) + d);
  u64 power = 1;
  for (u32 i = 0; i < 20; i++, power *= 10)
    for (u64 d : {u64{0}, u64{1}, ~u64{0}}) all.push_back(power + d);
  std::mt19937_64 random(1);
  for (u32 i = 0; i < 10000; i++) all.push_back(random() >> (i % 64));
  return all;
}

TEST(format, decimal) {
  EXPECT_EQ(u64_text(0), "0");
  EXPECT_EQ(u64_text(std::numeric_limits<u64>::max()), "18446744073709551615");
  EXPECT_EQ(i64_text(std::numeric_limits<i64>::max()), "9223372036854775807");
  EXPECT_EQ(i64_text(std::numeric_limits<i64>::min()), "-9223372036854775808");
  EXPECT_EQ(i64_text(-1), "-1");
  char want[32];
  for (u64 v : interesting()) {
    snprintf(want, sizeof(want), "%" PRIu64, v);
    EXPECT_EQ(u64_text(v), want);
    snprintf(want, sizeof(want), "%" PRId64, static_cast<i64>(v));
    EXPECT_EQ(i64_text(static_cast<i64>(v)), want);
  }
}

TEST(format, hexadecimal) {
  EXPECT_EQ(hex_text(0), "0x0");
  EXPECT_EQ(hex_text(std::numeric_limits<u64>::max()), "0xffffffffffffffff");
  char want[32];
  for (u64 v : interesting()) {
    snprintf(want, sizeof(want), "0x%" PRIx64, v);
    EXPECT_EQ(hex_text(v), want);
  }
}

TEST(format, floats_as_go_prints_them) {
  struct {
    u64 bits;
    const char* text;
  } const recorded[] = {
#include "go_floats.inc"
  };
  ASSERT_GT(std::size(recorded), 300u);
  for (const auto& r : recorded) EXPECT_EQ(float_text(std::bit_cast<double>(r.bits)), r.text) << std::hex << r.bits;
}

// What a float is written as, from the digits and the exponent that the C++ library finds by another algorithm.
template <class T>
std::string want_float(T v) {
  if (v != v) return "NaN";
  if (std::isinf(v)) return v < 0 ? "-Inf" : "+Inf";
  char sci[64];
  *std::to_chars(sci, sci + sizeof(sci), v, std::chars_format::scientific).ptr = '\0';
  const int exponent = atoi(strchr(sci, 'e') + 1);
  if (v != 0 && (exponent < -4 || exponent >= 6)) return sci;
  char fixed[64];
  *std::to_chars(fixed, fixed + sizeof(fixed), v, std::chars_format::fixed).ptr = '\0';
  return fixed;
}

TEST(format, floats_are_the_shortest_that_read_back) {
  std::vector<u64> all = interesting();
  for (u32 exponent = 0; exponent < 2048; exponent++)
    for (u64 fraction : {u64{0}, u64{1}, (u64{1} << 52) - 1, u64{0x8000000000001}})
      all.push_back(u64{exponent} << 52 | fraction);
  std::mt19937_64 random(2);
  for (u32 i = 0; i < 100000; i++) all.push_back(random());
  for (int i = -30; i < 30; i++) all.push_back(std::bit_cast<u64>(strtod(("1e" + std::to_string(i)).c_str(), nullptr)));
  for (u64 bits : all) {
    const double v = std::bit_cast<double>(bits);
    ASSERT_EQ(float_text(v), want_float(v)) << std::hex << bits;
    const float f = std::bit_cast<float>(static_cast<u32>(bits >> 32));
    // This power of two lies in the middle between two texts that are equally short: Go takes the upper one.
    const bool in_the_middle = std::fabs(f) == 0x1p-12f;
    if (f == f && !in_the_middle) {
      ASSERT_EQ(text_of(format_float32, f, kMaxFloat), want_float(f)) << std::hex << (bits >> 32);
    }
    const double number = static_cast<double>(bits);
    ASSERT_EQ(float_text(number), want_float(number));
  }
  EXPECT_EQ(text_of(format_float32, 0x1p-12f, kMaxFloat), "0.00024414063");
  EXPECT_EQ(float_text(0x1p-12), "0.000244140625");
}

TEST(format, out_drops_and_counts_what_does_not_fit) {
  for (usize cap = 0; cap <= 40; cap++) {
    std::string buf(64, '~');
    Out out{buf.data(), cap};
    out.put("text ");
    out.put_i64(-12);
    out.put(' ');
    out.put_u64(34);
    out.put(' ');
    out.put_hex(0xab);
    const std::string whole = "text -12 34 0xab";
    EXPECT_EQ(std::string(out.str().ptr, out.str().len), whole.substr(0, cap));
    EXPECT_EQ(out.lost, whole.size() - std::min(cap, whole.size()));
    EXPECT_EQ(buf.find_first_not_of('~', std::min(cap, whole.size())), std::string::npos);
  }
}

TEST(parse_i64, numbers) {
  for (u64 v : interesting()) {
    i64 n = 42;
    const std::string s = std::to_string(static_cast<i64>(v));
    EXPECT_TRUE(parse_i64(Str(s.data(), s.size()), &n)) << s;
    EXPECT_EQ(n, static_cast<i64>(v));
    const std::string zeroes = "000" + std::to_string(v >> 1);
    EXPECT_TRUE(parse_i64(Str(zeroes.data(), zeroes.size()), &n)) << zeroes;
    EXPECT_EQ(n, static_cast<i64>(v >> 1));
  }
  i64 n = 42;
  EXPECT_TRUE(parse_i64("-0", &n));
  EXPECT_EQ(n, 0);
  EXPECT_TRUE(parse_i64("+3", &n));
  EXPECT_EQ(n, 3);
  EXPECT_TRUE(parse_i64("+9223372036854775807", &n));
  EXPECT_EQ(n, 9223372036854775807);
  EXPECT_FALSE(parse_i64("+9223372036854775808", &n));
}

TEST(parse_i64, what_is_none) {
  for (const char* s : {"",
                        "-",
                        "+",
                        "+-3",
                        "++3",
                        "--3",
                        " 3",
                        "3 ",
                        "3x",
                        "x3",
                        "0x3",
                        "1e1",
                        "1_0",
                        "3.0",
                        "9223372036854775808",
                        "-9223372036854775809",
                        "9223372036854775810",
                        "18446744073709551615",
                        "18446744073709551616",
                        "99999999999999999999",
                        "-99999999999999999999",
                        "184467440737095516160",
                        "\xff",
                        "1\n"}) {
    i64 n = 42;
    EXPECT_FALSE(parse_i64(cstr(s), &n)) << s;
    EXPECT_EQ(n, 42) << s << ": the result was touched";
  }
  i64 n = 42;
  EXPECT_FALSE(parse_i64(Str("1\0002", 3), &n));
}

}  // namespace
}  // namespace rt0
