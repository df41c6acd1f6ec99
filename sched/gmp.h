// G, M, P and the scheduler's own state. Go: runtime2.go.
//
//   G  a goroutine: a stack and a saved context.
//   M  a thread.
//   P  the right to run goroutines, with a run queue and caches.
//
// An M needs a P to run goroutines. Ownership decides which thread may use a field without a lock:
//   * a G is owned as its status says (status.h);
//   * an M is owned by its own thread;
//   * a P is owned by the M in p->m while its status is running;
//   * a field with GUARDED_BY belongs to the thread that holds the lock named there (base/guards.h);
//   * for an atomic field, a comment where it is used says why the order of the accesses is right.
// Only wirep sets the pointers from M to P and back; only releasep, entersyscall and procresize clear them: all on
// the M's own thread.
#pragma once

#include "arch/arch.h"
#include "base/atomic.h"
#include "base/lock.h"
#include "mem/stack.h"
#include "sched/g.h"
#include "sched/moment.h"

namespace rt0 {

struct P;
struct RtTimer;
struct MCache;

// The kind of fatal error that an M is in. It decides how much its traceback shows. Go: throwType.
enum class Throwing : u8 { none, user, runtime };

// A thread.
struct M {
  G* g0;            // its scheduling stack
  G* gsignal;       // its signal stack
  uintptr tls[6];   // tls[0] is the current G, by way of the thread pointer
  Atomic<G*> curg;  // the goroutine it runs, or null. Written by the M alone; relaxed: other threads take it as a hint
  void (*mstartfn)();
  P* p;      // attached P, or null
  P* nextp;  // the P it is to take when it wakes; written by the waking M before notewakeup
  P* oldp;   // the P it had before its system call
  MId id;
  bool spinning;           // out of work, looking for it: counted in sched.nmspinning
  bool blocked;            // in a note
  bool booting;            // its boot functions are traced
  Throwing throwing;       // in a fatal error of this kind
  i32 locks;               // runtime locks held; while > 0 the goroutine stays on this M
  i32 dying;               // how deep in fatal errors
  u32 intrace;             // in the tracer: a signal handler must not enter it
  u32 printlock;           // print statements may nest
  Atomic<uintptr> procid;  // thread id, written by the thread itself; 0: not known yet, ended, or m0
  u64 sigmask;             // as it was when the program started
  u64 rand_state;
  Note park;
  // The next in allm. Read and written with sched.lock held; GUARDED_BY can't say so, because sched is declared below.
  M* alllink;
  M* schedlink;  // in the idle list, or the list of Ms to free
  G* lockedg;
  u32 lockedExt;                   // lockOSThread by the program
  u32 lockedInt;                   // and by the runtime
  bool (*waitunlockf)(G*, void*);  // handed from gopark to park_m or parked, with waitlock
  void* waitlock;
  void (*afterswitch)(G* from);  // puts the goroutine that was left where it belongs; see switch_to
  u32 syscalltick;               // not used
  // The memory of a preempt stack (preempt.h) for the next goroutine that needs one. 0: none. kPreemptStackWanted:
  // none, and a goroutine needs one, so the next preemptone provides it.
  Atomic<uintptr> preempt_stack;
  Atomic<u32> signalPending;  // 1: a preemption signal is on its way
  Atomic<u32> freeWait;       // kFreeMWait until its stack is no longer in use
  Mutex* held[8];             // RT0_LOCKRANK: the locks it holds, in order
  u32 nheld;
};
inline constexpr uintptr kPreemptStackWanted = 1;
inline constexpr u32 kFreeMStack = 0, kFreeMWait = 1;

inline constexpr u32 kRunqSize = 256;
inline constexpr u32 kGoidCacheBatch = 16;

// A timer on a heap, and its deadline beside it, so that the heap can be kept in order without touching the timers.
struct TimerWhen {
  RtTimer* timer;
  i64 when;
};

// A timer's function that is running. It lies in the stack frame of the thread that calls the function.
struct TimerRun {
  const RtTimer* timer;
  TimerRun* next;
};

// A P's timers, a heap of four children each. Go: time.go. See timer.h.
struct Timers {
  Mutex lock;
  TimerWhen* heap GUARDED_BY(lock);
  u32 cap GUARDED_BY(lock);
  Atomic<u32> len;                     // written with the lock held; read without it as a hint
  TimerRun* running GUARDED_BY(lock);  // timers of this heap whose f has been called and has not returned
  Moment first;  // heap[0].when, 0 if the heap is empty. Written with the lock held, read without it
};

// What sysmon saw when it last looked at a P. Only sysmon reads and writes it.
struct Sysmontick {
  u32 schedtick, syscalltick;
  i64 schedwhen, syscallwhen;
};

// The right to run goroutines, and what goes with it.
struct alignas(Isa::kCacheLine) P {
  PId id;
  Atomic<PStatus> status;
  // In the idle list, with sched.lock held (which is declared below, so there is no GUARDED_BY); or in procresize's
  // result, which is its caller's alone.
  P* link;
  // The P's owner writes these two; relaxed: sysmon asks only whether they have changed.
  Atomic<u32> schedtick;    // + 1 with every goroutine that begins a time slice of its own
  Atomic<u32> syscalltick;  // + 1 when a system call ends on this P, gives it up, or loses it
  // Written by its M alone; relaxed: preemptone takes it as a hint, and Ms are never freed.
  Atomic<M*> m;  // its M; null while the P is idle or its goroutine is in a system call
  Sysmontick sysmontick;
  Atomic<u32> kept;     // in a system call: its goroutine's keeps_p, for sysmon to read
  Atomic<u32> preempt;  // 1: enter the scheduler as soon as possible
  Timers timers;

