// env: GOMAXPROCS=1
#include <rt0/rt0.h>

#include <array>
#include <chrono>
#include <complex>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

struct Named {
  int n;
  std::string str() const { return "named " + std::to_string(n); }
};
using Pair = std::pair<int, std::string>;
using Words = std::vector<std::string>;

}  // namespace

int main() {
  using namespace rt0;
  using namespace std::chrono_literals;
  constexpr double inf = std::numeric_limits<double>::infinity();
  fmt::println(1.5, 1234567.0, 123456.0, 1e20, 1e21, 0.0001, 0.00001, 1e6L, 5e-324, 1.7976931348623157e308, -0.25);
  fmt::println(0.1F, 16777216.0F, inf, -inf, std::numeric_limits<double>::quiet_NaN(), -0.0, 100000.0);
  fmt::println(true, 'a', std::uint8_t{255}, std::int8_t{-128}, std::numeric_limits<std::uint64_t>::max(), u8"text",
               "");
  fmt::println(ms(1500), 0s, std::chrono::duration<double, std::micro>(0.042), -90min, hours(26), 3us);
  fmt::println(std::chrono::sys_time<std::chrono::milliseconds>(951827696005ms), time::Time::from_unix(-1, 0), Time{},
               time::Weekday::saturday);
  fmt::println(errors::make("an error"), std::vector<Error>{errors::make("one"), {}});
  fmt::println(std::vector{1, -2, 3}, Words{"a", "", "b c"}, std::vector<std::vector<int>>{{1}, {}, {2, 3}},
               std::vector{0.5, 1e6}, std::vector{true, false});
  const int three[] = {1, 2, 3};
  fmt::println(three, std::array<Words, 2>{{{"a", "b"}, {"c", "d"}}}, std::vector<unsigned char>{1, 255},
               std::vector{ns(1), seconds(2)});
  fmt::println(std::unordered_map<std::string, int>{{"b", 2}, {"a", 1}, {"c", 3}},
               std::map<int, Words>{{3, {"c"}}, {-1, {}}},
               std::map<std::string, std::map<int, bool>>{{"x", {{1, true}}}});
  fmt::println(Pair{1, "x"}, std::vector<Pair>{{1, "x"}, {2, "y"}}, std::map<int, Pair>{{7, {7, "z"}}}, Named{3},
               std::vector<Named>{{1}, {2}});
  fmt::println(std::complex(1.0, 2.5), std::complex(-1.0, -0.5), std::complex(0.0, inf));
}
