// Many goroutines: stress tree N | stress locked ROUNDS | stress churn N.
#include "kernel_iface/kernel.h"
#include "sched/mthread.h"

#include <rt0/internal.h>

#include "resident.h"
#include "words.h"

using namespace rt0;

namespace {

constinit uintptr done = 0, torn = 0, ids = 0;  // words: not every compiler has 64-bit atomics on 32-bit machines

uintptr load(const uintptr& v) { return __atomic_load_n(&v, __ATOMIC_ACQUIRE); }
void add(uintptr& v, uintptr n) { __atomic_add_fetch(&v, n, __ATOMIC_ACQ_REL); }

// Yields several times, with a pattern on the stack that no other goroutine has.
[[gnu::noinline]] void yield_with_pattern(u64 id, int times) {
  volatile u64 words[32];
  for (u64 i = 0; i < 32; i++) words[i] = id * 1000003 + i;
  for (int k = 0; k < times; k++) {
    gosched();
    for (u64 i = 0; i < 32; i++)
      if (words[i] != id * 1000003 + i) add(torn, 1);
  }
}

// A tree of goroutines: each starts two, so that every P gets work, and other Ps steal it.
void node(u64 id, u64 n) {
  if (2 * id <= n) go([id, n] { node(2 * id, n); });
  if (2 * id + 1 <= n) go([id, n] { node(2 * id + 1, n); });
  yield_with_pattern(id, 5);
  add(ids, id);
  add(done, 1);
}

void wait_for(u64 n) {
  while (load(done) < n) gosched();
}

int tree(u64 n) {
  go([n] { node(1, n); });
  wait_for(n);
  println("done", load(done), "ids", load(ids), "torn", load(torn));
  return 0;
}

// Few goroutines at once, but many in all: the Gs of dead ones are reused, so their number stays small.
int churn(u64 n) {
  u64 started = 0;
  for (int round = 0; round < 20; round++) {
    for (u64 i = 0; i < n / 20; i++, started++)
      go([started] {
        yield_with_pattern(started, 1);
        add(done, 1);
      });
    wait_for(started);
  }
  println("done", load(done), "torn", load(torn), "made", allglen.load_acquire() <= 2 * n / 20);
  return 0;
}

// Goroutines that end while they are locked to their thread, so that the thread ends too.
int locked(int rounds) {
  constexpr u64 kAtOnce = 20;
  long pages = 0;
  for (int round = 0; round < rounds; round++) {
    for (u64 i = 0; i < kAtOnce; i++)
      go([i] {
        lock_os_thread();
        yield_with_pattern(i, 3);
        add(done, 1);
      });
    wait_for(static_cast<u64>(round + 1) * kAtOnce);
    if (round == rounds / 4) pages = resident_pages();
  }
  for (int k = 0; k < 100000 && mcount() > 100; k++) gosched();
  println("done", load(done), "torn", load(torn), "threads", mcount() <= 100, "ended", sched.nmfreed > rounds);
  println("grown", resident_pages() - pages, "of", pages);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  const long n = argc > 2 ? number(argv[2]) : 0;
  if (same(mode, "tree")) return tree(static_cast<u64>(n));
  if (same(mode, "churn")) return churn(static_cast<u64>(n));
  if (same(mode, "locked")) return locked(static_cast<int>(n));
  return 99;
}
