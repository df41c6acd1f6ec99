// {fmt}, header-only: formats of all kinds, in several goroutines. With exceptions, so that a wrong format that is
// known only at run time can be caught.
#define FMT_HEADER_ONLY
#include <fmt/args.h>
#include <fmt/chrono.h>
#include <fmt/compile.h>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/printf.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "together.h"

#if !defined(LIBS_HOSTED)
#include <rt0/date.h>
#include <rt0/errors.h>
#endif

namespace {

// A type with a formatter of its own: {:p} is polar-like, {} is a pair; the rest of the spec is the coordinates'.
struct Point {
  double x, y;
};
// A type that is printed by its operator<<.
struct Version {
  int major_, minor_;
  friend std::ostream& operator<<(std::ostream& out, Version v) { return out << 'v' << v.major_ << '.' << v.minor_; }
};
enum class Colour { red, green };
constexpr auto format_as(Colour c) { return static_cast<int>(c); }

}  // namespace

template <>
struct fmt::formatter<Point> : fmt::formatter<double> {
  template <class Context>
  auto format(const Point& p, Context& ctx) const {
    auto out = fmt::format_to(ctx.out(), "(");
    ctx.advance_to(out);
    out = fmt::formatter<double>::format(p.x, ctx);
    out = fmt::format_to(out, "; ");
    ctx.advance_to(out);
    out = fmt::formatter<double>::format(p.y, ctx);
    return fmt::format_to(out, ")");
  }
};
template <>
struct fmt::formatter<Version> : fmt::ostream_formatter {};

#if !defined(LIBS_HOSTED)
template <>
struct fmt::formatter<rt0::time::Duration> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(rt0::time::Duration d, Context& ctx) const {
    const auto text = d.str();
    return fmt::formatter<fmt::string_view>::format({text.data(), text.size()}, ctx);
  }
};
template <>
struct fmt::formatter<rt0::errors::Error> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const rt0::errors::Error& e, Context& ctx) const {
    return fmt::formatter<fmt::string_view>::format({e.data(), e.size()}, ctx);
  }
};
#endif

