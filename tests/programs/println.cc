// tests/oracle/println.go in C++: every kind of operand, and the sizes at which print's buffer is full.
#include <rt0/rt0.h>

namespace {

// A string with an explicit length, so that it may contain NUL bytes.
struct Bytes {
  const char* ptr;
  size_t len;
  const char* data() const { return ptr; }
  size_t size() const { return len; }
};
template <size_t n>
constexpr Bytes bytes(const char (&s)[n]) {
  return {s, n - 1};
}

constinit char long_text[1000] = {};

// Hides the value from the compiler, which would otherwise compute the result itself.
double volatile_double(double v) {
  volatile double d = v;
  return d;
}

}  // namespace

int main(int argc, char**) {
  for (size_t n = 100; argc > 1 && n <= 1000; n += 100) rt0::fmt::println(Bytes{long_text, n}, n);
  static char longer[70000];
  constexpr size_t kLonger[] = {4095, 65000, 70000};
  for (size_t n : kLonger)
    if (argc > 1) rt0::fmt::println(Bytes{longer, n});
  if (argc > 1) return 0;
  using rt0::print;
  using rt0::println;
  println();
  println("");
  println("", "");
  println("text");
  print();
  print("a", "b", 1, 2, true, "\n");
  println("a", "b", 1, 2, true);

  println(static_cast<signed char>(0), static_cast<signed char>(127), static_cast<signed char>(-128));
  println(static_cast<short>(32767), static_cast<short>(-32768));
  println(2147483647, -2147483647 - 1);
  println(9223372036854775807LL, -9223372036854775807LL - 1);
  println(static_cast<unsigned char>(255), static_cast<unsigned short>(65535), 4294967295u, 18446744073709551615ull);
  println(0, -1, 9, 10, -10, 99, 100, 12345678901LL);
  println('a', static_cast<unsigned char>('z'));
  println(true, false);

  const double zero = volatile_double(0);
  println(zero, -zero, 1.0, -1.0, 1.5, 0.1, 100.0, 1e100, -1e-100);
  println(1.79769313486231570814527423731704356798070e+308, 4.9406564584124654417656879286822137236505980e-324,
          2.2250738585072014e-308);
  println(1 / zero, -1 / zero, __builtin_nan(""));
  println(9.9999995, 9.99999949, 0.99999995, 1234567.0, 12345675.0, 1e21, 123456789012345678.0);
  println(0.1f, 3.4028234663852886e38f, 1e-45f);
  println(3.141592653589793, 2.718281828459045, 1e-5, 5e-324, 1e308);

  int* p = nullptr;
  println(p, nullptr == p);

  println(bytes("nul\0in\0side"), bytes("\0"));
  println(bytes("bytes \x01\x7f\x80\xff tab\t quote\" back\\ percent%d"));
  println(bytes("non-ASCII: \u00e4\u20ac\U0001f600"));
  for (size_t i = 0; i < sizeof(long_text); i++) long_text[i] = static_cast<char>('0' + i % 10);
  println(Bytes{long_text, 1000});
  println(Bytes{long_text, 255});
  println(Bytes{long_text, 256});
  println(Bytes{long_text, 257});
  print(Bytes{long_text, 511}, Bytes{long_text, 513}, "\n");
  print("no newline at the end");
}