  u64 goidcache;  // ids [goidcache, goidcacheend) are this P's to give
  u64 goidcacheend;
  GList gFree;                 // dead Gs to use again
  Atomic<u32> gFree_n;         // written by the P's owner; gcount reads it as a hint
  MCache* mcache;              // its part of the heap; null until it allocates
  Atomic<u32> gFreeNoStack_n;  // as gFree_n
  GList gFreeNoStack;          // the same, Gs whose stacks have been given to other goroutines
  StackCache stackcache;

  // The run queue: runq.h says which thread may change what. runnext, if not null, runs before it and inherits the time
  // slice.
  alignas(Isa::kCacheLine) Atomic<u32> runqhead;
  Atomic<u32> runqtail;
  Atomic<G*> runnext;
  Atomic<G*> runq[kRunqSize];
};

// The scheduler. A field that is neither atomic nor GUARDED_BY has a remark that says which threads use it and when.
struct Schedt {
  Mutex lock;

  u64 goidgen GUARDED_BY(lock);  // the last id given out to a P's cache

  // The M that waits for the network or the next timer. Why the order of its stores is right: poller.cc.
  Atomic<u32> polling;   // 1: there is one
  Moment poll_until;     // its deadline, written by it alone. 0 while polling is 1: it has not set it yet, or is done
  Atomic<u32> pollwake;  // it waits here if there is no network poller: 1 wakes it
  Atomic<u32> lastpoll;  // the last look at the network, by poll_time. A hint for sysmon

  M* midle GUARDED_BY(lock);  // idle Ms, waiting for work
  i32 nmidle GUARDED_BY(lock);
  i32 nmidlelocked GUARDED_BY(lock);  // Ms that wait for the goroutine wired to them
  i32 mnext GUARDED_BY(lock);         // Ms made so far, and the next M's id
  i32 maxmcount;                 // more is a fatal error. Set at boot, by the only thread; then used with the lock held
  i32 nmsys GUARDED_BY(lock);    // Ms that do not count in checkdead: sysmon, the template thread
  i32 nmfreed GUARDED_BY(lock);  // Ms ended so far
  M* freem GUARDED_BY(lock);     // Ms that have ended or are about to: their stacks to be freed

  P* pidle GUARDED_BY(lock);
  // Written with the lock held, read without it. A thread that makes work and reads an old value here loses no wake-up:
  // see wakep in pidle.cc.
  Atomic<u32> npidle;
  Atomic<u32> nmspinning;    // see wakep
  Atomic<u32> needspinning;  // an M should spin at its next chance; see resetspinning

  GQueue runq GUARDED_BY(lock);
  Atomic<u32> runqsize;  // written with the lock held; read without it as a hint