namespace {

std::string integers() {
  std::string out;
  for (const long long v : {0LL, 42LL, -42LL, 1234567890LL, std::numeric_limits<long long>::min()})
    out += fmt::format("{0} {0:+} {0:x} {0:#X} {0:o} {0:#b} [{0:12}] [{0:<12}] [{0:^12}] [{0:*^12}] {0:024}\n", v);
  out += fmt::format("{} {} {} {}\n", std::int8_t{-128}, std::uint8_t{255}, std::uint16_t{65535},
                     std::numeric_limits<std::uint64_t>::max());
  out += fmt::format("{:c} {:d} {} {:s} {:d}\n", 65, 'A', true, false, true);
  return out + fmt::format("{:L} {}\n", 1234567, static_cast<int>(format_as(Colour::green)));
}

std::string floats() {
  std::string out;
  for (const double v : {0.0, -0.0, 1.0, 0.1, 1.0 / 3, 123456789.125, 1e21, 1e-7, 5e-324, 2.2250738585072014e-308,
                         1.7976931348623157e308, 9007199254740993.0}) {
    out +=
        fmt::format("{0} {0:e} {0:g} {0:a} {0:.0f} {0:.3f} {0:+.2e} {0:.10g} {0:#.0f} {0:G} [{0:<26}] [{0:026}]\n", v);
  }
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  out += fmt::format("{} {} {} {:E} {:F} {:8}|{:<8}|{:08}|\n", inf, -inf, nan, inf, nan, inf, nan, -inf);
  for (const float v : {0.1F, 16777216.0F, 1e-45F, 3.4028235e38F}) out += fmt::format("{0} {0:.4e} {0:f}\n", v);
  return out + fmt::format("{:.{}f} {:{}.{}f}|\n", 3.14159265, 3, 2.71828, 10, 2);
}

std::string strings() {
  return fmt::format("[{:10}] [{:>10}] [{:^10}] [{:-^10}] [{:.3}] [{:>6.2}]\n", "text", "text", "text", "text",
                     "cut off", "cut off") +
         fmt::format("[{:6}] [{:^6}] [{:*<7}] [{:.2}]\n", "äöü", "日本", "é", "日本語") +
         fmt::format("{} {} {:p}\n", fmt::ptr(reinterpret_cast<void*>(0x1234)), fmt::ptr(static_cast<int*>(nullptr)),
                     reinterpret_cast<const void*>(0xabcd)) +
         fmt::format("{{}} {1} {0} {1}\n", "zero", "one") +
         fmt::format("{name} is {age:>4}\n", fmt::arg("name", std::string("Ada")), fmt::arg("age", 36)) +
         fmt::format("{}\n", std::string(600, 'x'));
}

std::string times() {
  using namespace std::chrono_literals;
  using std::chrono::duration;
  std::string out = fmt::format("{} {} {} {} {} {}\n", 42ns, 42us, 42ms, 42s, 42min, 42h);
  out += fmt::format("{} {} {:%Q %q} {:%H:%M:%S} {:%T} {:%I:%M %p}\n", duration<double>(1.5),
                     duration<double, std::milli>(0.25), 1234ms, 3723s, 86399s, 15h);
  out += fmt::format("{:.2%S} {:>12} {:%S} {:%S} {:%M:%S}\n", duration<double>(1.23456), 7s, 1234ms, 5us, -90s);
  const std::tm date = fmt::gmtime(std::time_t{951827696});
  out += fmt::format("{:%Y-%m-%d %H:%M:%S %a %A %b %B %j %U %W %V %G %u %w %y %C %e %D %F %R %p %I}\n", date);
  out += fmt::format("{:%c | %x | %X | %r}\n", date);
  const std::chrono::system_clock::time_point at{std::chrono::seconds(1700000000)};
  return out + fmt::format("{:%F %T} {:%d.%m.%Y}\n", std::chrono::time_point_cast<std::chrono::seconds>(at), at);
}

std::string ranges() {
  const std::vector<int> numbers{1, 2, 3};
  const std::map<std::string, double> map{{"one", 1}, {"half", 0.5}};
  const std::vector<std::vector<std::string>> nested{{"a", "b"}, {}, {"c"}};
  return fmt::format("{} {} {} {}\n", numbers, map, nested, std::set<char>{'x', 'y'}) +
         fmt::format("{} {} {}\n", std::tuple(1, "two", 3.5), std::pair('a', true), std::vector<bool>{true, false}) +
         fmt::format("{} {:02x} {:.1f}\n", fmt::join(numbers, ", "), fmt::join(numbers, ":"),
                     fmt::join(std::vector<double>{1, 2.25}, " ")) +
         fmt::format("{::>4} {:n}\n", numbers, numbers);
}

std::string outputs() {
  std::string out;
  fmt::format_to(std::back_inserter(out), "{}-{}\n", 1, 2);
  fmt::format_to(std::back_inserter(out), FMT_STRING("{:>5}|{}\n"), 7, "checked");
  out += fmt::format(FMT_COMPILE("{} {:x} {:.2f}\n"), "compiled", 255, 1.0 / 3);
  char few[6];
  const auto cut = fmt::format_to_n(few, sizeof(few), "{}", 123456789);
  out += fmt::format("{} of {}, {}\n", std::string(few, 6), cut.size, fmt::formatted_size("{:100}", 1));
  fmt::memory_buffer buffer;
  for (int i = 0; i < 200; i++) fmt::format_to(fmt::appender(buffer), "{},", i * i);
  out += fmt::format("{} {}\n", buffer.size(), fmt::to_string(buffer).substr(buffer.size() - 12));
  fmt::dynamic_format_arg_store<fmt::format_context> store;
  store.push_back(42);
  store.push_back(std::string("dynamic"));
  store.push_back(fmt::arg("pi", 3.14));
  out += fmt::vformat("{} {} {pi}\n", store);
  out += fmt::sprintf("%05d %-6s| %x %.3f %c %%\n", 42, "c", 255, 2.5, 'z');
  return out +
         fmt::format("{} {:.2f} {:>8} {}\n", Point{1, -2.5}, Point{1.0 / 3, 2}, Version{1, 20}, fmt::to_string(2.5));
}

std::string wrong() {
  std::string out;
  for (const char* const format :
       {"{", "}", "{:d}", "{2}", "{:.3d}", "{:%}", "{name}", "{0} {}", "{:99999999999}", "{:+}"}) {
    try {
      out += fmt::format(fmt::runtime(format), "text", 1) + "\n";
    } catch (const fmt::format_error& e) { out += fmt::format("{:14} {}\n", format, e.what()); }
  }
  return out;
}

std::string part(int number) {
  constexpr std::string (*const kParts[])() = {integers, floats, strings, times, ranges, outputs, wrong};
  return fmt::format("-- {}\n", number) + kParts[number]();
}

}  // namespace

int main() {
  together(7, part);
  fmt::print("{} and {:.1f}\n", "printed", 1.25);
#if !defined(LIBS_HOSTED)
  put("-- rt0\n");
  put(fmt::format("{} [{:>12}] {}\n", rt0::time::ms(1500), rt0::time::hours(2) + rt0::time::ns(1),
                  std::vector<rt0::time::Duration>{rt0::time::us(3), rt0::time::seconds(-90)}));
  const auto missing = rt0::errors::errorf("user %d: %w", 7, rt0::errors::make("no such user"));
  put(fmt::format("{} [{:.4}]\n", missing, missing));
  const rt0::builtin::String date = rt0::time::Time::from_unix(951827696, 0).format(rt0::time::RFC1123);
  put(fmt::format("{:>30}\n", fmt::string_view(date.data(), date.size())));
#endif
}
