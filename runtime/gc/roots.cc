#include "runtime/gc/roots.h"

#include "arch/arch.h"
#include "base/check.h"
#include "sched/status.h"
#include "sched/syscall.h"

namespace rt0 {

extern "C" {
extern char data_begin[] __asm__("runtime.data"), data_end[] __asm__("runtime.edata");
extern char bss_begin[] __asm__("runtime.bss"), bss_end[] __asm__("runtime.ebss");
}

namespace {

uintptr at(const char* symbol) { return reinterpret_cast<uintptr>(symbol); }

template <class T>
void each_word_of(RootFn f, void* arg, const G* gp, const T* object) {
  static_assert(sizeof(T) % kPtrSize == 0 && alignof(T) >= kPtrSize);
  f(arg, gp, reinterpret_cast<uintptr>(object), reinterpret_cast<uintptr>(object + 1));
}

// Not inlined: the caller's stack is searched from this function's frame on, so the caller's registers, which
// spill_registers() has saved in the caller's frame, must lie above it.
[[gnu::noinline]] void each_root(RootFn f, void* arg) {
  f(arg, nullptr, at(data_begin), at(data_end));
  f(arg, nullptr, at(bss_begin), at(bss_end));
  const G* me = getg();
  for (G* gp = allgs.load_acquire(); gp != nullptr; gp = gp->alllink.load_acquire()) {
    const GStatus status = readgstatus(gp);
    if (status == GStatus::dead || status == GStatus::idle) continue;
    uintptr lo = gp->sched.sp;
    if (gp == me) lo = reinterpret_cast<uintptr>(__builtin_frame_address(0));
    else if (status == GStatus::syscall) lo = gp->syscallsp;
    else check(status != GStatus::running, "for_each_root: the world is not stopped");
    // If the goroutine was preempted with little room left, its registers and innermost frames are on its preempt
    // stack.
    if (lo >= gp->preempt_stack.lo && lo < gp->preempt_stack.hi) {
      f(arg, gp, align_down(lo, kPtrSize), gp->preempt_stack.hi);
      lo = gp->preempt_sp;
    }
    f(arg, gp, align_down(lo, kPtrSize), align_down(gp->stack.hi, kPtrSize));
    each_word_of(f, arg, gp, gp);
  }
  for (const P* pp : procs()) each_word_of(f, arg, nullptr, pp);
}

}  // namespace

bool is_global(uintptr a) {
  return (a >= at(data_begin) && a < at(data_end)) || (a >= at(bss_begin) && a < at(bss_end));
}

void for_each_root(RootFn f, void* arg) {
  spill_registers();
  each_root(f, arg);
  __asm__ volatile("" ::: "memory");  // keeps the call above from being a tail call: this frame must stay
}

}  // namespace rt0
