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
//       would differ. One comparison is allowed: strategy pos asks whether two goroutines are about to use the same
//       atomic value, by its address. Both are about to use it, so it exists, and no other value can have its address.
//       Calls about memory therefore cost no time and do not switch threads: their number depends on the size of a
//       word.
//   V4  Threads are switched only inside point(), yield(), block() and thread_exit(). So code between two kernel calls
//       or trace events runs without interruption.
#pragma once

#include "arch/gobuf.h"
#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "kernel_iface/writer.h"

namespace rt0::sim {

inline constexpr i64 kEventNs = 100, kCallNs = 1000, kClockNs = 50;
// A sleeping thread is woken this much later than it asked for, as Linux's timer slack does it. So threads whose
// deadlines are near to each other wake together.
inline constexpr i64 kSlackNs = 50 * 1000;
// A thread's time slice under fifo and delay, while other threads could run.
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
  i64 deadline;   // ns; 0: none
  i64 since;      // the time at which it last began to run
  Chance chance;  // used while it runs no goroutine; its id is 0
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
  void remove(Thread* t);  // if it is there
  Thread* at(u32 i) const;
};

// The keys of RT0_SIM. Those before kNumbers have a number.
enum Key : u32 { kSeed, kProcs, kSteps, kSpin, kNumbers, kStrategy = kNumbers, kFaults, kLimit, kRecord, kReplay };

enum class Strategy : u8 { fifo, random, pct, pos, delay };

struct Options {
  // seed; procs; steps: how many choices pct and delay expect, 0: a rehearsal counts them; spin: ms of the host's CPU
  // time after which a thread without points is taken to wait in a loop.
  i64 number[kNumbers] = {1, 4, 0, 1000};
  i64 limit_ns = kNever;  // the simulation ends at this time
  u64 limit_choices = 0;  // the simulation ends after this many choices; 0: no limit
  Str record, replay;     // paths; empty: none
  Strategy strategy = Strategy::fifo;
  u32 depth = 0;   // of pct and delay
  u32 faults = 0;  // bit i: Choice i
  u32 rate = 20;   // of 1000 chances of a fault, how many happen
  u32 set = 0;     // the keys that were given: bit i: Key i
};

enum : u32 { kSent = 1, kStalls = 2 };
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
  // Not 0: an event has more to do than to take time. kSent: running->preempt_sent; kStalls: the fault stall is on.
  u32 attention = 0;
  u64 seen_by_watchdog = 0;
  u64 sched_rand = 0, value_rand = 0, data_rand = 0;
  // What the network does by itself, such as a packet's arrival: the time of the next such event, and its handler.
  i64 event_due = kNever;
  void (*event_fire)() = nullptr;
  u64 idle_events = 0;  // see next_deadline() in thread.cc
  u32 idle_jumps = 0;
  bool mask_saved = false;
  u32* step = nullptr;     // how many choices of what runs next there were since main.main began
  bool stop = false;       // SIGTERM has come, or had come in the run that is replayed: the program ends at limit_ns
  bool ended = false;      // a signal from outside ends the program: no choice is made any more
  bool rehearsal = false;  // this process only finds out how many steps there are
};
extern State state;

u64 next_random(u64* s);
u32 below(u64* s, u32 n);

using ll = long long;  // what %lld takes
using ull = unsigned long long;

// options.cc. Lists of names: each ends with a NUL, and the list with one more.
const char* nth_name(const char* names, u32 i);
inline constexpr u32 kNoName = ~u32{0};
u32 find_name(const char* names, Str s);
// Reads items, key=value, into *o. What is not understood is refused.
void parse_options(Str spec, char separator, Options* o);
// The names of the faults in `set`, joined with "+"; buf has kFaultsLen bytes.
inline constexpr usize kFaultsLen = 256;
const char* fault_names(u32 set, char* buf);
const char* strategy_name(Strategy s);  // with a colon if a depth follows
bool has_depth(Strategy s);

// kernel.cc. "rt0: RT0_SIM: …" on stderr; exits with status 2, or, if the simulation has begun, kExitReplay.
// A '@' at the text's beginning stands for the record that is replayed: "replay=FILE: ".
[[noreturn]] void refuse(const char* format, ...) __attribute__((format(printf, 1, 2)));
extern bool reading_head;  // refuse says that a record's head is wrong
// Text in buf, with a NUL at its end; what does not fit is dropped.
const char* print(char* buf, usize room, const char* format, ...) __attribute__((format(printf, 3, 4)));
// Finds out how many steps the program has: it is run once before, without moments, in a process of its own. That run
// ends at the first call that would touch something outside the process.
void rehearse();
[[noreturn]] void rehearsal_over();

// record.cc. record_open is called before any goroutine runs, record_close as the process ends, or when SIGTERM ends
// the program. at_end: the program has ended, so the record that is replayed must not have more choices.
void record_open(Str program, Span<char*> args);
void record_choice(const Made& c);
u32 replay_choice(Made c);
void record_close(bool at_end);

// choose.cc
// The fault "short": how many of n bytes are moved, from 1 on; else n.
usize shortened(usize n);
// Which of a fault's ways happens, from 1 to `ways`; 0: none.
u32 fault(Choice kind, Resource on = {}, u32 ways = 1);
void strategy_start();
u32 strategy_moments();  // pct, delay: at how many steps something out of turn happens
u32 moments_come();      // how many of these there were so far
extern const char kChoiceNames[];
void strategy_yield(Thread* t);  // t has yielded: it has nothing to do now

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
// The running thread goes to the end of the queue of threads that could run.
void yield();
// Ends the simulation by sim_over(). The running thread may be about to wait, and lie in `waiting` already; but it is
// the thread that prints why the simulation ends, and other threads may run while it does (V1).
[[noreturn]] void over(const char* why);

}  // namespace rt0::sim
