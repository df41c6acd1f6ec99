// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Pool: get takes the private slot first, then the P's other values, last in first out; put ignores null.
#include <rt0/rt0.h>

static int made;

int main() {
  rt0::Pool<int> p([] { return new int(++made * 100); });
  const auto get = [&] { return *p.get(); };
  const int first = get();
  rt0::println(first, get());
  int v[] = {1, 2, 3, 4, 5};
  for (int& x : v) p.put(&x);
  p.put(nullptr);
  for (int i = 0; i < 7; i++) rt0::print(get(), " ");
  rt0::println();
  rt0::Pool<int> q;
  rt0::println(q.get() == nullptr);
  q.put(&v[0]);
  const bool same = q.get() == &v[0];
  rt0::println(same, q.get() == nullptr);
}
