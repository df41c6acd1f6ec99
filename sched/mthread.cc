// Go: proc.go. Differs: thread-local storage is set by clone itself, so no signal mask is needed around it.
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

constinit M* unused_ms GUARDED_BY(sched.lock) = nullptr;  // ended for good, to use again

// Ms' own stacks have guards. Those of the first two Ms, m0 and sysmon's, get them from sysmon, off the way to
// main.main; these Ms never end, so whatever is freed has one. Whether the kernel has made it is not asked: without, an
// overflow is not noticed, and no more.
bool guarded_from_the_start(const M* mp) { return mp->id > 1; }

// The signal stack: a G of its own, so that a handler has bounds and locks to its name.
void mpreinit(M* mp) RT0_SYM("runtime.mpreinit");
void mpreinit(M* mp) {
  trace_boot(Ev::mpreinit);
  mp->gsignal = malg(kStackGsignal, guarded_from_the_start(mp));
  mp->gsignal->m = mp;
}

void free_stack(const G* gp) { stackfree(reinterpret_cast<void*>(gp->stack.lo - physPageSize), gp->stack_bytes, true); }

// Others may look at lo meanwhile, m0 in a handler too: they see one word or the other, and between the two lies a page
// nobody has got to.
void guard(G* gp) {
  (void)kernel->mem_guard(reinterpret_cast<void*>(gp->stack.lo), physPageSize);
  gp->stack.lo += physPageSize;
}

// On the new thread: what only it can do for itself.
void minit() RT0_SYM("runtime.minit");
void minit() {
  trace_boot(Ev::minit);
  M* mp = getg()->m;
  G* gs = mp->gsignal;
  // First the stack for handlers: a signal that the open mask lets in must find it.
  kernel->sigaltstack(reinterpret_cast<void*>(gs->stack.lo), gs->stack.hi - gs->stack.lo);
  if (mp == &m0) return;  // initsig opens its mask, and its id is the process's
  minitSignalMask();      // before the id is known, without which no thread of ours sends it a signal
  mp->procid.store_release(static_cast<uintptr>(kernel->gettid()));
}

void mstartm0() RT0_SYM("runtime.mstartm0");
void mstartm0() {
  trace_boot(Ev::mstartm0);
  initsig();
  if (simulated != 0) sim_watchdog_start();
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

// The lock stays: another M that needs a thread just now would say the same once more.
void checkmcount() REQUIRES(sched.lock) {
  if (mcount() <= sched.maxmcount) return;
  eprintf("runtime: program exceeds %d-thread limit\n", sched.maxmcount);
  throw_("thread exhaustion");
}

// Stacks of Ms that have ended since. Under no lock; whoever makes an M looks after it. Go: the freem loop in allocm.
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

void newosproc(M* mp) RT0_SYM("runtime.newosproc");
void newosproc(M* mp) {
  trace_boot(Ev::newosproc);
  trace_boot(Ev::clone);
  // Threads of others may end any moment, so EAGAIN is given 210 ms. Go: retryOnEAGAIN.
  constexpr u32 kTries = 20;
  SysResult r = kernel->newosproc(mp->g0->stack.hi, mp->tls);
  for (u32 i = 1; i <= kTries && r.err == Errno::again; i++) {
    kernel->usleep(i * 1000);
    if (i < kTries) r = kernel->newosproc(mp->g0->stack.hi, mp->tls);
  }
  if (r.ok()) return;
  eprintf("runtime: failed to create new OS thread (have %d already; errno=%d)\n", mcount(), static_cast<i32>(r.err));
  if (r.err == Errno::again) eprintf("runtime: may need to increase max user processes (ulimit -u)\n");
  throw_("newosproc");
}

}  // namespace

constinit Atomic<void (*)(M*)> newm_handoff{nullptr};

void newm1(M* mp) {
  trace_boot(Ev::newm1);
  mp->tls[0] = reinterpret_cast<uintptr>(mp->g0);  // its g from the first instruction on
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

// Assembly has noted where g0's stack is free: mcall and systemstack start over from there each time.
void mstart0() {
  trace_boot(Ev::mstart);  // the assembly routine that called us
  trace_boot(Ev::gosave);  // and what it called before
  trace_boot(Ev::mstart0);
  G* gp = getg();
  check(gp == gp->m->g0, "bad runtime.mstart");
  check(gp->sched.sp != 0 && gp->sched.sp % Isa::kStackAlign == 0, "mstart0: g0's stack is not where it should be");
  mstart1();
}

void newm(void (*fn)(), P* pp, bool spinning, MId id) {
  trace_boot(Ev::newm);
  (void)acquirem();  // the M is made with our P's caches: keep it
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
    check(static_cast<i32>(sched.nmspinning.add_seqcst(static_cast<u32>(-1))) >= 0, "gcstopm: negative nmspinning");
  }
  P* pp = releasep();
  lock(&sched.lock);
  pp->status.store_release(static_cast<u32>(PStatus::gcstop));
  if (--sched.stopwait == 0) notewakeup(&sched.stopnote);
  unlock(&sched.lock);
  stopm();
}

void startm(P* pp, bool spinning) {
  (void)acquirem();  // the P in our hands must not be stopped while nobody owns it
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
  nmp->spinning = spinning;  // published to it by the note
  nmp->nextp = pp;
  trace(Ev::MWake, nmp->id);
  notewakeup(&nmp->park);
  releasem(getg()->m);
}

void mexit() {
  M* mp = getg()->m;
  trace(Ev::MExit);
  if (mp == &m0) {
    // The main thread's end would make the process look dead to others: it stays, asleep.
    handoffp(releasep());
    lock(&sched.lock);
    sched.nmfreed++;
    checkdead();
    unlock(&sched.lock);
    mPark();
    check(false, "locked m0 woke up");
  }
  mp->procid.store_release(0);   // no more preemption signals; one on its way may still come
  handoffp(releasep());          // while signals are open: a thread that is started here inherits the mask
  kernel->sigmask_set(~u64{0});  // no handler from here on: its stack goes
  kernel->sigaltstack(nullptr, 0);
  const G* gs = mp->gsignal;
  mp->gsignal = nullptr;
  free_stack(gs);
  preempt_stack_drop(mp);  // no handler takes it any more, and a provider finds that none is wanted

  lock(&sched.lock);
  for (M** link = &allm; *link != nullptr; link = &(*link)->alllink) {
    if (*link != mp) continue;
    *link = mp->alllink;
    break;
  }
  mp->freeWait.store_relaxed(kFreeMWait);  // published by the lock
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
  if (panicking.load_relaxed() > 0) return;  // somebody is printing the end already
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
  // Somebody will see to a timer, though nobody may be on the way yet: sysmon, which counts as no M, takes an idle P
  // for one that is late before it has an M to give it to.
  for (const P* pp : procs())
    if (pp->timers.len.load_relaxed() != 0) return;
  unlock(&sched.lock);  // fatal prints tracebacks and must not fail for a lock of ours
  if (goroutines == 0) fatal("no goroutines (main called runtime.Goexit) - deadlock!");
  fatal("all goroutines are asleep - deadlock!");
}

}  // namespace rt0
