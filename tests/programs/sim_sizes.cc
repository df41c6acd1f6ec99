// For the simulated kernel: stacks of several sizes, free stacks, and memory that is given back. Which sizes share a
// pool, and how much memory there is to give back, depends on the size of a word; the trace and the choices must not.
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  constexpr size_t kSizes[] = {8192, 65536, 100000, 300000};
  for (const size_t bytes : kSizes) {
    wg.add(1);
    rt0::go_with({.stack = bytes}, [&] { wg.done(); });
  }
  wg.wait();
  for (int i = 0; i < 4; i++) {
    wg.go([] {
      rt0::lock_os_thread();
      rt0::sleep(rt0::us(50));
    });
  }
  wg.wait();
  for (int i = 0; i < 300; i++) wg.go([] { rt0::gosched(); });
  wg.wait();
  rt0::free_os_memory();
  rt0::sleep(rt0::seconds(150));  // after a minute without work stacks' memory is given back, too
  rt0::println("done");
}
