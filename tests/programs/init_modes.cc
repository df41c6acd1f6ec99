// What an init task may do besides computing; the environment variable MODE chooses.
#include <rt0/internal.h>

#include "words.h"

namespace {

void act() {
  const char* mode = rt0::getenv("MODE");
  if (mode == nullptr) return;
  if (same(mode, "goexit")) {
    rt0::go([] { rt0::println("the other goroutine runs"); });
    rt0::goexit_now();
  }
  if (same(mode, "gosched")) {  // main is locked to m0; another M runs the goroutines
    int left = 10;
    for (int i = 0; i < 10; i++)
      rt0::go([&left] {
        for (int k = 0; k < 10; k++) rt0::gosched();
        __atomic_sub_fetch(&left, 1, __ATOMIC_ACQ_REL);
      });
    while (__atomic_load_n(&left, __ATOMIC_ACQUIRE) != 0) rt0::gosched();
    rt0::println("init: all ten are done");
  }
  if (same(mode, "lock")) rt0::lock_os_thread();
  if (same(mode, "lock-unlock")) {
    rt0::lock_os_thread();
    rt0::unlock_os_thread();
  }
  if (same(mode, "exit")) rt0::exit(7);
  if (same(mode, "throw")) rt0::throw_("deliberate, in an init task");
  if (same(mode, "panic")) rt0::panic("deliberate, in an init task");
}

}  // namespace

RT0_INIT(act, act);

int main() {
  // Goroutines that are always ready: if main is not locked to m0, it will run on another thread sooner or later.
  int left = 4;
  for (int i = 0; i < 4; i++)
    rt0::go([&left] {
      for (int k = 0; k < 5000; k++) rt0::gosched();
      __atomic_sub_fetch(&left, 1, __ATOMIC_ACQ_REL);
    });
  for (int k = 0; k < 5000; k++) rt0::gosched();
  while (__atomic_load_n(&left, __ATOMIC_ACQUIRE) != 0) rt0::gosched();
  rt0::println("main ends");
}
