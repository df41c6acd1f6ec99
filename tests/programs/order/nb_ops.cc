// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Sends and receives that do not wait.
#include <rt0/rt0.h>

namespace {
void get(rt0::Chan<int> c) {
  auto [v, ok, ready] = c.try_recv();
  rt0::println(v, ok, ready);
}
}  // namespace

int main() {
  rt0::Chan<int> c(2), u(0);
  const bool one = c.try_send(1), two = c.try_send(2), three = c.try_send(3), four = u.try_send(1);
  rt0::println(one, two, three, four, c.len());
  get(c);
  get(c);
  get(c);
  get(u);
  rt0::go([u] { rt0::println("got", u.recv()); });
  rt0::gosched();
  const bool nine = u.try_send(9), ten = u.try_send(10);
  rt0::println(nine, ten);
  rt0::gosched();
  rt0::go([u] {
    u.send(11);
    rt0::println("sent");
  });
  rt0::gosched();
  get(u);
  get(u);
  rt0::gosched();
  c.close();
  get(c);
}
