// Preemption as the preempted goroutine sees it: preempted MODE.
//   registers N   loops that hold patterns in every register are interrupted as often as possible,
//                 until there have been N preemptions
//   diverted N    the same with loops that are in rt0's functions most of the time, with a pattern in every register
//                 that a call must keep; each function's result is checked
//   step FN N     N times: sends itself SIGTRAP, at which the debugger that traces it must stop it, and calls the FN-th
//                 of those functions as a goroutine that has been asked to yield. The debugger lets it execute a
//                 number of instructions, and then sends SIGURG
//   loop          goroutines that call nothing of rt0 share one P with main
//   switches      goroutines that round differently stop in every way
//   rounding      a loop that has changed how its thread rounds shares a P with one that has not
//   little_room   loops near their stacks' ends are interrupted
//   answered      a goroutine comes to a preemption point, and the request has been answered meanwhile
//   off           a loop that calls nothing of rt0 shares a P with main, and GODEBUG=asyncpreemptoff=1
//   yields        the same with a loop that calls into rt0
#include "kernel_iface/kernel.h"
#include "kernel_iface/signum.h"
#include "sched/preempt.h"
#include "sched/proc.h"

#include <rt0/internal.h>

#include "test_isa.h"
#include "words.h"

using namespace rt0;

extern "C" {
u64 interrupted_loop(u64 rounds, u64 seed, u64 wide);       // tests/arch/<isa>/interrupted.S
u64 poisoned_call(void (*fn)(void*), void* arg, u64 seed);  // tests/arch/<isa>/poison.S
void* memset(void* p, int c, size_t n);                     // not the builtin, in place of which may stand a loop
}

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

// Interrupts all goroutines as often as possible, until there have been so many preemptions.
void interrupt(u64 wanted) {
  const u64 before = ticks();
  while (ticks() - before < wanted) {
    for (P* pp : procs()) preemptone(pp);  // has no effect on the P of this goroutine
    for (int spin = 0; spin < 500; spin++) Isa::cpu_relax();
  }
}

// Does a value of the widest format go from memory to memory unharmed? On x86 it does so by way of the x87 stack, where
// it finds no room if a preempted goroutine has left its values there.
bool widest_format_works() {
  static volatile long double from = 1.5L, to = 0;
  to = from;
  constexpr size_t kValueBytes = sizeof(long double) > 10 ? 10 : sizeof(long double);
  return __builtin_memcmp(const_cast<long double*>(&from), const_cast<long double*>(&to), kValueBytes) == 0;
}

int registers(u64 wanted) {
  const u64 wide = test_isa::has_wide_vectors();
  go([] {  // comes after a preempted loop, again and again
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
      gosched();
      if (!widest_format_works()) __atomic_add_fetch(&damaged, 1, __ATOMIC_ACQ_REL);
    }
    __atomic_add_fetch(&finished, 1, __ATOMIC_ACQ_REL);
  });
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
  interrupt(wanted);
  while (load(rounds) == 0) gosched();  // on a busy machine the signals may all have come before a loop's first 200
  __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
  while (load(finished) < kLoops + 1) gosched();
  println("damaged", load(damaged), "rounds", load(rounds) > 0);
  return 0;
}

// A loop with so little stack below it that all registers do not fit there.
[[gnu::noinline]] void loop_near_the_end() {
  constexpr usize kLeft = 1200;
  const G* gp = getg();
  const uintptr here = reinterpret_cast<uintptr>(__builtin_frame_address(0));
  const usize n = here - gp->stack.lo - kLeft;
  auto* p = static_cast<volatile unsigned char*>(__builtin_alloca(n));
  for (usize i = 0; i < 64; i++) p[i] = static_cast<unsigned char>(i);
  while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) __atomic_store_n(&rounds, 1, __ATOMIC_RELAXED);
  for (usize i = 0; i < 64; i++)
    if (p[i] != i) __atomic_add_fetch(&damaged, 1, __ATOMIC_ACQ_REL);
  __atomic_add_fetch(&finished, 1, __ATOMIC_ACQ_REL);
}

int little_room() {
  for (int k = 0; k < 2; k++) go([] { loop_near_the_end(); });
  interrupt(40);
  __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
  while (load(finished) < 2) gosched();
  println("damaged", load(damaged), "rounds", load(rounds) > 0);
  return 0;
}

// --- Returns of rt0's functions that are diverted ---

// Functions of different kinds: with a frame and without, with a frame made late, in assembly, on g0, with results in
// one register, in two, and in memory; one that ends in a panic, whose frames are never returned from. Each says
// whether the result was right.
u8 bytes[4096];

bool call_goid() { return goid() != 0 && goid() == goid(); }  // not getg(), in which a program may be preempted
bool call_new() {
  auto* a = new u64[8];
  auto* b = new u64[8];
  a[0] = a[7] = 1, b[0] = b[7] = 2;
  const bool good = a[0] == 1 && a[7] == 1 && b[0] == 2 && b[7] == 2;
  delete[] b;
  delete[] a;
  return good;
}
bool call_chan() {
  static Chan<int> c(1000);
  Chan<u64> mine(1);
  if (!mine.try_send(u64{1} << 40 | 5)) return false;
  const auto got = mine.try_recv();
  return got.ok && got.value == (u64{1} << 40 | 5) && !mine.try_recv().ready && c.len() == 0 && c.cap() == 1000;
}
bool call_time() {
  const Time t = Time::from_unix(1000000000000, 5), u = t.add(ms(3));
  return u.sub(t) == ms(3) && u.unix() == 1000000000000 && u.nanosecond() == 3000005 && since(now()) < hours(1);
}
bool call_format() {
  char text[64];
  const size_t n = format_float(text, 1.5e300);
  return StrArg(text, n) == StrArg("1.5e+300");
}
bool call_memset() {
  memset(bytes, 7, sizeof(bytes));
  return bytes[0] == 7 && bytes[sizeof(bytes) - 1] == 7;
}
bool call_stats() {
  MemStats m;
  read_mem_stats(&m);
  char b[400];
  return m.heap_sys >= m.heap_inuse && stack(b, sizeof(b), false) > 100;
}
bool call_panic() {
  bool good = false;
  func([&] {
    Defer d([&] { good = recover().is<const char*>(); });
    panic("x");
  });
  return good;
}
bool call_timer() {
  const Timer t = new_timer(hours(1));
  return t.reset(hours(2)) && t.stop() && !t.stop();
}
bool (*const kCalls[])() = {call_goid,   call_new,   call_chan,  call_time, call_format,
                            call_memset, call_stats, call_panic, call_timer};