  struct {
    Mutex lock;
    GList list GUARDED_BY(lock);
    GList clean GUARDED_BY(lock);  // Gs whose stacks' pages went back to the kernel
    GList nostack GUARDED_BY(lock);
    // How many Gs are in list and in clean, and how many the scavenger has taken from list and not put back yet.
    // Written with the lock held; read without it as a hint.
    Atomic<u32> n;
    Atomic<u32> nostack_n;  // those in nostack; otherwise the same
  } gFree;

  Atomic<u32> gcwaiting;  // 1: the world stops; every P enters gcstop. Written with the lock held, read without it
  // Not 0 while gcwaiting is 1, and always if choices say which goroutine runs next: see sim_picks_goroutines. So a
  // goroutine that gives way asks for both with one load. Written together with gcwaiting, but not at the same moment:
  // it says only that these two must be looked at.
  Atomic<u32> detour;
  i32 stopwait GUARDED_BY(lock);  // how many Ps have not entered gcstop yet
  Note stopnote;                  // the last P that stops wakes the thread that stops the world

  Atomic<u32> sysmonwait;  // 1: sysmon sleeps on sysmonnote; the thread that makes it 0 must wake it
  Note sysmonnote;

  Atomic<u32> ngsys;  // system goroutines
};

extern G g0 __asm__("runtime.g0");
extern M m0 __asm__("runtime.m0");
extern Schedt sched __asm__("runtime.sched");

// Set once at boot or with the world stopped; read by all threads.
extern i32 ncpu;
extern usize physHugePageSize;
// Written with the world stopped, after an allp that has so many Ps. An M without a P, which the stopped world does not
// stop, reads both by procs().
extern Atomic<i32> gomaxprocs;
// More Ps than any machine has CPUs gain nothing; each costs memory. Go takes any number until memory runs out.
inline constexpr i32 kMaxProcs = 1 << 17;
extern Atomic<P**> allp;  // [0, gomaxprocs) in use; grows only with the world stopped
// Held by a thread without a P that reads allp, and by procresize, which changes it.
extern Mutex allpLock;
// How many Ps allp can have: gomaxprocs at its largest so far. Changed with allpLock held and the world stopped, so it
// is read with allpLock held, or, by the owner of a P, without.
extern i32 allp_len;

// The Ps in use. Acquire: on a weakly ordered machine a load of allp could otherwise come before that of gomaxprocs,
// and find the array of before a growth, with fewer Ps.
struct Procs {
  P** at;
  i32 n;

  P** begin() const { return at; }
  P** end() const { return at + n; }
};
RT0_INLINE Procs procs() {
  const i32 n = gomaxprocs.load_acquire();
  return {allp.load_relaxed(), n};
}

// A counter with one writer.
RT0_INLINE void bump(Atomic<u32>* n, i32 by = 1) { n->store_relaxed(n->load_relaxed() + static_cast<u32>(by)); }

extern M* allm GUARDED_BY(sched.lock);  // all Ms but those that mexit has removed; by alllink
extern bool mainStarted;
extern bool bootDone;  // main.main has been called
extern bool world_is_stopped;
extern i64 runtimeInitTime;
extern Atomic<u32> panicking;
extern Atomic<u32> runningPanicDefers;

// Every G ever made, for dumps: oldest first, through G::alllink. It only grows, at its end and under the lock, and Gs
// are never freed, so a reader needs no lock.
extern Mutex allglock;
extern Atomic<G*> allgs;
extern Atomic<u32> allglen;

// Moves gp from `from` to `to`. Only the owner of a G moves it (status.h), so a load and a store are enough, and
// the check finds a move by another thread at once. Release: a thread that reads the status, for a dump for instance,
// also sees what the owner wrote to the G before.
RT0_INLINE void casgstatus(G* gp, GStatus from, GStatus to) {
  dcheck(legal(from, to), "casgstatus: no such move; see kGMoves");
  check(gp->atomicstatus.load_relaxed() == from, "casgstatus: bad incoming values");
  gp->atomicstatus.store_release(to);
}

// Keeps the goroutine on its M (no preemption, no gopark) until releasem. Go: acquirem.
inline M* acquirem() {
  M* mp = getg()->m;
  mp->locks++;
  return mp;
}
inline void releasem(M* mp) { mp->locks--; }

}  // namespace rt0
