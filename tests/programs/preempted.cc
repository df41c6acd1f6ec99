// Preemption as the preempted goroutine sees it: preempted MODE.
//   registers N   loops that hold patterns in every register are interrupted as often as possible,
//                 until there have been N preemptions; or for 10 s, in which there
//                 must be a tenth of N
//   loop          goroutines that call nothing of rt0 share one P with main
//   switches      goroutines that round differently stop in every way
//   rounding      a loop that has changed how its thread rounds shares a P with one that has not
//   yields        the same with GODEBUG=asyncpreemptoff=1 and loops that call into rt0
#include "kernel_iface/kernel.h"
#include "sched/preempt.h"

#include <rt0/internal.h>

#include "test_isa.h"
#include "words.h"

using namespace rt0;

extern "C" u64 interrupted_loop(u64 rounds, u64 seed, u64 wide);  // tests/arch/<isa>/interrupted.S

namespace {

constexpr int kLoops = 4;
constinit uintptr rounds = 0, damaged = 0, finished = 0;
constinit bool stop = false;

uintptr load(const uintptr& v) { return __atomic_load_n(&v, __ATOMIC_ACQUIRE); }

u64 ticks() {
  u64 n = 0;
  for (const P* pp : procs()) n += pp->schedtick.load_relaxed();
  return n;
}

int registers(u64 wanted) {
  const u64 wide = test_isa::has_wide_vectors();
  for (int k = 0; k < kLoops; k++)
    go([k, wide] {
      while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
        const u64 r = interrupted_loop(200, static_cast<u64>(k + 1) * 0x10000100000, wide);
        __atomic_add_fetch(&rounds, 200, __ATOMIC_ACQ_REL);
        if (r != 0) {
          println("loop", k, "damaged", r);
          __atomic_add_fetch(&damaged, 1, __ATOMIC_ACQ_REL);
        }
      }
      __atomic_add_fetch(&finished, 1, __ATOMIC_ACQ_REL);
    });
  const u64 before = ticks();
  const i64 end = kernel->nanotime() + i64{10} * 1000000000;
  while (ticks() - before < wanted && kernel->nanotime() < end) {
    for (P* pp : procs()) preemptone(pp);  // this does not hit the P that runs here
    for (int spin = 0; spin < 500; spin++) Isa::cpu_relax();
  }
  // On a busy machine this program's threads may share one CPU, and then each of them takes milliseconds.
  const bool enough = ticks() - before >= wanted / 10;
  __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
  while (load(finished) < kLoops) gosched();
  println("damaged", load(damaged), "enough", enough, "rounds", load(rounds) > 0);
  return 0;
}

int loop() {
  for (int k = 0; k < 3; k++)
    go([] {
      for (;;) {}
    });
  for (int k = 0; k < 3; k++) gosched();
  println("main runs again");
  return 0;
}

int yields() {
  static volatile u64 n = 0;
  go([] {
    for (;;) {
      print();
      n = n + 1;
    }
  });
  gosched();
  println("main runs again", n > 0);
  return 0;
}

// Neither loop calls rt0, so each is stopped by a signal only.
int rounding() {
  static volatile bool enough = false;
  atomic::Int32 ended, wrong_up, wrong_default;
  go([&] {
    const unsigned before = test_isa::fp_control();
    int wrong = 0;
    test_isa::set_fp_control(test_isa::kRoundUp);
    while (!enough) wrong += test_isa::fp_control() != test_isa::kRoundUp;
    test_isa::set_fp_control(before);
    wrong_up.add(wrong != 0);
    ended.add(1);
  });
  go([&] {
    const unsigned before = test_isa::fp_control();
    int wrong = before == test_isa::kRoundUp;
    while (!enough) wrong += test_isa::fp_control() != before;
    wrong_default.add(wrong != 0);
    ended.add(1);
  });
  for (int i = 0; i < 10; i++) gosched();  // each round lasts for two time slices
  enough = true;
  while (ended.load() < 2) gosched();
  println("wrong", wrong_up.load(), wrong_default.load());
  return 0;
}

// Goroutines that round differently stop in all ways: they yield, wait, sleep, end. Each must find its own
// setting again, and a new one the default, whatever its maker's is.
int switches() {
  static const unsigned usual = test_isa::fp_control();
  atomic::Int32 wrong, wrong_new;
  WaitGroup wg;
  Chan<int> there(0), back(3);
  for (int g = 0; g < 8; g++) {
    wg.add(1);
    go([&, g] {
      const unsigned mine = g % 2 == 0 ? test_isa::kRoundUp : usual;
      wrong_new.add(test_isa::fp_control() != usual);
      test_isa::set_fp_control(mine);
      for (int i = 0; i < 50; i++) {
        gosched();
        wrong.add(test_isa::fp_control() != mine);
        if (g % 4 < 2) there.send(i);
        else (void)there.recv();
        wrong.add(test_isa::fp_control() != mine);
        back.send(i);
        (void)back.recv();
        if (i % 16 == 0) sleep(us(10));
        wrong.add(test_isa::fp_control() != mine);
      }
      wg.add(1);
      go([&] {
        wrong_new.add(test_isa::fp_control() != usual);
        wg.done();
      });
      gosched();
      wrong.add(test_isa::fp_control() != mine);
      test_isa::set_fp_control(usual);
      wg.done();
    });
  }
  wg.wait();
  println("wrong", wrong.load(), wrong_new.load());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (same(mode, "registers")) return registers(static_cast<u64>(number(argv[2])));
  if (same(mode, "rounding")) return rounding();
  if (same(mode, "switches")) return switches();
  if (same(mode, "loop")) return loop();
  if (same(mode, "yields")) return yields();
  return 99;
}
