// Chance, as the simulated kernel deals it: choose() is the only source of what could have been otherwise. While the
// kernel in force is a real one, nothing here does anything, and callers ask `simulated` first, which is a load and a
// branch.
//
// The layers above say where a choice is: at their trace points (a thread may lose its CPU there), where a goroutine
// may be preempted, where Go draws a random number. The simulated kernel adds those of its own calls. Which strategy
// decides, and what record or replay there is, nobody up here knows.
#pragma once

#include "base/atomic.h"
#include "base/types.h"

namespace rt0 {

// Set once, before schedinit: the simulated kernel is in force. 0 or 1; a word that programs' inlined code reads too.
extern u32 simulated __asm__("runtime.simulated");

// What a choice is about: a goroutine, an M, a channel, a semaphore, a futex, by a number that is the same on every
// machine.
struct Resource {
  // g: goroutine, m: M, t: thread of the kernel, f: futex or what else a thread waits for; '-': nothing in particular.
  char kind = '-';
  i64 id = 0;
};

// The kinds of choices. `names` is what trace and record call them.
enum class Choice : u8 {
  run,      // which thread goes on: 0 is the one that runs, the others have waited for longest first
  preempt,  // 1: the running goroutine yields here
  random,   // a number that Go would draw at random
  // Faults: 0 is none.
  nomem,     // mem_map finds no memory
  again,     // newosproc gets no thread
  intr,      // a call is interrupted before it has done anything
  spurious,  // a futex sleeper wakes for no reason
  order,     // which of a futex's sleepers is woken
  shorter,   // a read or write moves only the first byte
  late,      // a sleep takes longer than it should
  nosys,     // the kernel does not have an optional call
  reset,     // a connection is reset by its peer
};
inline constexpr u32 kChoices = static_cast<u32>(Choice::reset) + 1;
const char* choice_name(Choice kind);

// One of n, in [0, n). n = 1 is no choice and is not recorded. Only while simulated.
u32 choose(Choice kind, u32 n, Resource on);

// RT0_SIM is set: puts the simulated kernel in force, or says in one line what is wrong and exits with status 2.
// `program` names what runs, the same on every machine; args are its arguments. Records and replays belong to both.
void sim_open(Str spec, Str program, Span<char*> args);

// Something happened: time goes on a little, and other threads may run. yields: what happened is that a goroutine said
// it has nothing to do now.
void sim_event(Resource on, bool yields = false);
// May the running goroutine be made to yield here? True if it shall.
bool sim_preempt(Resource on);
// Starts the watchdog: a SIGVTALRM for every so much CPU time, whose handler is there.
void sim_watchdog_arm();
// The watchdog's tick: true if the running thread has not come to any point since the last one, so that it may be in a
// loop that waits for something which can't happen before others run.
bool sim_is_stuck();
// Called by such a thread: others run, and time goes on, until *until is not 0 or nothing else is to be expected.
void sim_let_others_run(const Atomic<u32>* until);

// --- What the layers above supply ------------------------------------------------------------------------------------

// A choice was made: for the trace.
void trace_choice(u64 index, Choice kind, u32 n, u32 pick, Resource on);
// A preemption signal met the running thread while it was in the kernel.
void sim_signal_in_kernel();
// Every thread waits for what no thread will do.
[[noreturn]] void sim_deadlock();

}  // namespace rt0
