// A program with a C toolchain's hooks: _cgo_init sets the thread pointer and corrects g0's bounds. The other hooks are
// there, too, except the one that the first argument names.
#include "runtime/boot/init_tasks.h"
#include "sched/gmp.h"

#include <rt0/internal.h>

#include "test_isa.h"
#include "words.h"

using namespace rt0;

namespace {

constexpr uintptr kCorrection = 8192;

constinit G* hook_g = nullptr;
constinit uintptr* hook_tls = nullptr;
constinit uintptr hook_tp = 1, hook_lo = 0;
constinit int calls = 0, notified = 0, notified_before_init = 0;

void init(G* g, uintptr* tls) {
  calls++;
  hook_g = g;
  hook_tls = tls;
  hook_tp = test_isa::thread_pointer();
  g->stack.lo += kCorrection;
  hook_lo = g->stack.lo;
  test_isa::set_thread_pointer(tls);
}
void notify() { notified++; }
void set_or_unset(char**) {}

}  // namespace

extern "C" {
using CgoInit = void (*)(G*, uintptr*);
using CgoSetenv = void (*)(char**);
using CgoHook = void (*)();
constinit CgoInit _cgo_init = init;
constinit void* _cgo_thread_start = &calls;
constinit CgoSetenv _cgo_setenv = set_or_unset;
constinit CgoSetenv _cgo_unsetenv = set_or_unset;
constinit CgoHook _cgo_notify_runtime_init_done = notify;
}

namespace rt0 {

void forget() {
  const Args a = args_of_program();
  if (a.len < 2) return;
  if (same(a[1], "_cgo_thread_start")) _cgo_thread_start = nullptr;
  if (same(a[1], "_cgo_setenv")) _cgo_setenv = nullptr;
  if (same(a[1], "_cgo_unsetenv")) _cgo_unsetenv = nullptr;
  if (same(a[1], "_cgo_notify_runtime_init_done")) _cgo_notify_runtime_init_done = nullptr;
}
extern InitTask rt0_init_os;
RT0_RUNTIME_INIT(forget, forget, &rt0_init_os);

}  // namespace rt0

RT0_INIT(look, [] { notified_before_init = notified; });

int main() {
  println("called", calls, "with g0", hook_g == &g0, "and tls", hook_tls == m0.tls, "before the thread pointer",
          hook_tp == 0);
  println("lo", g0.stack.lo == hook_lo, "guards", g0.stackguard0 == hook_lo, g0.stackguard1 == hook_lo);
  println("notified", notified, "before init", notified_before_init);
  int done = 0;
  for (int i = 0; i < 10; i++) go([&done] { __atomic_add_fetch(&done, 1, __ATOMIC_RELEASE); });
  while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) != 10) gosched();
  println("goroutines", done);
}
