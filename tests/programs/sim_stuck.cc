// Waits for a connection that is never made. On a real kernel it would wait for ever. With an argument: all goroutines
// wait on threads of their own, so each thread that goes to sleep hands its P to another thread.
#include <rt0/rt0.h>

int main(int argc, char**) {
  if (argc > 1) {
    rt0::Chan<int> c(0);
    for (int i = 0; i < 5; i++)
      rt0::go([=] {
        rt0::lock_os_thread();
        (void)c.recv();
      });
    rt0::lock_os_thread();
    (void)c.recv();
  }
  auto [l, err] = rt0::net::listen("tcp", "127.0.0.1:0");
  if (err) rt0::panic("no listener");
  (void)l.accept();
  rt0::println("not reached");
}
