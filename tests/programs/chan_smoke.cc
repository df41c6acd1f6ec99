#include <rt0/rt0.h>
int main() {
  rt0::Chan<int> c(3);
  rt0::Chan<int> u(0), n;
  rt0::go([c] {
    for (int i = 0; i < 10; i++) c.send(i);
    c.close();
  });
  for (auto v : c) rt0::println(v);
  auto [v, ok] = c.recv_ok();
  rt0::println(v, ok);
  rt0::go([u] { u.send(5); });
  int i = rt0::select(rt0::recv(n, [&](int) {}), rt0::recv(u, [&](int w, bool k) { rt0::println("u", w, k); }),
                      rt0::send(n, 42, [&] {}));
  rt0::println(i);
  i = rt0::select(rt0::recv(n), rt0::recv(u), rt0::otherwise([&] { rt0::println("default"); }));
  rt0::println(i);
  i = rt0::select(rt0::recv(u), rt0::otherwise([&] { rt0::println("default"); }));
  rt0::println(i);
  int x = 0;
  rt0::SelectCase cs[] = {rt0::recv_case(c, &x), rt0::recv_case(u, &x)};
  auto [at, good] = rt0::select_cases(cs);
  rt0::println(at, good);
}
