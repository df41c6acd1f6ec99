// Goroutines on 2 KiB stacks: small_stacks WHAT [N]. A prototype: see tests/programs/go_small.h.
#include <rt0/rt0.h>

#include "kernel_iface/kernel.h"
#include "resident.h"
#include "sched/preempt.h"
#include "sched/stw.h"
#include "tests/programs/go_small.h"
#include "words.h"

using namespace rt0;

namespace {

// In bytes.
size_t resident() { return static_cast<size_t>(resident_pages()) * 4096; }

// The most stack that any goroutine with a small stack has ever used; slots begin as zeroes.
size_t most_used() {
  size_t most = 0;
  stopTheWorld();
  for (const G* gp = allgs.load_acquire(); gp != nullptr; gp = gp->alllink.load_acquire()) {
    if (gp->stack.hi - gp->stack.lo != kSmallStack) continue;
    const auto* p = reinterpret_cast<const uintptr_t*>(gp->stack.lo) + 1;
    while (*p == 0) p++;
    most = max(most, static_cast<size_t>(gp->stack.hi - reinterpret_cast<uintptr_t>(p)));
  }
  startTheWorld(0);
  return most;
}

void parked(int n) {
  Chan<int> c(0);
  WaitGroup up;
  up.add(n);
  const size_t before = resident();
  for (int i = 0; i < n; i++)
    go_small([&] {
      up.done();
      (void)c.recv();
    });
  up.wait();
  const size_t each = (resident() - before) / static_cast<size_t>(n);
  c.close();
  while (num_goroutine() > 1) gosched();
  println("parked", n, "bytes_each", each, "most_used", most_used());
}

// Many goroutines make, park, wake and end such goroutines at once, beside goroutines with larger stacks.
void stress(int rounds) {
  atomic::Int64 sum;
  WaitGroup all;
  for (int id = 0; id < 8; id++)
    all.go([&, rounds] {
      for (int i = 0; i < rounds; i++) {
        Chan<int> c(0), back(1);
        WaitGroup few;
        few.add(12);
        for (int k = 0; k < 12; k++) {
          auto f = [&, c, back] {
            int v = c.recv();
            if (v % 4 == 0) gosched();
            back.send(v);
            few.done();
          };
          if (k % 4 == 0) go(f);
          else if (k % 4 == 1) go_with({.stack = 20000}, f);
          else go_small(f);
        }
        for (int k = 0; k < 12; k++) c.send(k);
        for (int k = 0; k < 12; k++) sum.add(back.recv());
        few.wait();
      }
    });
  all.wait();
  while (num_goroutine() > 1) gosched();
  println("sum", sum.load() == 8 * rounds * 66, "fits", most_used() < kSmallStack - 64);
}

// Many goroutines with small stacks end while another goroutine asks all Ps for preemption all the time.
void preempted(int n) {
  atomic::Bool stop;
  atomic::Int64 ran;
  WaitGroup asks;
  asks.go([&] {
    while (!stop.load()) {
      for (P* pp : procs()) preemptone(pp);  // has no effect on the P of this goroutine
      for (int spin = 0; spin < 200; spin++) Isa::cpu_relax();
    }
  });
  for (int i = 0; i < n; i++) {
    go_small([&] { ran.add(1); });
    if (i % 64 == 0) gosched();
  }
  while (ran.load() < n) gosched();
  stop.store(true);
  asks.wait();
  while (num_goroutine() > 1) gosched();
  println("ran", ran.load());
}

}  // namespace

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  const int n = argc > 2 ? static_cast<int>(number(argv[2])) : 0;
  if (same(what, "parked")) parked(n);
  if (same(what, "stress")) stress(n);
  if (same(what, "preempted")) preempted(n);
  if (same(what, "overflow")) {
    // Word n of the stack, from its lower end; word 0 is checked. A real overflow would go on into the neighbour's G.
    go_small([n] { static_cast<volatile uintptr_t*>(reinterpret_cast<uintptr_t*>(getg()->stack.lo))[n] = 0; });
    while (num_goroutine() > 1) gosched();
    println("fits");
  }
}
