// Go: proc.go. Differs: thread-local storage is set by clone itself, so sysmon's thread is made without a change of the
// signal mask: see newosproc.
#include "sched/mthread.h"

#include "kernel_iface/kernel.h"
#include "kernel_iface/writer.h"
#include "mem/stack.h"
#include "mem/sysmem.h"
#include "sched/above.h"
#include "sched/newproc.h"
#include "sched/pidle.h"
#include "sched/preempt.h"
#include "sched/proc.h"
#include "sched/rand.h"
#include "sched/runq.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constinit M* unused_ms GUARDED_BY(sched.lock) = nullptr;  // their threads have ended; to use again

// Ms' own stacks have guards. The first two Ms, m0 and sysmon's, get them from sysmon, so that the way to main.main
// does not pay for them. These Ms never end, so every stack that is freed has a guard. The kernel may refuse to make
// one; then an overflow of that stack is not noticed, and nothing else changes.
bool guarded_from_the_start(const M* mp) { return mp->id > 1; }

// Makes the signal stack. It has a G of its own, so that a handler on it has stack bounds, and an M whose locks count.
void mpreinit(M* mp) RT0_SYM("runtime.mpreinit");
void mpreinit(M* mp) {
  trace_boot(Ev::mpreinit);
  mp->gsignal = malg(kStackGsignal, guarded_from_the_start(mp));
  mp->gsignal->m = mp;
}

void free_stack(const G* gp) { stackfree(reinterpret_cast<void*>(gp->stack.lo - physPageSize), gp->stack_bytes, true); }

// Safe while another thread, or a handler on m0, reads stack.lo: either value is a valid bound, since the page between
// them has never been used.
void guard(G* gp) {
  (void)kernel->mem_guard(reinterpret_cast<void*>(gp->stack.lo), physPageSize);
  gp->stack.lo += physPageSize;
}

// On the new thread: sets up what only the thread itself can set, its signal stack and mask, and its id.
void minit() RT0_SYM("runtime.minit");
void minit() {
  trace_boot(Ev::minit);
  M* mp = getg()->m;
  G* gs = mp->gsignal;
  // First the stack for handlers: a signal that is no longer blocked must find it.
  kernel->sigaltstack(reinterpret_cast<void*>(gs->stack.lo), gs->stack.hi - gs->stack.lo);
  if (mp == &m0) return;  // initsig sets its mask, and its id is the process's
  minitSignalMask();      // before the id is published: no thread of this process sends it a signal without that
  mp->procid.store_release(static_cast<uintptr>(kernel->gettid()));
}

void mstartm0() RT0_SYM("runtime.mstartm0");
void mstartm0() {
  trace_boot(Ev::mstartm0);
  if (simulated != 0) sim_watchdog_start();  // before initsig lets a SIGTERM come that the rehearsal has held back
  initsig();
}

void mstart1() RT0_SYM("runtime.mstart1");
void mstart1() {
  trace_boot(Ev::mstart1);
  M* mp = getg()->m;
  minit();
  if (mp == &m0) mstartm0();
  if (simulated != 0) sim_preempt_stack(mp);
  if (mp->mstartfn != nullptr) mp->mstartfn();
  if (mp != &m0) {
    acquirep(mp->nextp);
    mp->nextp = nullptr;
  }
  schedule();
}

// Keeps the lock when it fails: another M that needs a thread at this moment would print the same message again.
void checkmcount() REQUIRES(sched.lock) {
  if (mcount() <= sched.maxmcount) return;
  eprintf("runtime: program exceeds %d-thread limit\n", sched.maxmcount);
  throw_("thread exhaustion");
}

// Frees the stacks of Ms that have ended. Called without locks, by a thread that is about to make an M. Go: the freem
// loop in allocm.
void free_ended_ms() {
  lock(&sched.lock);
  M* list = sched.freem;
  sched.freem = nullptr;
  M* keep = nullptr;
  while (list != nullptr) {
    M* mp = list;
    list = mp->schedlink;
    if (mp->freeWait.load_acquire() == kFreeMWait) {  // its thread has not left the stack yet
      mp->schedlink = keep;
      keep = mp;
      continue;
    }
    free_stack(mp->g0);
    *mp = {};
    mp->schedlink = unused_ms;
    unused_ms = mp;
  }
  sched.freem = keep;
  unlock(&sched.lock);
}

// Not analysed: a hint, read without the lock. A thread that misses an M just ended makes a new one.
bool ms_have_ended() NO_LOCK_ANALYSIS { return sched.freem != nullptr; }

M* new_m() {
  if (ms_have_ended()) free_ended_ms();
  lock(&sched.lock);
  M* mp = unused_ms;
  if (mp != nullptr) unused_ms = mp->schedlink;
  unlock(&sched.lock);
  if (mp == nullptr) return persistentnew<M>();
  mp->schedlink = nullptr;
  return mp;
}

M* allocm(void (*fn)(), MId id) RT0_SYM("runtime.allocm");
M* allocm(void (*fn)(), MId id) {
  trace_boot(Ev::allocm);
  M* mp = new_m();
  mp->mstartfn = fn;
  mp->booting = true;
  mcommoninit(mp, id);
  mp->g0 = malg(kStackG0, guarded_from_the_start(mp));
  mp->g0->m = mp;
  return mp;
}

