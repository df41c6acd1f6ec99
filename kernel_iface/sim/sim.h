// The simulated kernel: threads are coroutines on one thread of the host's, time is a number, and whatever could have
// been otherwise is asked of choose(). Its state is one struct without host resources but memory and the record's file:
// a later explorer may fork it, or put it back.
//
//   thread.cc   threads, who runs, the clock, futexes
//   choose.cc   strategies
//   record.cc   the record of choices, written and replayed
//   options.cc  RT0_SIM
//   kernel.cc   the table of calls
//   io*.cc      the second table: descriptors, pipes, sockets, pollers; only in programs that use it
//
// Invariants:
//   V1  Exactly one thread runs (`sim.running`); the others that could are in `ready`, in the order in which they came;
//       those that wait are in `waiting`. A thread is in one place only.
//   V2  `now` never goes back. It grows by a fixed amount with each call and event, and jumps to the next deadline when
//       nobody can run.
//   V3  No address, no host's time and no size reaches `now`, a choice or the order of a list. Calls about memory
//       therefore cost no time and are no points at which others may run: how many there are depends on the size of a
//       word.
//   V4  Threads change only inside point(), block() and exit_thread: whoever calls a kernel call or notes a trace event
//       expects it.
#pragma once

#include "arch/gobuf.h"
#include "base/format.h"
#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"

namespace rt0::sim {

inline constexpr i64 kEventNs = 100, kCallNs = 1000, kClockNs = 50;
// Who sleeps is woken so much later than asked for: Linux's timer slack. Deadlines that are near to each other are thus
// met together.
inline constexpr i64 kSlackNs = 50 * 1000;
// A thread's time slice under fifo, while others wait.
inline constexpr i64 kSliceNs = 20 * 1000;
// When the simulated machine was switched on: 2009-11-10 23:00:00 UTC, Go's birthday, as its playground has it.
inline constexpr i64 kEpochNs = 1257894000 * i64{1000000000};
inline constexpr i64 kBootNs = 1000 * 1000;
inline constexpr i64 kNever = 0x7fffffffffffffff;
inline constexpr i32 kExitReplay = 3;  // a replay that does not fit

struct Thread {
  u64 tid;
  bool started;
  bool expired;       // woken by its deadline
  bool preempt_sent;  // a SIGURG is on its way to it
  u32 futex_id;       // while it waits: the number of what it waits for
  const void* waits_for;
  i64 deadline;  // ns; 0: none
  i64 since;     // when it last began to run
  u32 priority;  // pct, pos
  Resource on;   // what it is about to do
  Thread* link;
  G* g;              // the current g while it does not run; of a new thread its g0
  uintptr stack_hi;  // of a new thread
  void* context[32];
};

struct Queue {
  Thread* head = nullptr;
  Thread* tail = nullptr;
  u32 n = 0;

  void push(Thread* t);
  void remove(Thread* t);
  Thread* at(u32 i) const;
};

// The keys of RT0_SIM, as bits.
enum : u32 {
  kSeed = 1,
  kProcs = 2,
  kStrategy = 4,
  kSteps = 8,
  kFaults = 16,
  kSpin = 32,
  kLimit = 64,
  kRecord = 128,
  kReplay = 256
};

enum class Strategy : u8 { fifo, random, pct, pos, delay };

struct Options {
  u64 seed = 1;
  i32 procs = 4;
  Strategy strategy = Strategy::fifo;
  u32 depth = 0;          // of pct and delay
  u32 steps = 10 * 1000;  // how many choices pct and delay expect
  u32 faults = 0;         // bit i: Choice i
  u32 rate = 20;          // of 1000 chances of a fault, how many happen
  u32 spin_ms = 1000;     // CPU time of the host after which a thread without points is taken to wait in a loop
  Str record, replay;     // paths; empty: none
  u64 limit_choices = 0;  // the simulation ends when so many have been made; 0: never
  i64 limit_ns = kNever;  // and at this time
  u32 set = 0;            // which of the keys below were given
};

struct State {
  Options opt;
  i64 now = kBootNs;
  Thread* running = nullptr;
  Queue ready, waiting;
  i64 next_deadline = kNever;  // none of those that wait has a deadline before this; there need not be one then
  Thread* unused = nullptr;    // dead ones, to use again
  u64 next_tid = 1;
  u32 next_futex = 0;
  u64 choices = 0;
  u64 events = 0;  // of any kind: calls and trace events
  u64 seen_by_watchdog = 0;
  u64 sched_rand = 0, value_rand = 0, data_rand = 0;
  u64 idle_events = 0;  // see next_deadline
  u32 idle_jumps = 0;
  bool mask_saved = false;
  bool stop = false;  // SIGTERM has come
};
extern State state;

u64 next_random(u64* s);
u32 below(u64* s, u32 n);

// options.cc: appends the text, in which %a and %b stand for the arguments of these names.
void say(Out& out, const char* text, Str a, Str b = {});
void say(Out& out, const char* text, i64 a, i64 b = 0);
// False, and what was wrong in *why, if spec is not understood.
bool parse_options(Str spec, Options* o, Out* why);
// "rt0: RT0_SIM: …" on stderr; exits with status 2.
[[noreturn]] void refuse(Str what);
[[noreturn]] void refuse(Str what, Str more);

// record.cc. open: before anything runs. close: as the process ends; a replay that has more choices left ends it with
// kExitReplay.
void record_open(Str program, Span<char*> args);
void record_choice(u64 index, Choice kind, u32 n, u32 pick, Resource on);
u32 replay_choice(u64 index, Choice kind, u32 n, Resource on);
void record_close(i32* status);
// The faults by name, "+" between; for options and the record's head.
Str fault_names(u32 set, char* buf, usize room);
bool parse_faults(Str s, u32* set);
Str strategy_name(const Options& o, char* buf, usize room);

// choose.cc
bool fault(Choice kind, Resource on = {});
void strategy_start();
void strategy_thread(Thread* t);  // a new thread
void strategy_yield(Thread* t);   // it says that it has nothing to do now

// thread.cc
void thread_start();
Thread* thread_new(uintptr stack_hi, G* gp);
Thread* thread_find(u64 tid);
[[noreturn]] void thread_exit();
// The running thread has done something that costs ns; others may run.
void point(i64 ns, Resource on = {});
// It waits, for what others do to `what` or until the deadline (0: none). True if it was woken, false if the time was
// over.
bool block(const void* what, i64 deadline);
// Wakes up to `count` of those who wait for `what`; how many.
u32 wake(const void* what, u32 count);
// The running thread goes behind all others that could run.
void yield();

}  // namespace rt0::sim
