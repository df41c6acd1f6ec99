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
      if (const rt0::Recovered r = rt0::recover()) println(name, r.as<const char*>());
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

}  // namespace

int main() {
  ints();

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
