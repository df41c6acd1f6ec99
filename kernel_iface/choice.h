// Chance in simulated runs: choose() makes every decision that could come out differently from run to run. On a real
// kernel these functions do nothing, so callers test `simulated` first, which costs a load and a branch.
//
// The rooms above the kernel mark where a choice is made: at trace points (a thread may lose its CPU there), where a
// goroutine may be preempted, where a P takes its next goroutine, and where Go draws a random number. The simulated
// kernel adds choices in its own calls. The rooms above know neither the strategy nor whether a run is replayed.
#pragma once

#include "base/atomic.h"
#include "base/types.h"

namespace rt0 {

// 1 if the simulated kernel is in force, else 0. Set once, before schedinit. Code inlined into programs reads it too.
extern u32 simulated __asm__("runtime.simulated");

struct G;

// The object that a choice or an event is about (a goroutine, an M, a P, a thread, a futex), by a number that is the
// same on every machine.
class Resource {
 public:
  // kind: g: goroutine, m: M, p: P, t: kernel thread, f: futex or another object that a thread waits for, '-': none.
  constexpr Resource() : Resource('-', 0) {}
  constexpr Resource(char kind, i64 id) : packed_(id * 256 + kind) {}
  char kind() const { return static_cast<char>(packed_ & 255); }
  i64 id() const { return packed_ >> 8; }

 private:
  i64 packed_;  // in one register, since each event has one
};

// The kinds of choices. choice_name() has the names that traces and records use.
enum class Choice : u8 {
  run,        // which thread runs next: the running one, if it can go on, then the rest, the longest waiting first
  preempt,    // 1: the running goroutine yields here
  random,     // a number that Go would draw at random
  goroutine,  // which goroutine a P runs next: 0 is Go's, then the rest in the order in which Go would take them
  // Faults: 0 is none.
  nomem,     // mem_map finds no memory
  again,     // newosproc gets no thread
  intr,      // a call is interrupted before it has done anything
  spurious,  // a futex sleeper wakes for no reason
  order,     // which of a futex's sleepers is woken
  shorter,   // a read or write moves one byte (1), half of the bytes (2), or all but one (3)
  late,      // a sleep takes longer than it should
  nosys,     // the kernel does not have an optional call
  reset,     // a connection is reset by its peer
  loss,      // a UDP datagram is lost
  dup,       // a UDP datagram arrives twice
  reorder,   // a UDP datagram arrives after the next one, or 1 ms late
  delay,     // all that is sent over a TCP connection arrives 1 ms (1), 20 ms (2), 300 ms (3) late
  cut,       // a TCP connection is cut for 200 ms (1), 5 s (2), for ever (3)
  abort,     // a TCP connection is given up by its peer before it is accepted
  mfile,     // the process can't have another descriptor
  nfile,     // the machine can't have another open file
  nobufs,    // no memory for a socket, or for a datagram
  nospc,     // the disk is full
  ioerr,     // the disk fails
  fsync,     // fsync fails (1), or returns before anything is on the disk (2)
  ready,     // a poller reports the i-th of its descriptors although it is not ready
  jump,      // the wall clock is set: 1 s forwards (1), back (2), 1 h forwards (3), back (4)
  stall,     // the running thread loses time: 1 is 1 ms, each number more is ten times as long
};
inline constexpr u32 kChoices = static_cast<u32>(Choice::stall) + 1;
const char* choice_name(Choice kind);

// A choice that was made: the index-th of all, of n alternatives.
struct Made {
  u64 index;
  Resource on;
  u32 n, pick;
  Choice kind;
};
// The kind and the number of a resource, as traces and records have them; buf has kResourceLen bytes.
inline constexpr usize kResourceLen = 24;
Str resource_text(Resource on, char* buf);

// What strategies with priorities keep about a goroutine, or about a thread for the time in which it runs none.
struct Chance {
  u32 id;                        // whose: the lower half of the goroutine's number; of a thread 0
  u32 priority;                  // 0: not drawn yet
  u32 passed_over;               // at so many choices in a row it could have run, and another did
  const volatile void* touches;  // the atomic value that it is about to use; null at any other time
};

// The goroutines that the next choice of kind goroutine is about, in its order. Of kind preempt: the running one, then
// those that wait for its P. If there are more than fit in here, the rest have no chance this time.
inline constexpr u32 kMaxCandidates = 512;
struct Candidates {
  u32 n;
  Chance* at[kMaxCandidates];
};
extern Candidates sim_candidates;

// Picks a number in [0, n). With n = 1 there is nothing to choose, and nothing is recorded. Only while simulated.
u32 choose(Choice kind, u32 n, Resource on);

// Called if RT0_SIM is set; `spec` is its value. Puts the simulated kernel in force. If the value is wrong, prints one
// line that says why, and exits with status 2. `program` is the program's name, the same on every machine; args are its
// arguments. A record can be replayed only by the same program with the same arguments. False in a process that only
// rehearses the run: it writes no trace.
bool sim_open(Str spec, Str program, Span<char*> args);

// True: which goroutine a P runs next is a choice. Never on a real kernel, and not under the strategy fifo, which keeps
// to Go's order.
extern bool sim_picks_goroutines;
// main.main has been called. Before that, the strategies pct and delay change no order, and no thread is stalled.
extern bool sim_in_main;
// An event has happened: time goes on a little, and another thread may run.
void sim_event(Resource on);
// Called before the event of a yield: the running goroutine has nothing to do now.
void sim_yields();
// Called where the running goroutine can be preempted. The caller has filled sim_candidates, except under fifo. True:
// the goroutine must yield.
bool sim_preempt(Resource on);
// Starts the watchdog: a SIGVTALRM after each fixed amount of CPU time. Its handler must be installed already.
void sim_watchdog_arm();
// Called at each tick of the watchdog: true if the running thread has come to no scheduling point since the last tick.
// It may then be in a loop that waits for another thread, which cannot run before this thread gives up its turn.
bool sim_is_stuck();
// Called by the handler of SIGTERM: the program will end at the next point, with a message, tracebacks, a complete
// record and a complete trace. False if that was asked before: then the program may be in a loop that comes to no
// point.
bool sim_stop();
// Called by the handler of a signal from outside that ends the process at once, perhaps in the middle of a choice: the
// record stays incomplete, and no choice is made any more.
void sim_killed();
// Called by a thread that waits in a loop: other threads run, and time goes on, until *until is not 0 or a fixed time
// has passed.
void sim_let_others_run(const Atomic<u32>* until);

// --- Functions that the layers above supply --------------------------------------------------------------------------

// What is known about the goroutine that the thread whose current g is gp runs; null if it runs none.
Chance* sim_chance(G* gp);
// Writes a choice to the trace.
void trace_choice(const Made& c);
// A preemption signal was sent to the running thread while it did not run, inside a call of the simulated kernel.
void sim_signal_in_kernel();
// The thread goes on whose current g is gp. Only in programs with thread_local variables: moves the thread pointer.
void sim_thread_pointer(G* gp);
// The simulation cannot go on, or has reached its limit: ends the program with a fatal error of this text.
[[noreturn]] void sim_over(const char* why);

}  // namespace rt0