// All signals are blocked around clone: the new thread inherits that, so no handler runs on it until minit has given it
// a signal stack and then its mask. Not so for sysmon's thread: it is made before main, and the boot must be short.
// A signal that comes to it before it has a signal stack is handled on its g0's stack, which is still empty; its g and
// gsignal are there from its first instruction on, and no thread can have sent it a preemption signal, for its id is
// not published. On the simulated kernel a thread is no thread of the host's, and the host's mask stays as it is.
void newosproc(M* mp) RT0_SYM("runtime.newosproc");
void newosproc(M* mp) {
  trace_boot(Ev::newosproc);
  trace_boot(Ev::clone);
  const bool block = guarded_from_the_start(mp) && simulated == 0;
  const u64 mask = block ? kernel->sigmask_block(~u64{0}) : 0;
  // Other processes' threads may end at any moment, so for EAGAIN it tries again for 210 ms. Go: retryOnEAGAIN.
  constexpr u32 kTries = 20;
  SysResult r = kernel->newosproc(mp->g0->stack.hi, mp->tls);
  for (u32 i = 1; i <= kTries && r.err == Errno::again; i++) {
    kernel->usleep(i * 1000);
    if (i < kTries) r = kernel->newosproc(mp->g0->stack.hi, mp->tls);
  }
  if (block) kernel->sigmask_set(mask);
  if (r.ok()) return;
  eprintf("runtime: failed to create new OS thread (have %d already; errno=%d)\n", mcount(), static_cast<i32>(r.err));
  if (r.err == Errno::again) eprintf("runtime: may need to increase max user processes (ulimit -u)\n");
  throw_("newosproc");
}

}  // namespace

constinit Atomic<void (*)(M*)> newm_handoff{nullptr};

void newm1(M* mp) {
  trace_boot(Ev::newm1);
  mp->tls[0] = reinterpret_cast<uintptr>(mp->g0);  // so getg() works from the thread's first instruction on
  trace(Ev::MStart, mp->id);
  newosproc(mp);
}

MId mReserveID() {
  if (sched.mnext == 0x7fffffff) throw_("runtime: thread ID overflow");  // ids are not used again
  const MId id = sched.mnext++;
  checkmcount();
  return id;
}

void mcommoninit(M* mp, MId id) {
  trace_boot(Ev::mcommoninit);
  lock(&sched.lock);
  mp->id = id >= 0 ? id : mReserveID();
  mrandinit(mp);
  unlock(&sched.lock);
  mpreinit(mp);
  lock(&sched.lock);
  mp->alllink = allm;
  allm = mp;
  unlock(&sched.lock);
}

void guard_first_ms() {
  const M* mp = getg()->m;
  dcheck(!guarded_from_the_start(mp), "guard_first_ms: there are more Ms");
  guard(m0.gsignal);
  guard(mp->gsignal);
  guard(mp->g0);
}

int set_max_threads(int n) {
  lock(&sched.lock);
  const int before = sched.maxmcount;
  sched.maxmcount = n;
  checkmcount();
  unlock(&sched.lock);
  return before;
}

// Assembly has saved the stack pointer in g0->sched: mcall and systemstack start from there each time.
void mstart0() {
  trace_boot(Ev::mstart);  // the assembly routine that called this function
  trace_boot(Ev::gosave);  // which that routine called before
  trace_boot(Ev::mstart0);
  G* gp = getg();
  check(gp == gp->m->g0, "bad runtime.mstart");
  check(gp->sched.sp != 0 && gp->sched.sp % Isa::kStackAlign == 0, "mstart0: g0's stack is not where it should be");
  mstart1();
}

void newm(void (*fn)(), P* pp, bool spinning, MId id) {
  trace_boot(Ev::newm);
  (void)acquirem();  // keeps the P, whose caches the new M's stacks are taken from
  M* mp = allocm(fn, id);
  mp->nextp = pp;
  mp->spinning = spinning;
  mp->sigmask = m0.sigmask;
  auto* handoff = newm_handoff.load_acquire();
  if (RT0_UNLIKELY(handoff != nullptr) && getg()->m->lockedExt != 0) handoff(mp);
  else newm1(mp);
  releasem(getg()->m);
}

void mput(M* mp) {
  mp->schedlink = sched.midle;
  sched.midle = mp;
  sched.nmidle++;
  checkdead();
}

M* mget() {
  M* mp = sched.midle;
  if (mp != nullptr) {
    sched.midle = mp->schedlink;
    sched.nmidle--;
  }
  return mp;
}

// Not analysed: callers without the lock take the result as a hint; checkmcount and checkdead hold it.
i32 mcount() NO_LOCK_ANALYSIS { return sched.mnext - sched.nmfreed; }

void mPark() {
  M* mp = getg()->m;
  notesleep(&mp->park);
  noteclear(&mp->park);
}

