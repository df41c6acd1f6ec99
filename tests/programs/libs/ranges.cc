// range-v3: views and actions, some over values that come out of rt0's channels, in several goroutines.
#include <cctype>
#include <map>
#include <range/v3/action/drop.hpp>
#include <range/v3/action/remove_if.hpp>
#include <range/v3/action/reverse.hpp>
#include <range/v3/action/sort.hpp>
#include <range/v3/action/transform.hpp>
#include <range/v3/action/unique.hpp>
#include <range/v3/algorithm/for_each.hpp>
#include <range/v3/algorithm/max_element.hpp>
#include <range/v3/core.hpp>
#include <range/v3/numeric/accumulate.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/all.hpp>
#include <range/v3/view/cartesian_product.hpp>
#include <range/v3/view/chunk.hpp>
#include <range/v3/view/chunk_by.hpp>
#include <range/v3/view/concat.hpp>
#include <range/v3/view/cycle.hpp>
#include <range/v3/view/enumerate.hpp>
#include <range/v3/view/filter.hpp>
#include <range/v3/view/generate.hpp>
#include <range/v3/view/iota.hpp>
#include <range/v3/view/join.hpp>
#include <range/v3/view/map.hpp>
#include <range/v3/view/partial_sum.hpp>
#include <range/v3/view/reverse.hpp>
#include <range/v3/view/sliding.hpp>
#include <range/v3/view/split.hpp>
#include <range/v3/view/take.hpp>
#include <range/v3/view/take_while.hpp>
#include <range/v3/view/transform.hpp>
#include <range/v3/view/zip.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "together.h"

namespace {

namespace views = ranges::views;
namespace actions = ranges::actions;

std::string numbers() {
  std::ostringstream out;
  const auto even = [](int n) { return n % 2 == 0; };
  const auto square = [](int n) { return n * n; };
  out << (views::iota(1, 30) | views::filter(even) | views::transform(square) | views::take(5)) << '\n';
  out << ranges::accumulate(views::iota(1, 101), 0) << ' ' << (views::iota(1, 8) | views::reverse | views::partial_sum)
      << '\n';
  out << (views::iota(0, 10) | views::chunk(4)) << (views::iota(0, 5) | views::sliding(3)) << '\n';
  const std::vector<int> steps{1, 1, 2, 3, 3, 3, 1};
  out << (steps | views::chunk_by(std::equal_to<>{})) << (steps | views::cycle | views::take(10)) << '\n';
  out << (views::concat(steps, views::iota(7, 9)) | ranges::to<std::vector>()).size() << '\n';
  return out.str();
}

std::string words() {
  const std::string text = "the quick brown fox jumps over the lazy dog and the cat";
  std::ostringstream out;
  auto all = text | views::split(' ') | views::transform([](auto&& w) { return w | ranges::to<std::string>(); }) |
             ranges::to<std::vector>();
  std::map<std::string, int> counts;
  for (const std::string& w : all) counts[w]++;
  out << (all | views::transform([](const std::string& w) { return w.size(); })) << '\n';
  all |= actions::sort | actions::unique | actions::remove_if([](const std::string& w) { return w.size() > 4; });
  out << views::all(all) << '\n';
  for (const auto& [number, word] : all | views::enumerate | views::take(3)) out << number << ':' << word << ' ';
  const auto most = ranges::max_element(counts, {}, [](const auto& e) { return e.second; });
  out << most->first << most->second << ' ' << (counts | views::values) << '\n';
  out << (all | views::join | views::transform([](char c) { return static_cast<char>(std::toupper(c)); }) |
          ranges::to<std::string>())
      << '\n';
  return out.str();
}

std::string products() {
  std::ostringstream out;
  const std::vector<int> numbers{1, 2, 3};
  const std::string letters = "ab";
  for (const auto& [n, c] : views::cartesian_product(numbers, letters)) out << n << c << ' ';
  for (const auto& [n, c] : views::zip(numbers, letters)) out << c << n << ' ';
  int a = 0, b = 1;
  out << '\n'
      << (views::generate([&] { return std::exchange(a, std::exchange(b, a + b)); }) |
          views::take_while([](int n) { return n < 100; }))
      << '\n';
  auto moved = std::vector<int>{5, 3, 9, 1} | actions::sort | actions::drop(1) | actions::reverse |
               actions::transform([](int n) { return n * 10; });
  out << views::all(moved) << '\n';
  return out.str();
}

// The values of a channel as a range, which ends when the channel is closed.
std::string channel() {
  std::ostringstream out;
  const auto large = views::filter([](int n) { return n > 20; });
  const auto rest = views::transform([](int n) { return n % 7; });
#if defined(LIBS_HOSTED)
  const auto values = views::iota(1, 10) | views::transform([](int n) { return n * n; }) | ranges::to<std::vector>();
  out << (values | large | rest) << '\n';
#else
  rt0::Chan<int> squares(0);
  rt0::go([&] {
    ranges::for_each(views::iota(1, 10), [&](int n) { squares.send(n * n); });
    squares.close();
  });
  auto received = views::generate([&] { return squares.recv_ok(); }) |
                  views::take_while([](const auto& r) { return r.ok; }) |
                  views::transform([](const auto& r) { return r.value; });
  out << (std::move(received) | large | rest) << '\n';
#endif
  return out.str();
}

std::string part(int number) {
  constexpr std::string (*const kParts[])() = {numbers, words, products, channel};
  return "-- " + std::to_string(number) + "\n" + kParts[number % 4]();
}

}  // namespace

int main() { together(8, part); }
