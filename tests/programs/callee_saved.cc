// Callee-saved registers across everything that leaves a goroutine's stack and returns to it: callee_saved MODE ROUNDS.
// Goroutines with different patterns take turns, so a register that is not preserved has another goroutine's pattern.
#include "base/lock.h"
#include "sched/proc.h"

#include <rt0/internal.h>

#include "words.h"

using namespace rt0;

extern "C" {
// tests/arch/<isa>/poison.S
u64 poisoned_call(void (*fn)(void*), void* arg, u64 seed);
void poison_damage(void* which);
extern const u32 poison_registers;
}

namespace {

constexpr int kGoroutines = 16;

constinit u64 damaged = 0, calls = 0;
constinit int running = 0;

// Holds tokens and one goroutine that waits for a token: like a channel, but as simple as possible.
struct Seat {
  Mutex lock;
  G* waiter;
  int tokens;

  void wait() {
    rt0::lock(&lock);
    if (tokens > 0) {
      tokens--;
      unlock(&lock);
      return;
    }
    waiter = getg();
    goparkunlock(&lock, WaitReason::chan_receive);
  }
  void post() {
    rt0::lock(&lock);
    G* gp = waiter;
    waiter = nullptr;
    if (gp == nullptr) tokens++;
    unlock(&lock);
    if (gp != nullptr) goready(gp);
  }
};
constinit Seat seats[kGoroutines] = {};

void call(void (*fn)(void*), void* arg, u64 seed) {
  __atomic_or_fetch(&damaged, poisoned_call(fn, arg, seed), __ATOMIC_RELAXED);
  __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
}

void yield(void*) { gosched(); }
void to_g0(void*) {
  internal::on_system_stack([] { __atomic_add_fetch(&running, 0, __ATOMIC_RELAXED); });
}
// The same, and on g0 once more: there, on_system_stack is a plain call.
void to_g0_twice(void*) {
  internal::on_system_stack(
      [] { internal::on_system_stack([] { __atomic_add_fetch(&running, 0, __ATOMIC_RELAXED); }); });
}
void start_one(void*) {
  go([] { call(yield, nullptr, 0x7000); });
}

void round(const char* mode, int me, int i) {
  const u64 seed = (static_cast<u64>(me) + 1) << 40 | static_cast<u64>(i) << 8;
  if (same(mode, "gosched")) call(yield, nullptr, seed);
  if (same(mode, "systemstack")) call(i % 2 == 0 ? to_g0 : to_g0_twice, nullptr, seed);
  if (same(mode, "newproc")) call(start_one, nullptr, seed);
  if (same(mode, "park")) {  // a ring: each wakes the next one and waits for the one before
    call([](void* s) { static_cast<Seat*>(s)->post(); }, &seats[(me + 1) % kGoroutines], seed);
    call([](void* s) { static_cast<Seat*>(s)->wait(); }, &seats[me], seed + 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 99;
  const char* mode = argv[1];
  const int rounds = static_cast<int>(number(argv[2]));
  if (same(mode, "self")) {
    println("undamaged", poisoned_call([](void*) {}, nullptr, 1));
    for (uintptr n = 0; n < poison_registers; n++)
      println("damaged", n, poisoned_call(poison_damage, reinterpret_cast<void*>(n), 0x1234567890));
    return 0;
  }
  for (Seat& s : seats) lockInit(&s.lock, LockRank::hchan);
  running = kGoroutines;
  for (int me = 0; me < kGoroutines; me++)
    go([mode, me, rounds] {
      for (int i = 0; i < rounds; i++) round(mode, me, i);
      __atomic_sub_fetch(&running, 1, __ATOMIC_RELEASE);
    });
  while (__atomic_load_n(&running, __ATOMIC_ACQUIRE) != 0) gosched();
  println("calls", calls, "damaged", damaged);
}
