// Numbers of the C++ library: text to numbers and back, 128 bits, <cmath>, <random>; on several goroutines, each of
// which must get the same results. Doubles are printed in hexadecimal, so that the last bit counts.
#include <cctype>
#include <charconv>
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <system_error>

#include <rt0/rt0.h>

namespace {

// volatile, so that the functions are called at run time.
volatile double one = 1.0;

std::string hex(double v) {
  char buf[64];
  const auto r = std::to_chars(buf, buf + sizeof(buf), v, std::chars_format::hex);
  return std::string(buf, r.ptr);
}

std::string text() {
  std::string out;
  auto add = [&](const std::string& s) { out += s + "\n"; };
  for (const char* s :
       {"1.5", "0.1", "1e308", "4.9e-324", "-2.2250738585072014e-308", "123456789012345678", "inf", "nan"}) {
    double d = 0;
    const auto r = std::from_chars(s, s + std::strlen(s), d);
    char buf[64];
    const auto w = std::to_chars(buf, buf + sizeof(buf), d);
    add(std::string(s) + " -> " + std::string(buf, w.ptr) + " " + std::to_string(r.ptr - s));
  }
  float f = 0;
  if (const char* s = "0.1"; true) std::from_chars(s, s + 3, f);
  char buf[64];
  add(std::string(buf, std::to_chars(buf, buf + sizeof(buf), f).ptr));
  add(std::string(buf, std::to_chars(buf, buf + sizeof(buf), 1234.5678, std::chars_format::fixed, 2).ptr));
  add(std::string(buf, std::to_chars(buf, buf + sizeof(buf), 255, 16).ptr));
  const char* const huge = "1e999";
  const auto range = std::from_chars(huge, huge + 5, f).ec;
  add(std::to_string(static_cast<int>(range == std::errc::result_out_of_range)));
  add(std::to_string(-42) + " " + std::to_string(18446744073709551615ULL) + " " + std::to_string(3.14159) + " " +
      std::to_string(-1e20) + " " + std::to_string(2.5f));
  size_t at = 0;
  const int stoi = std::stoi("  -123abc", &at);
  add(std::to_string(stoi) + " " + std::to_string(at) + " " + std::to_string(std::stol("0x7f", nullptr, 0)) + " " +
      std::to_string(std::stoull("ffffffffffffffff", nullptr, 16)) + " " + hex(std::stod("0x1.8p3")) + " " +
      hex(std::stod("-1e-5 ")) + " " + std::to_string(std::stof("2.25")));
  add(hex(std::strtod("1e400", nullptr)) + " " + hex(std::strtod("1e-400", nullptr)) + " " +
      hex(std::strtod("x", nullptr)));
  std::snprintf(buf, sizeof(buf), "[%5d|%-5d|%05.1f|%x|%s|%c|%%|%g|%.3e]", 42, 42, 2.25, 255u, "text", 'c', 0.0001,
                12345.678);
  add(buf);
  add(std::string(std::isalpha('a') && !std::isdigit('a') && std::toupper('a') == 'A' ? "letters" : "wrong"));
  return out;
}

// A number of 128 bits, where the compiler has such integers: on 64-bit ISAs.
std::string wide() {
#ifdef __SIZEOF_INT128__
  unsigned __int128 v = 1;
  for (int i = 0; i < 30; i++) v = v * 10 + static_cast<unsigned>(i);
  std::string digits;
  for (unsigned __int128 rest = v; rest != 0; rest /= 10)
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  return digits;
#else
  return "none";
#endif
}

std::string maths() {
  std::string out;
  const double x = one * 0.7;
  const double values[] = {std::sin(x),
                           std::cos(x),
                           std::tan(x),
                           std::asin(x),
                           std::acos(x),
                           std::atan(x),
                           std::atan2(x, 2.0),
                           std::sinh(x),
                           std::cosh(x),
                           std::tanh(x),
                           std::asinh(x),
                           std::acosh(1 + x),
                           std::atanh(x),
                           std::exp(x),
                           std::exp2(x),
                           std::expm1(x),
                           std::log(x),
                           std::log2(x),
                           std::log10(x),
                           std::log1p(x),
                           std::pow(x, 3.3),
                           std::sqrt(x),
                           std::cbrt(x),
                           std::hypot(x, 2.0),
                           std::erf(x),
                           std::erfc(x),
                           std::tgamma(x),
                           std::lgamma(x),
                           std::floor(-x),
                           std::ceil(x),
                           std::trunc(-x),
                           std::round(x),
                           std::nearbyint(x * 5),
                           std::fmod(7 * x, 1.3),
                           std::remainder(7 * x, 1.3),
                           std::fma(x, x, -0.49),
                           std::ldexp(x, 9),
                           std::nextafter(x, 1.0),
                           std::sin(1e22 * one),
                           static_cast<double>(std::sin(static_cast<float>(x))),
                           static_cast<double>(std::pow(static_cast<float>(x), 2.5f)),
                           static_cast<double>(std::fma(0.1f, static_cast<float>(x), 0.3f)),
                           std::abs(std::complex<double>(x, 1)),
                           std::exp(std::complex<double>(0, x)).imag()};
  for (const double v : values) out += hex(v) + " ";
  int exponent;
  const double fraction = std::frexp(x * 100, &exponent);
  out += hex(fraction) + " " + std::to_string(exponent) + " " + std::to_string(std::lround(x * 1000)) + " " +
         std::to_string(std::isnan(std::sqrt(-x))) + std::to_string(std::isinf(std::log(x * 0)));
  return out + "\n";
}

std::string draws() {
  std::mt19937 engine(42);
  std::mt19937_64 engine64(7);
  std::string out = std::to_string(engine()) + " " + std::to_string(engine64());
  std::uniform_int_distribution<int> dice(1, 6);
  std::uniform_real_distribution<double> real(0, 1);
  std::normal_distribution<double> normal(0, 1);
  std::poisson_distribution<int> poisson(4);
  for (int i = 0; i < 5; i++) {
    out += " " + std::to_string(dice(engine));
    out += " " + hex(real(engine));
    out += " " + hex(normal(engine));
    out += " " + std::to_string(poisson(engine));
  }
  return out + "\n";
}

}  // namespace

int main(int argc, char**) {
  if (argc > 1) {
    rt0::fmt::println(wide());
    return 0;
  }
  std::string results[4];
  rt0::WaitGroup done;
  for (std::string& r : results) {
    done.go([&r] {
      r = text();
      rt0::gosched();
      r += maths() + draws();
    });
  }
  done.wait();
  for (const std::string& r : results)
    if (r != results[0]) rt0::println("a goroutine has another result");
  rt0::fmt::println(results[0]);
}