void stopm() {
  M* mp = getg()->m;
  check(mp->locks == 0, "stopm holding locks");
  check(mp->p == nullptr, "stopm holding p");
  check(!mp->spinning, "stopm spinning");
  trace(Ev::MStop);
  lock(&sched.lock);
  mput(mp);
  unlock(&sched.lock);
  mPark();
  acquirep(mp->nextp);
  mp->nextp = nullptr;
}

void gcstopm() {
  M* mp = getg()->m;
  check(sched.gcwaiting.load_relaxed() != 0, "gcstopm: not waiting for gc");
  if (mp->spinning) {
    mp->spinning = false;
    check(static_cast<i32>(sched.nmspinning.sub_seqcst(1)) >= 0, "gcstopm: negative nmspinning");
  }
  P* pp = releasep();
  lock(&sched.lock);
  pp->status.store_release(PStatus::gcstop);
  if (--sched.stopwait == 0) notewakeup(&sched.stopnote);
  unlock(&sched.lock);
  stopm();
}

void startm(P* pp, bool spinning) {
  (void)acquirem();  // no preemption: a stop of the world would wait for pp, which no M owns meanwhile
  lock(&sched.lock);
  if (pp == nullptr) {
    check(!spinning, "startm: P required for spinning=true");
    pp = pidleget();
    if (pp == nullptr) {
      unlock(&sched.lock);
      releasem(getg()->m);
      return;
    }
  }
  M* nmp = mget();
  // The new M counts before the lock is dropped. Else checkdead, called by another M that goes to sleep meanwhile,
  // would see a runnable goroutine and no M that could run it, and take that for a deadlock or a broken count.
  const MId id = nmp == nullptr ? mReserveID() : -1;
  unlock(&sched.lock);
  if (nmp == nullptr) {
    newm(nullptr, pp, spinning, id);
    releasem(getg()->m);
    return;
  }
  check(!nmp->spinning, "startm: m is spinning");
  check(nmp->nextp == nullptr, "startm: m has p");
  check(!spinning || runqempty(pp), "startm: p has runnable gs");
  nmp->spinning = spinning;  // the note publishes both to it
  nmp->nextp = pp;
  trace(Ev::MWake, nmp->id);
  notewakeup(&nmp->park);
  releasem(getg()->m);
}

void mexit() {
  M* mp = getg()->m;
  trace(Ev::MExit);
  if (mp == &m0) {
    // If the main thread ended, other processes would see this process as a zombie. So the thread stays, asleep.
    handoffp(releasep());
    lock(&sched.lock);
    sched.nmfreed++;
    checkdead();
    unlock(&sched.lock);
    mPark();
    check(false, "locked m0 woke up");
  }
  mp->procid.store_release(0);   // no more preemption signals; one on its way may still come
  handoffp(releasep());          // before all signals are blocked: a thread started here inherits the mask
  kernel->sigmask_set(~u64{0});  // no handler may run from here on, because its stack is freed below
  kernel->sigaltstack(nullptr, 0);
  const G* gs = mp->gsignal;
  mp->gsignal = nullptr;
  free_stack(gs);
  preempt_stack_drop(mp);  // no handler takes it any more, and preemptone finds that none is wanted

  lock(&sched.lock);
  for (M** link = &allm; *link != nullptr; link = &(*link)->alllink) {
    if (*link != mp) continue;
    *link = mp->alllink;
    break;
  }
  mp->freeWait.store_relaxed(kFreeMWait);  // the lock publishes it
  mp->schedlink = sched.freem;
  sched.freem = mp;
  unlock(&sched.lock);

  lock(&sched.lock);
  sched.nmfreed++;
  checkdead();
  unlock(&sched.lock);
  kernel->exit_thread(&mp->freeWait);
  __builtin_unreachable();
}

// Counts the Ms that could still do something. Ms in system calls and running ones are neither idle nor
// wired-and-waiting.
void checkdead() {
  if (panicking.load_relaxed() > 0) return;  // another thread is printing a fatal error already
  const i32 run = mcount() - sched.nmidle - sched.nmidlelocked - sched.nmsys;
  if (run > 0) return;
  if (run < 0) {
    unlock(&sched.lock);
    check(false, "checkdead: inconsistent counts");
    __builtin_unreachable();
  }
  i32 goroutines = 0;
  for (G* gp = allgs.load_acquire(); gp != nullptr; gp = gp->alllink.load_acquire()) {
    if (gp->system) continue;
    switch (readgstatus(gp)) {
      case GStatus::waiting:
      case GStatus::preempted: goroutines++; break;
      case GStatus::runnable:
      case GStatus::running:
      case GStatus::syscall:
        unlock(&sched.lock);
        check(false, "checkdead: runnable g");
        __builtin_unreachable();
      default: break;
    }
  }
  // Not dead while there is a timer, even if no M is about to run it: sysmon, which is not counted as an M here, starts
  // one when the timer is late.
  for (const P* pp : procs())
    if (pp->timers.len.load_relaxed() != 0) return;
  unlock(&sched.lock);  // fatal prints tracebacks, and must not wait for a lock that this thread holds
  if (goroutines == 0) fatal("no goroutines (main called runtime.Goexit) - deadlock!");
  fatal("all goroutines are asleep - deadlock!");
}

}  // namespace rt0
