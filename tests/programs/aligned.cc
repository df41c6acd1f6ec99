// Uses as much of the runtime as one program can, on every kind of stack, then uses a null pointer so that the signal
// stack is entered too. The program and its own copy of the runtime are compiled so that each function calls a hook in
// aligned_hooks.cc when it is entered.
#include "kernel_iface/kernel.h"
#include "sched/proc.h"

#include <rt0/internal.h>

using namespace rt0;

namespace {

struct Named {
  struct View {
    const char* data() const { return "named"; }
    size_t size() const { return 5; }
  };
  View String() const { return {}; }
};

constinit int running = 0;

void worker(int i) {
  for (int k = 0; k < 20; k++) gosched();
  internal::on_system_stack([] { kernel->usleep(1); });
  print(i, " ", i * 1.5, " ", &running, " ", i % 2 == 0, "\n");
  delete[] new char[static_cast<size_t>(i) * 1000 + 1];
  if (i % 4 == 0) lock_os_thread();  // still locked when it ends, so its thread ends too
  __atomic_sub_fetch(&running, 1, __ATOMIC_RELEASE);
}

}  // namespace

RT0_INIT(starts_early, [] {
  running++;
  go([] { worker(0); });
  while (__atomic_load_n(&running, __ATOMIC_ACQUIRE) != 0) gosched();
});

int main() {
  running = 20;
  for (int i = 0; i < 20; i++) go([i] { worker(i); });
  while (__atomic_load_n(&running, __ATOMIC_ACQUIRE) != 0) gosched();
  go([] { *static_cast<volatile int*>(nullptr) = 1; });  // NOLINT(clang-analyzer-core.NullDereference)
  for (;;) gosched();
}
