// Every way to end a program: exits MODE [NUMBER].
#include "kernel_iface/kernel.h"
#include "sched/proc.h"

#include <rt0/internal.h>

#include "words.h"

namespace {

void spin_then(const char* what) {
  for (int i = 0; i < 100; i++) rt0::gosched();
  rt0::println(what);
}

[[noreturn]] void wait_forever() {
  rt0::gopark(nullptr, nullptr, rt0::WaitReason::forever);
  rt0::println("woken by nobody");
  rt0::exit(99);
}

}  // namespace

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  const int n = argc > 2 ? static_cast<int>(number(argv[2])) : 0;

  if (same(mode, "return")) return n;
  if (same(mode, "exit")) rt0::exit(n);
  if (same(mode, "exit-in-goroutine")) {
    rt0::go([n] { rt0::exit(n); });
    for (;;) rt0::gosched();
  }
  if (same(mode, "exit-on-other-thread")) {  // main is locked to m0, so this runs on another thread
    rt0::lock_os_thread();
    rt0::go([n] { rt0::exit(n); });
    for (;;) rt0::gosched();
  }
  if (same(mode, "return-while-others-run")) {
    for (int i = 0; i < 50; i++)
      rt0::go([] {
        for (;;) rt0::gosched();
      });
    for (int i = 0; i < 200; i++) rt0::gosched();
    return n;
  }
  if (same(mode, "goexit")) {
    rt0::go([] { spin_then("first done"); });
    rt0::go([] { spin_then("second done"); });
    rt0::goexit_now();
  }
  if (same(mode, "goexit-then-exit")) {
    rt0::go([n] {
      spin_then("the other goes on");
      rt0::exit(n);
    });
    rt0::goexit_now();
  }
  if (same(mode, "goexit-alone")) rt0::goexit_now();
  if (same(mode, "goexit-locked")) {
    rt0::lock_os_thread();
    rt0::go([] { spin_then("the other is done"); });
    rt0::goexit_now();
  }
  if (same(mode, "main-waits")) wait_forever();
  if (same(mode, "other-waits")) {
    rt0::go(wait_forever);
    rt0::goexit_now();
  }
  if (same(mode, "both-wait")) {
    rt0::go(wait_forever);
    wait_forever();
  }
  if (same(mode, "locked-waits")) {
    rt0::lock_os_thread();
    wait_forever();
  }
  if (same(mode, "masks")) {
    // A goroutine that ends locked to its thread ends that thread, which may first have to start another thread.
    const rt0::u64 mask = rt0::kernel->sigmask_block(0);
    int bad = 0, left = 2 * n;
    for (int i = 0; i < n; i++) {
      rt0::go([&left] {
        rt0::lock_os_thread();
        __atomic_sub_fetch(&left, 1, __ATOMIC_RELEASE);
      });
      rt0::go([&left, &bad, mask] {
        if (rt0::kernel->sigmask_block(0) != mask) __atomic_add_fetch(&bad, 1, __ATOMIC_RELAXED);
        __atomic_sub_fetch(&left, 1, __ATOMIC_RELEASE);
      });
      rt0::gosched();
    }
    while (__atomic_load_n(&left, __ATOMIC_ACQUIRE) != 0) rt0::gosched();
    rt0::println("bad masks", bad);
    return 0;
  }
  if (same(mode, "panic-locked") || same(mode, "fault-locked")) {
    rt0::func([mode] {
      rt0::Defer d([] {
        (void)rt0::recover();
        rt0::println("recovered");
      });
      (void)rt0::acquirem();  // counts as a lock
      if (same(mode, "panic-locked")) rt0::panic("with a lock");
      *static_cast<volatile int*>(nullptr) = 1;
    });
    return 0;
  }
  rt0::println("exits: no such mode:", mode);
  return 98;
}
