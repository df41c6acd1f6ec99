// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// atomic.Value: what it holds, and each of its panics
#include <rt0/rt0.h>

using rt0::println;

namespace {

struct Point {
  int x, y;
  bool operator==(const Point&) const = default;
};

template <class F>
void try_(const char* name, const F& f) {
  rt0::func([&] {
    rt0::Defer d([&] {
      if (const rt0::Recovered r = rt0::recover()) println(name, r);
      else println(name, "ok");
    });
    f();
  });
}

void ints() {
  rt0::atomic::Value v;
  println(!v.load());
  try_("store nil", [&] { v.store(nullptr); });
  try_("swap nil", [&] { v.swap(nullptr); });
  try_("cas nil", [&] { v.compare_and_swap(1, nullptr); });
  try_("cas nil nil", [&] { v.compare_and_swap(nullptr, nullptr); });
  println(v.compare_and_swap(1, 2));
  try_("cas types", [&] { v.compare_and_swap("one", 2); });
  const bool nil = !v.load(), swapped = !v.swap(1);
  println(nil, swapped, v.load().as<int>());
  const int before = v.swap(2).as<int>();
  println(before, v.load().as<int>());
  const bool a = v.compare_and_swap(1, 3), b = v.compare_and_swap(2, 3), c = v.compare_and_swap(nullptr, 4);
  println(a, b, c, v.load().as<int>());
  try_("store other", [&] { v.store("text"); });
  try_("swap other", [&] { v.swap(Point{1, 2}); });
  try_("cas other", [&] { v.compare_and_swap("a", "b"); });
  try_("cas types", [&] { v.compare_and_swap(3, "b"); });
  try_("cas nil other", [&] { v.compare_and_swap(nullptr, "b"); });
  println(v.load().as<int>());
}

struct Five {
  int a, b, c, d, e;
};
struct Ten {
  Five x, y;
};
struct Padded {
  char c;
  int64_t n;
  bool operator==(const Padded&) const = default;
};

[[gnu::noinline]] void fill(Padded* p, int padding, char c, int64_t n) {
  __builtin_memset(p, padding, sizeof(*p));
  p->c = c;
  p->n = n;
}

// x and same are equal, y is another value.
template <class T>
void swaps(const char* name, const T& x, const T& same, const T& y) {
  rt0::atomic::Value v;
  v.store(x);
  const rt0::any other = y, old = same;
  const bool a = v.compare_and_swap(other, y), b = v.compare_and_swap(old, y), c = v.compare_and_swap(x, y);
  const bool d = v.compare_and_swap(y, old), e = v.compare_and_swap(other, x);
  println(name, a, b, c, d, e);
}
template <class T>
void swaps(const char* name, const T& x, const T& y) {
  swaps(name, x, x, y);
}

void compared() {
  swaps("five", Five{1, 2, 3, 4, 5}, Five{1, 2, 3, 4, 6});
  swaps("ten", Ten{{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}}, Ten{{1, 2, 3, 4, 5}, {6, 7, 8, 9, 11}});
  Padded x, same, y;
  fill(&x, 0x55, 1, 2);
  fill(&same, 0xaa, 1, 2);
  fill(&y, 0x55, 1, 3);
  swaps("padded", x, same, y);
  swaps("float", 0.5, 1.5);
  swaps("duration", rt0::ms(1), rt0::ms(2));
  swaps<const char*>("text", "same", "other");
  rt0::atomic::Value v;
  v.store(0.0);
  println(v.compare_and_swap(-0.0, __builtin_nan("")));
  println(v.compare_and_swap(v.load(), 1.0));

  rt0::atomic::Value f;
  void (*const func)() = compared;
  println(f.compare_and_swap(func, func));
  f.store(func);
  println(f.compare_and_swap(nullptr, func));
  try_("func", [&] { f.compare_and_swap(func, func); });
  try_("any of a func", [&] { f.compare_and_swap(f.load(), func); });
  rt0::atomic::Value g;
  int n = 0;
  const auto closure = [n] { return n; };
  g.store(closure);
  try_("closure", [&] { g.compare_and_swap(closure, closure); });
  try_("any of a closure", [&] { g.compare_and_swap(g.load(), closure); });
}

}  // namespace

int main() {
  ints();
  compared();

  rt0::atomic::Value s;
  const bool first = s.compare_and_swap(nullptr, "first");
  println(first, s.load().as<const char*>());
  const char text[] = {'f', 'i', 'r', 's', 't', '\0'};
  const bool second = s.compare_and_swap(text, "second"), third = s.compare_and_swap("first", "third");
  println(second, third, s.load().as<const char*>());

  rt0::atomic::Value p;
  p.store(Point{1, 2});
  const bool wrong = p.compare_and_swap(Point{1, 3}, Point{5, 6}), right = p.compare_and_swap(Point{1, 2}, Point{3, 4});
  println(wrong, right);
  println(p.load().as<Point>().x, p.load().as<Point>().y);
  try_("store pointer", [&] { p.store(new Point{}); });
}
