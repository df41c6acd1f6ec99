// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// sync.Map, as far as its order is defined.
#include <rt0/rt0.h>

int main() {
  rt0::Map<int, int> m;
  rt0::println(m.load(1).ok);
  m.store(1, 10);
  auto r = m.load_or_store(1, 11);
  rt0::println(r.value, r.ok);
  r = m.load_or_store(2, 20);
  rt0::println(r.value, r.ok);
  const bool first = m.compare_and_swap(1, 10, 12), second = m.compare_and_swap(1, 10, 13);
  rt0::println(first, second, m.compare_and_swap(9, 0, 1));
  r = m.swap(2, 22);
  rt0::println(r.value, r.ok);
  r = m.swap(3, 30);
  rt0::println(r.value == 0, r.ok);
  const bool wrong = m.compare_and_delete(3, 31);
  rt0::println(wrong, m.compare_and_delete(3, 30));
  r = m.load_and_delete(1);
  rt0::println(r.value, r.ok);
  m.remove(1);
  for (int i = 0; i < 100; i++) m.store(i, i * i);
  int n = 0, s = 0;
  m.range([&](int, int v) {
    n++;
    s += v;
    return true;
  });
  rt0::println(n, s);
  n = 0;
  m.range([&](int, int) { return ++n < 5; });
  rt0::println(n);
  m.clear();
  m.range([](int, int) {
    rt0::println("never");
    return true;
  });
}
