// env: GOMAXPROCS=1
// The language's map: what a range over it shows while it changes
#include <rt0/rt0.h>

namespace fmt = rt0::fmt;
using rt0::builtin::map;
using rt0::builtin::String;

namespace {

void others() {
  map<String, int> s;
  constexpr const char* kWords[] = {"a", "b", "a", "", "a", "b", ""};
  for (const char* w : kWords) s[String(w)]++;
  fmt::println(s.len(), s.get(String("a")), s.get(String("b")), s.get(String("")), s.get(String("c")), s.len());
  map<double, int> f;
  const double nan = __builtin_nan("");
  f[0] = 1;
  f[-0.0]++;
  f[nan] = 1;
  f[nan] = 1;
  f[-1.5] = 7;
  fmt::println(f.len(), f.get(0), f.get(-1.5), f.contains(nan));
  f.remove(nan);
  fmt::println(f.len());
  f.clear();
  fmt::println(f.len());
}

void ranges(const map<int, int>& all) {
  auto& m = const_cast<map<int, int>&>(all);
  map<int, bool> firsts;
  for (int i = 0; i < 200; i++) {
    int sum = 0, n = 0;
    for (const auto& [k, v] : m) {
      if (n == 0) firsts[k] = true;
      sum += v;
      n++;
    }
    if (sum != 499500 || n != 1000) fmt::println("wrong", sum, n);
  }
  fmt::println(firsts.len() > 20, firsts.len() <= 200);
}

}  // namespace

int main() {
  map<int, int> m;
  fmt::println(m.len(), m.get(5));
  for (int i = 0; i < 1000; i++) m[i * 7919] = i;
  const int* third = m.find(7919 * 3);
  fmt::println(m.len(), *third, third != nullptr);
  fmt::println(m.contains(3));
  ranges(m);
  map<int, int> seen;
  for (const auto& [k, v] : m) {
    seen[k]++;
    m.remove((v % 2 == 0 ? v + 1 : v - 1) * 7919);
  }
  fmt::println(m.len(), seen.len());
  const size_t old = m.len();
  seen.clear();
  for (const auto& [key, v] : m) {
    const int k = key;
    seen[k]++;
    if (k < 0) continue;
    for (int i = 0; i < 5; i++) m[-k * 5 - i - 1] = k;
  }
  size_t originals = 0, twice = 0;
  for (const auto& [k, n] : seen) {
    originals += k >= 0;
    twice += n > 1;
  }
  fmt::println(originals == old, twice, m.len() == 6 * old);
  size_t n = 0;
  for (const auto& [k, v] : m) {
    m.remove(k);
    n++;
  }
  fmt::println(n == 6 * old, m.len());
  for (const auto& [k, v] : m) fmt::println("left", k);
  for (int i = 0; i < 10; i++) m[i] = i;
  n = 0;
  for (const auto& e : m) {
    static_cast<void>(e);
    m.clear();
    m[static_cast<int>(100 + n)] = 1;
    if (++n > 5) break;
  }
  fmt::println(n > 0, m.len());
  others();
}
