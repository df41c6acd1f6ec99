// Header-only parts of the standard C++ library, without the library itself: containers, algorithms, owners, views, on
// several goroutines. With an argument: the fatal error when one of them cannot go on.
#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rt0/rt0.h>

namespace {

void expect(bool ok, const char* what) {
  if (ok) return;
  rt0::println("wrong:", what);
  rt0::exit(1);
}

// Made before main, and never destroyed.
std::vector<int> global{1, 2, 3};

// A std::string has a short text inside itself, so its bytes may not be copied.
struct Named {
  int n;
  std::string name;
};

const std::string& in_a_function() {
  static const std::string s(50, 'x');
  return s;
}

void strings() {
  rt0::Chan<std::string> c(4);
  rt0::go([c, end = std::string("end")] {
    for (size_t i = 0; i < 20; i++) c.send(std::string(i, 'a'));
    c.send(end);
    c.close();
  });
  size_t n = 0;
  for (const std::string& s : c) expect(n == 20 ? s == "end" : s.size() == n && s.find('b') == s.npos, "strings"), n++;
  expect(n == 21, "all strings");
  rt0::Chan<Named> named(0);
  rt0::go([named] {
    for (int i = 0; i < 10; i++) rt0::select(rt0::send(named, Named{i, "hi"}));
  });
  for (int i = 0; i < 10; i++)
    rt0::select(rt0::recv(named, [&](const Named& v) { expect(v.n == i && v.name == "hi", "select"); }),
                rt0::recv(rt0::Chan<int>()));
  static constinit rt0::sync::Map<std::string, std::string> map{};
  map.store("key", "value");
  expect(map.load("key").value == "value" && map.load_and_delete("key").ok, "a map of strings");
  map.clear();
  expect(global == std::vector{1, 2, 3} && in_a_function().size() == 50, "what needs a constructor");
}

unsigned sorted_sum(unsigned seed, size_t n) {
  std::vector<unsigned> v;
  for (size_t i = 0; i < n; i++) v.push_back(seed = seed * 1664525u + 1013904223u);
  std::vector<unsigned> copy = v;
  std::sort(v.begin(), v.end());
  std::stable_sort(copy.begin(), copy.end());
  expect(v == copy && std::is_sorted(v.begin(), v.end()), "sort");
  v.erase(std::unique(v.begin(), v.end()), v.end());
  return std::accumulate(v.begin(), v.end(), 0u);
}

struct Shape {
  int sides;
  explicit Shape(int n) : sides(n) {}
};

// Aligned more strictly than any size class of the heap.
struct alignas(64) Line {
  char bytes[64];
};

void owners() {
  auto one = std::make_unique<Shape>(4);
  std::vector<std::unique_ptr<Shape>> shapes;
  for (int i = 0; i < 100; i++) shapes.push_back(std::make_unique<Shape>(i));
  shapes.push_back(std::move(one));
  expect(one == nullptr && shapes.back()->sides == 4, "unique_ptr");
  std::vector<Line> lines(17);
  expect(reinterpret_cast<size_t>(lines.data()) % 64 == 0, "an aligned vector");
  auto array = std::make_unique<int[]>(1000);
  expect(std::all_of(&array[0], &array[1000], [](int i) { return i == 0; }), "make_unique of an array");
  std::function<int(int)> add = [n = shapes.back()->sides, more = std::array<int, 20>{1}](int i) {
    return i + n + more[0];
  };
  expect(add(3) == 8, "function");
}

void views() {
  constexpr std::string_view text = "one,two,,three";
  std::vector<std::string_view> words;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  expect(words.size() == 4 && words[3] == "three" && words[2].empty(), "string_view");
  std::optional<std::string_view> found;
  if (auto i = std::find(words.begin(), words.end(), "two"); i != words.end()) found = *i;
  expect(found.value_or("") == "two", "optional");
  std::deque<int> q;
  for (int i = 0; i < 1000; i++) q.push_back(i);
  while (q.size() > 1) q.pop_front();
  expect(q.front() == 999, "deque");
}

// Neighbours of one and two bytes in one word: no update may be lost to an update of a neighbour.
struct Neighbours {
  std::atomic<unsigned char> own[3];
  std::atomic<unsigned char> all;
  std::atomic<unsigned short> wide;
  std::atomic<bool> locked;
  unsigned guarded;
};
constinit Neighbours n = {};

template <class T>
void every_operation() {
  std::atomic<T> a{T(200)};
  expect(a.fetch_add(100) == T(200) && a == T(300), "fetch_add");
  expect(a.fetch_sub(T(301)) == T(300) && a == T(-1), "fetch_sub");
  expect(a.fetch_and(0x3c) == T(-1) && a.fetch_or(0x81) == 0x3c && a.fetch_xor(0xff) == 0xbd && a == 0x42, "bits");
  expect(a.exchange(7) == 0x42, "exchange");
  T seen = 6;
  expect(!a.compare_exchange_strong(seen, 8) && seen == 7 && a == 7, "an exchange that fails");
  expect(a.compare_exchange_strong(seen, 8) && a == 8, "an exchange");
}

void atomics() {
  every_operation<unsigned char>();
  every_operation<unsigned short>();
  constexpr unsigned kRounds = 30000;
  rt0::WaitGroup wg;
  for (unsigned i = 0; i < 3; i++)
    wg.go([i] {
      for (unsigned k = 0; k < kRounds; k++) {
        n.own[i]++;
        n.all += 3;
        n.wide++;
        while (n.locked.exchange(true)) rt0::gosched();
        n.guarded++;
        n.locked = false;
      }
    });
  wg.wait();
  for (const auto& own : n.own) expect(own == (kRounds & 0xff), "a byte of one's own");
  expect(n.all == (9 * kRounds & 0xff) && n.wide == (3 * kRounds & 0xffff) && n.guarded == 3 * kRounds,
         "what is shared");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  std::vector<int> v = {1, 2, 3};
  if (what == "at") return v.at(static_cast<size_t>(argc) + 5);
  if (what == "length") v.reserve(~size_t{0} / 2);
  if (what == "memory") v.reserve(~size_t{0} / 2 / sizeof(int) - 1000);
  if (what == "empty") return std::function<int()>()();
  if (what == "substr") return static_cast<int>(what.substr(static_cast<size_t>(argc) + 7).size());
  if (what == "nothrow") {
    const volatile size_t most = ~size_t{0} / 2 - 1000;
    auto* p = new (std::nothrow) char[most];
    auto* q = new (std::align_val_t(64), std::nothrow) char[most];
    rt0::println(p == nullptr && q == nullptr ? "null" : "there is more memory than an address can say");
    return 0;
  }
  rt0::WaitGroup wg;
  for (unsigned i = 0; i < 8; i++)
    wg.go([i] {
      expect(sorted_sum(i, 2000) == sorted_sum(i, 2000), "the sum");
      owners();
      views();
    });
  wg.wait();
  strings();
  atomics();
  rt0::println("headers ok");
}