struct Called {
  unsigned which;
  bool trap;  // sends SIGTRAP first
  bool good = false;
};
[[gnu::noinline]] void called(void* arg) {
  auto* c = static_cast<Called*>(arg);
  if (c->trap) {
    getg()->preempt.store_relaxed(1);
    (void)kernel->tgkill(kernel->gettid(), kSIGTRAP);
  }
  c->good = kCalls[c->which]();
}
[[gnu::noinline]] void pattern_of_fp(void* out) {
  (void)Isa::return_slot(Isa::frame_pointer(), static_cast<uintptr*>(out));
}

// Calls the function, with patterns in the registers that it must keep. poisoned_call puts seed + k, for some k, into
// the frame pointer's register. The frames must remain a chain, in which preemption finds the return; so the seed is
// chosen to make seed + k the address of this function's frame.
[[gnu::noinline]] u64 call_poisoned(unsigned which, bool trap) {
  uintptr k = 0;
  const u64 nothing = poisoned_call(pattern_of_fp, &k, 0);
  Called c{which, trap};
  const uintptr fp = Isa::frame_pointer();
  const u64 changed = poisoned_call(called, &c, k < 100 ? fp - k : 0x7000);
  return nothing | changed | (c.good ? 0 : u64{1} << 63);
}

void called_in_a_loop(unsigned which) {
  while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
    if (const u64 r = call_poisoned(which, false); r != 0) {
      println("function", which, "damaged", r);
      __atomic_add_fetch(&damaged, 1, __ATOMIC_ACQ_REL);
      break;
    }
    __atomic_add_fetch(&rounds, 1, __ATOMIC_ACQ_REL);
  }
  __atomic_add_fetch(&finished, 1, __ATOMIC_ACQ_REL);
}

int diverted(u64 wanted) {
  for (unsigned k = 0; k < countof(kCalls); k++) go([k] { called_in_a_loop(k); });
  interrupt(wanted);
  __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
  while (load(finished) < countof(kCalls)) gosched();
  println("damaged", load(damaged), "rounds", load(rounds) > 0);
  return 0;
}

int step(unsigned which, u64 n) {
  go([] {
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {}
    __atomic_add_fetch(&finished, 1, __ATOMIC_ACQ_REL);
  });
  lock_os_thread();     // the thread that is traced
  (void)interrupt(10);  // installs the signal handler
  __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
  while (load(finished) == 0) gosched();
  u64 wrong = 0;
  for (u64 i = 0; i < n; i++) wrong |= call_poisoned(which, true);
  println("wrong", wrong);
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

// A signal may preempt a goroutine between its look at the request and the call that answers it.
int answered() {
  preempt_here();
  println("goes on");
  return 0;
}

// The loop goes on until sysmon has asked for its P, and then makes a hundred million rounds, during which a signal
// would have stopped it. However busy the machine is, main must come after the loop.
int off() {
  static constinit bool asked = false, ended = false;
  go([] {
    const G* gp = getg();
    while (gp->preempt.load_relaxed() == 0) {}
    asked = true;
    for (int i = 0; i < 100000000; i++) __asm__ volatile("");
    ended = true;
  });
  gosched();
  println("asked", asked, "main runs again after the loop", ended);
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
  for (int k = 0; k == 0 || (k < 100 && n == 0); k++) gosched();  // on a busy machine a time slice may be over at once
  println("main runs again", n > 0);
  return 0;
}

// Neither loop calls rt0, so each is stopped by a signal only.
int rounding() {
  static volatile bool enough = false;
  static volatile double one = 1, three = 3;
  atomic::Int32 ended, wrong_up, wrong_default;
  go([&] {
    const unsigned before = test_isa::fp_control();
    int wrong = 0;
    test_isa::set_fp_control(test_isa::kRoundUp);
    const double up = one / three;  // QEMU may keep the control word, and round otherwise
    while (!enough) wrong += test_isa::fp_control() != test_isa::kRoundUp || one / three != up;
    test_isa::set_fp_control(before);
    wrong_up.add(wrong != 0);
    ended.add(1);
  });
  go([&] {
    const unsigned before = test_isa::fp_control();
    int wrong = before == test_isa::kRoundUp;
    const double nearest = one / three;
    while (!enough) wrong += test_isa::fp_control() != before || one / three != nearest;
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
// setting again, and a new goroutine the default, whatever its maker's setting is.
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
  if (same(mode, "little_room")) return little_room();
  if (same(mode, "diverted")) return diverted(static_cast<u64>(number(argv[2])));
  if (same(mode, "step")) return step(static_cast<unsigned>(number(argv[2])), static_cast<u64>(number(argv[3])));
  if (same(mode, "rounding")) return rounding();
  if (same(mode, "switches")) return switches();
  if (same(mode, "loop")) return loop();
  if (same(mode, "answered")) return answered();
  if (same(mode, "off")) return off();
  if (same(mode, "yields")) return yields();
  return 99;
}
