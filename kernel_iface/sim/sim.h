// The simulated kernel: its threads are coroutines on one host thread, its time is a number, and choose() makes every
// decision that a real kernel could make in more than one way. The state is one struct; memory and the record's file
// are its only host resources.
//
//   thread.cc   threads, which thread runs next, the clock, futexes
//   choose.cc   strategies
//   record.cc   the record of choices, written and replayed
//   options.cc  RT0_SIM
//   kernel.cc   the table of calls
//   io*.cc      the table of input and output: descriptors, pipes, sockets, pollers; linked only where it is used. See
//               io.h
//
// Invariants:
//   V1  Exactly one thread runs (`state.running`). The other threads that could run are in `ready`, in the order in
//       which they came there; the waiting threads are in `waiting`. A thread is in one of these places only.
//   V2  `now` never goes back. It grows by a fixed amount with each call and event, and jumps to the next deadline when
//       no thread can run.
//   V3  No address, no host time and no size influences `now`, a choice or the order of a list; otherwise the ISAs
//       would differ. Calls about memory therefore cost no time and do not switch threads: their number depends on the
//       size of a word.
//   V4  Threads are switched only inside point(), yield(), block() and thread_exit(). So code between two kernel calls
//       or trace events runs without interruption.
#pragma once

#include "arch/gobuf.h"
#include "base/format.h"
#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"

namespace rt0::sim {

inline constexpr i64 kEventNs = 100, kCallNs = 1000, kClockNs = 50;
// A sleeping thread is woken this much later than it asked for, as Linux's timer slack does it. So threads whose
// deadlines are near to each other wake together.
inline constexpr i64 kSlackNs = 50 * 1000;
// A thread's time slice under fifo, while other threads could run.
inline constexpr i64 kSliceNs = 20 * 1000;
// The wall clock's time at the simulation's start: 2009-11-10 23:00:00 UTC, as in Go's playground.
inline constexpr i64 kEpochNs = 1257894000 * i64{1000000000};
inline constexpr i64 kBootNs = 1000 * 1000;
inline constexpr i64 kNever = 0x7fffffffffffffff;
inline constexpr i32 kExitReplay = 3;  // the exit status when the program does not do what the record says

struct Thread {
  u64 tid;
  bool started;
  bool expired;       // woken by its deadline
  bool preempt_sent;  // a SIGURG was sent to it and not delivered yet
  u32 futex_id;       // while it waits: the number given to waits_for, as a record must not contain addresses
  const void* waits_for;
  i64 deadline;  // ns; 0: none
  i64 since;     // the time at which it last began to run
  u32 priority;  // pct, pos: the highest runs next
  Resource on;   // the resource that its next step is about
  Thread* link;
  G* g;              // while it does not run: its current g; of a new thread its g0
  uintptr stack_hi;  // of a new thread: the stack it begins on
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
  u64 limit_choices = 0;  // the simulation ends after this many choices; 0: no limit
  i64 limit_ns = kNever;  // the simulation ends at this time
  u32 set = 0;            // the keys that were given, as bits (see above)
};

struct State {
  Options opt;
  i64 now = kBootNs;
  i64 epoch_ns = kEpochNs;  // the wall clock's time when `now` was 0
  Thread* running = nullptr;
  Queue ready, waiting;
  i64 next_deadline = kNever;  // no deadline is earlier than this; a thread with this deadline need not exist any more
  Thread* unused = nullptr;    // records of ended threads, to use again
  u64 next_tid = 1;
  u32 next_futex = 0;
  u64 choices = 0;
  u64 events = 0;  // of any kind: calls and trace events
  u64 seen_by_watchdog = 0;
  u64 sched_rand = 0, value_rand = 0, data_rand = 0;
  // What the network does by itself, such as a packet's arrival: the time of the next such event, and who handles it.
  i64 event_due = kNever;
  void (*event_fire)() = nullptr;
  u64 idle_events = 0;  // see next_deadline() in thread.cc
  u32 idle_jumps = 0;
  bool mask_saved = false;
  bool stop = false;  // SIGTERM has come
};
extern State state;

u64 next_random(u64* s);
u32 below(u64* s, u32 n);

// options.cc. say: appends text to out; %a and %b in it are replaced by the two arguments.
void say(Out& out, const char* text, Str a, Str b = {});
void say(Out& out, const char* text, i64 m, i64 n = 0);
// Reads spec into *o. Returns false, with the reason in *why, if spec is not understood.
bool parse_options(Str spec, Options* o, Out* why);
// "rt0: RT0_SIM: …" on stderr; exits with status 2.
[[noreturn]] void refuse(Str what);
[[noreturn]] void refuse(Str what, Str more);

// record.cc. record_open is called before any goroutine runs, record_close as the process ends. If a replay's record
// has choices left then, record_close sets *status to kExitReplay.
void record_open(Str program, Span<char*> args);
void record_choice(u64 index, Choice kind, u32 n, u32 pick, Resource on);
u32 replay_choice(u64 index, Choice kind, u32 n, Resource on);
void record_close(i32* status);
// The names of the faults in `set`, joined with "+"; used for options and the record's head.
Str fault_names(u32 set, char* buf, usize room);
bool parse_faults(Str s, u32* set);
Str strategy_name(const Options& o, char* buf, usize room);

// choose.cc
// The fault "short": how many of n bytes are moved, from 1 on; else n.
usize shortened(usize n);
// Which of a fault's ways happens, from 1 to `ways`; 0: none.
u32 fault(Choice kind, Resource on = {}, u32 ways = 1);
void strategy_start();
void strategy_thread(Thread* t);  // a new thread
void strategy_yield(Thread* t);   // t has yielded: it has nothing to do now

// thread.cc
void thread_start();
Thread* thread_new(uintptr stack_hi, G* gp);
Thread* thread_find(u64 tid);
[[noreturn]] void thread_exit();
// The running thread has done something that costs ns of virtual time; another thread may run now.
void point(i64 ns, Resource on = {});
// The running thread waits until wake(what, …) or until the deadline (0: none). True if it was woken, false if the
// deadline came first.
bool block(const void* what, i64 deadline);
// Wakes up to `count` threads that wait for `what`; returns how many were woken.
u32 wake(const void* what, u32 count);
// The running thread goes behind all other threads that could run.
void yield();

}  // namespace rt0::sim
