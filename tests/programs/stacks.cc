// Goroutines with stacks of all sizes: stacks WHAT [ARGUMENT].
#include <rt0/rt0.h>

#include "kernel_iface/linux/linux.h"
#include "mem/sysmem.h"
#include "resident.h"
#include "sched/gmp.h"
#include "use_kernel.h"
#include "words.h"

using namespace rt0;

namespace {

constexpr size_t kKiB = 1024;

// Writes to about n bytes of stack, and returns how many of the values were still there afterwards.
[[gnu::noinline]] size_t use(size_t n) {
  volatile char room[1024];
  for (size_t i = 0; i < sizeof(room); i += 64) room[i] = static_cast<char>(n + i);
  size_t sum = n > 2048 ? use(n - 1024) : 0;
  for (size_t i = 0; i < sizeof(room); i += 64) sum += room[i] == static_cast<char>(n + i);
  return sum;
}

[[gnu::noinline]] void nil_at(size_t depth) {
  volatile char room[256];
  room[0] = 1, room[255] = 1;
  if (depth > 256) nil_at(depth - 256);
  else *static_cast<volatile int*>(nullptr) = 1;
  room[1] = room[0];
}

// Goroutines of all sizes are made and end on many Ps; each uses half of its stack, or 4 KiB of one below 32 KiB.
void stress(int rounds) {
  constexpr size_t kSizes[] = {0,      1,          16 * kKiB,  20000,      32 * kKiB,  64 * kKiB,
                               100000, 128 * kKiB, 256 * kKiB, 512 * kKiB, 1024 * kKiB};
  WaitGroup wg;
  atomic::Int64 wrong, ended;
  for (int id = 0; id < 8; id++)
    wg.go([&, id] {
      for (int i = 0; i < rounds; i++) {
        WaitGroup few;
        for (int k = 0; k < 5; k++) {
          const size_t stack = kSizes[static_cast<size_t>(i + 3 * k + id) % (sizeof(kSizes) / sizeof(kSizes[0]))];
          few.add(1);
          go_with({.stack = stack}, [&, stack] {
            const size_t n = stack < 32 * kKiB ? 4 * kKiB : stack / 2;
            if (use(n) == 0) wrong.add(1);
            if (i % 3 == 0) gosched();
            ended.add(1);
            few.done();
          });
        }
        few.wait();
      }
    });
  wg.wait();
  while (num_goroutine() > 1) gosched();  // the last ones may still be ending
  println("ended", ended.load(), "wrong", wrong.load(), "left", num_goroutine());
}

// Goroutines that run one after another and ask for the same size get the same memory.
void reuse() {
  Chan<uintptr_t> where(0);
  uintptr_t first[4] = {};
  bool same_place = true;
  for (int round = 0; round < 50; round++)
    for (int k = 0; k < 4; k++) {
      go_with({.stack = (512 * kKiB) << k}, [=] {
        char here = 0;
        where.send(reinterpret_cast<uintptr_t>(&here));
      });
      const uintptr_t at = where.recv();
      gosched();
      if (round == 0) first[k] = at;
      same_place = same_place && at == first[k];
    }
  println("the same place", same_place);
}

void range(size_t bytes) {
  WaitGroup wg;
  wg.add(1);
  go_with({.stack = bytes}, [&] {
    println("runs");
    wg.done();
  });
  wg.wait();
}

[[gnu::noinline]] int deep(int n) {
  volatile char room[512];
  room[0] = static_cast<char>(n);
  return n == 0 ? 0 : deep(n - 1) + room[0];
}
// Calls a function of rt0 that has a frame of several pages, when the stack is nearly used up.
[[gnu::noinline]] int rename_at_the_end(int n) {
  volatile char room[256];
  room[0] = static_cast<char>(n);
  if (reinterpret_cast<uintptr_t>(&room) < getg()->stack.lo + 2 * kKiB) {
    println("renamed", !os::rename("/proc/no such file", "/proc/nor this"));
    return 0;
  }
  return rename_at_the_end(n + 1) + room[0];
}
// A frame larger than any guard.
[[gnu::noinline]] int huge(int n) {
  char room[300 * 1024];
  char* p = room;
  __asm__ volatile("" : "+r"(p) : : "memory");  // no compiler can make the frame smaller
  p[0] = static_cast<char>(n);
  return p[0] + 1;
}

void parked(int n, size_t stack) {
  Chan<Unit> c(0);
  WaitGroup up;
  up.add(n);
  for (int i = 0; i < n; i++) {
    auto f = [&] {
      up.done();
      (void)c.recv();
    };
    if (stack == 0) go(f);
    else go_with({.stack = stack}, f);
  }
  up.wait();
  println("parked", num_goroutine() - 1);
  c.close();
  while (num_goroutine() > 1) gosched();
  println("all have ended");
}

// 100 goroutines have used much stack and ended; then the program is idle until their memory is given back.
void idle() {
  WaitGroup wg;
  for (int i = 0; i < 100; i++) {
    wg.add(1);
    go_with({.stack = (i % 2) == 0 ? 0 : 32 * kKiB}, [&] {
      (void)use(20 * kKiB);
      wg.done();
    });
  }
  wg.wait();
  sleep(ms(200 * 1000));
  println("awake");
  for (int i = 0; i < 100; i++) {
    wg.add(1);
    go([&] {
      (void)use(20 * kKiB);
      wg.done();
    });
  }
  wg.wait();
  println("done");
}

// Runs f on another M than m0, because m0 has the process's own stack.
template <class F>
void on_another_m(F f) {
  go([f] {
    lock_os_thread();
    if (getg()->m == &m0) on_another_m(f);  // this M waits here, so the next goroutine runs on another one
    else f();
    Chan<Unit> never(0);
    (void)never.recv();
  });
}

// Checks the memory below the stacks of all Ms: 20 or more, of which some reuse the stack of an M that has ended.
void guards() {
  Chan<Unit> c(0);
  WaitGroup ended;
  for (int i = 0; i < 40; i++) {
    if (i % 2 == 0) ended.add(1);
    go([&, i] {
      lock_os_thread();
      sleep(ms(20));
      if (i % 2 != 0) (void)c.recv();
      else ended.done();  // locked to its thread, which ends with it
    });
    if (i == 20) ended.wait();
  }
  ended.wait();
  sleep(ms(50));
  unsigned n = 0, without = 0, broken = 0;
  auto look = [&](const G* gp) {
    n++;
    without += page_readable(gp->stack.lo - physPageSize);
    broken += !page_readable(gp->stack.lo) || !page_readable(gp->stack.hi - 1);
    broken += gp->stack.lo % physPageSize != 0;
  };
  lock(&sched.lock);
  for (const M* mp = allm; mp != nullptr; mp = mp->alllink) {
    if (mp != &m0) look(mp->g0);
    look(mp->gsignal);
  }
  unlock(&sched.lock);
  println("enough", n >= 40, "without", without, "broken", broken);
}

// A signal handler that needs a little more stack than gsignal has: without a guard this would go unnoticed.
constinit Kernel greedy = {};
SigContext greedy_sigcontext(void* info, void* uctx) {
  (void)deep(150);
  return linux_kernel.sigcontext(info, uctx);
}
void fault() { *static_cast<volatile int*>(nullptr) = 1; }  // NOLINT(clang-analyzer-core.NullDereference): on purpose

// In kB; includes QEMU's memory if it runs the program.
size_t resident() { return static_cast<size_t>(resident_pages()) * 4; }

// 2,000 goroutines exist at once, use much of their stacks, and end. `how` says what must bring that memory back.
void back(const char* how) {
  constexpr int kGoroutines = 2000;
  constexpr size_t kEach = sizeof(void*) == 8 ? 96 * kKiB : 40 * kKiB;
  const size_t before = resident();
  Chan<Unit> c(0);
  WaitGroup up;
  up.add(kGoroutines);
  for (int i = 0; i < kGoroutines; i++) {
    auto f = [&] {
      (void)use(kEach);
      up.done();
      (void)c.recv();
    };
    if (i % 10 == 0) go_with({.stack = 128 * kKiB}, f);
    else go(f);
  }
  up.wait();
  const size_t most = resident() - before;
  c.close();
  while (num_goroutine() > 1) gosched();
  if (same(how, "free")) free_os_memory();
  if (same(how, "gc")) gc();
  size_t left = most;
  for (int ms_left = same(how, "limit") ? 10000 : 300; ms_left > 0 && left > most / 4; ms_left -= 10) {
    sleep(ms(10));
    const size_t now = resident();
    left = now > before ? now - before : 0;
  }
  println("touched", most >= kGoroutines * (kEach / kKiB), left <= most / 4 ? "given back" : "kept");
}

constinit Kernel slow{};
atomic::Int32 slow_calls;

// Two goroutines give memory back at once: each must also wait for stacks that the other has taken off the lists.
void twice() {
  constexpr int kStacks = 64;
  Chan<Unit> c(0);
  for (int i = 0; i < kStacks; i++) go([&] { (void)c.recv(); });
  gosched();
  c.close();
  while (num_goroutine() > 1) gosched();
  slow = *kernel;
  slow.mem_dontneed = [](void* p, usize n) {
    slow_calls.add(1);
    linux_kernel.usleep(2000);
    return linux_kernel.mem_dontneed(p, n);
  };
  use_kernel(&slow);
  atomic::Int32 ended;
  go([&] {
    free_os_memory();
    ended.add(1);
  });
  while (slow_calls.load() == 0) gosched();
  free_os_memory();
  const int calls = slow_calls.load();
  while (ended.load() == 0) gosched();
  println("given back later:", slow_calls.load() - calls);
}

// Calls address 0, as a program does whose table of functions is not complete.
void (*volatile nobody)() = nullptr;
[[gnu::noinline]] void calls_nobody() {
  nobody();
  asm volatile("" ::: "memory");
}

// Not part of the frame that is overwritten: the loop's variables are in registers here.
[[gnu::noinline]] void overwrite(volatile char* p, const char* end, char value) {
  while (p != end) *p++ = value;
}

// A goroutine writes n bytes beyond the upper end of its stack, then ends. 0: it leaves its frames as they are, and
// overwrites only the first word above the stack, G::below.
void upwards(size_t n, char value) {
  go([=] {
    if (n == 0) {
      getg()->below = static_cast<unsigned char>(value);
      return;
    }
    char here[1];
    overwrite(here, reinterpret_cast<char*>(getg()->stack.hi + n), value);
  });
  sleep(seconds(5));
  println("nobody noticed");
}

// A goroutine with 16 KiB of stack uses a nil pointer after it has used `depth` bytes of the stack.
void nil_deep(size_t depth) {
  WaitGroup wg;
  wg.add(1);
  go_with({.stack = 16 * kKiB}, [&] {
    Defer done([&] { wg.done(); });
    func([&] {
      Defer d([] {
        if (auto r = recover()) println("recovered", r);
      });
      nil_at(depth);
    });
  });
  wg.wait();
}

// Goroutines that end after they were preempted on stacks of their own: those stacks are used again.
void preempted() {
  const int procs = set_gomaxprocs(0);
  size_t before = 0;
  for (int i = 0; i < 400; i++) {
    if (i == 100) before = resident();
    atomic::Int32 stop, ended;
    go_with({.stack = 16 * kKiB}, [&] {
      volatile unsigned long n = 0;
      while (stop.load() == 0)
        for (int k = 0; k < 1000; k++) n = n + 1;
      ended.add(1);
    });
    (void)set_gomaxprocs(procs + 1);  // stops the world, for which the loop must be preempted
    gosched();
    (void)set_gomaxprocs(procs);
    stop.store(1);
    while (ended.load() == 0) gosched();
  }
  const size_t grown = resident() - before;
  if (static_cast<ptrdiff_t>(grown) < 600) println("used again");
  else println("grown by", grown, "KiB");
}

}  // namespace

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  const size_t n = argc > 2 ? static_cast<size_t>(number(argv[2])) : 0;
  Chan<Unit> never(0);
  if (same(what, "stress")) stress(static_cast<int>(n));
  if (same(what, "reuse")) reuse();
  if (same(what, "range")) range(n);
  if (same(what, "too_large")) range(static_cast<size_t>(-1) - n);
  if (same(what, "parked")) parked(static_cast<int>(n), 0);
  if (same(what, "parked_small")) parked(static_cast<int>(n), 16 * kKiB);
  if (same(what, "idle")) idle();
  if (same(what, "back")) back(argv[2]);
  if (same(what, "twice")) twice();
  if (same(what, "preempted")) preempted();
  if (same(what, "upwards")) upwards(n, static_cast<char>(number(argv[3])));
  if (same(what, "nil")) nil_deep(n);
  if (same(what, "overflow")) {
    go_with({.stack = n}, [] { println(deep(1 << 24)); });
    (void)never.recv();
  }
  if (same(what, "guards")) guards();
  if (same(what, "g0")) {
    on_another_m([] { systemstack([] { println(deep(1 << 24)); }); });
    (void)never.recv();
  }
  if (same(what, "nobody")) systemstack([] { calls_nobody(); });
  if (same(what, "rename")) {
    go_with({.stack = 64 * kKiB}, [] { println(rename_at_the_end(0)); });
    (void)never.recv();
  }
  if (same(what, "gsignal")) {
    sleep(ms(50));  // until sysmon has set up m0's guard
    greedy = *kernel;
    greedy.sigcontext = greedy_sigcontext;
    use_kernel(&greedy);
    if (n == 0) {
      lock_os_thread();
      if (getg()->m == &m0) fault();
    }
    on_another_m(fault);
    (void)never.recv();
  }
  if (same(what, "huge")) {
    go_with({.stack = 64 * kKiB}, [&] { println(huge(static_cast<int>(n))); });
    (void)never.recv();
  }
  if (same(what, "used")) {
    go_with({.stack = 1024 * kKiB}, [&] {
      println(use(n) != 0);
      panic("enough");
    });
    (void)never.recv();
  }
  // No address space is left: larger free stacks are cut up.
  if (same(what, "memory"))
    for (;;) go_with({.stack = n}, [never] { (void)never.recv(); });
  if (same(what, "cut")) {
    WaitGroup wg;
    wg.add(1);
    go_with({.stack = n}, [&] { wg.done(); });
    wg.wait();
    gosched();
    for (int i = 0; i < 1000; i++) go([never] { (void)never.recv(); });
    gosched();
    println("goroutines", num_goroutine());
  }
}
