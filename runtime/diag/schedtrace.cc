#include "kernel_iface/writer.h"
#include "sched/above.h"

#include "kernel_iface/kernel.h"
#include "sched/gmp.h"
#include "sched/mthread.h"

namespace rt0 {

namespace {

constinit i64 starttime = 0;

Str truth(bool b) { return b ? Str("true") : Str("false"); }

// "name=3", or "name=nil" for an id below 0.
void put_id(Writer& w, const char* name, i64 id) {
  w.fmt("%s=", name);
  if (id < 0) w.put("nil");
  else w.fmt("%lld", static_cast<long long>(id));
}

u32 runq_length(const P* pp) {
  const u32 h = pp->runqhead.load_acquire();
  const u32 t = pp->runqtail.load_acquire();
  return t - h;
}

void put_p(Writer& w, const P* pp) {
  const M* mp = pp->m.load_relaxed();
  w.fmt("  P%d: status=%d schedtick=%llu syscalltick=%llu ", pp->id, static_cast<i32>(pp->status.load_relaxed()),
        static_cast<unsigned long long>(pp->schedtick.load_relaxed()),
        static_cast<unsigned long long>(pp->syscalltick.load_relaxed()));
  put_id(w, "m", mp != nullptr ? mp->id : -1);
  w.fmt(" runqsize=%d gfreecnt=%d timerslen=%d\n", static_cast<i32>(runq_length(pp)),
        static_cast<i32>(pp->gFree_n.load_relaxed()), static_cast<i32>(pp->timers.len.load_relaxed()));
}

void put_m(Writer& w, const M* mp) {
  const P* pp = mp->p;
  const G *gp = mp->curg.load_relaxed(), *lockedg = mp->lockedg;
  w.fmt("  M%d: ", mp->id);
  put_id(w, "p", pp != nullptr ? pp->id : -1);
  w.put(' ');
  put_id(w, "curg", gp != nullptr ? static_cast<i64>(gp->goid) : -1);
  w.fmt(" mallocing=0 throwing=%d preemptoff= locks=%d dying=%d spinning=", static_cast<i32>(mp->throwing), mp->locks,
        mp->dying);
  w.put(truth(mp->spinning));
  w.put(" blocked=");
  w.put(truth(mp->blocked));
  w.put(' ');
  put_id(w, "lockedg", lockedg != nullptr ? static_cast<i64>(lockedg->goid) : -1);
  w.put('\n');
}

void put_g(Writer& w, const G* gp) {
  const M *mp = gp->m, *lockedm = gp->lockedm.load_relaxed();
  w.fmt("  G%llu: status=%d(", static_cast<unsigned long long>(gp->goid), static_cast<i32>(readgstatus(gp)));
  w.put(wait_reason_text(gp->waitreason));
  w.put(") ");
  put_id(w, "m", mp != nullptr ? mp->id : -1);
  w.put(' ');
  put_id(w, "lockedm", lockedm != nullptr ? lockedm->id : -1);
  w.put('\n');
}

}  // namespace

// Holds sched.lock, so that Ms, Ps and the global queue do not change. Goroutines may change meanwhile, so a
// goroutine's status and wait reason may not belong together.
void schedtrace(bool detailed) {
  const i64 now = kernel->nanotime();
  if (starttime == 0) starttime = now;
  lock(&sched.lock);
  Writer w(kStderr);
  w.fmt(
      "SCHED %lldms: gomaxprocs=%d idleprocs=%d threads=%d spinningthreads=%d needspinning=%d idlethreads=%d "
      "runqueue=%d",
      static_cast<long long>((now - starttime) / 1000000), gomaxprocs.load_relaxed(),
      static_cast<i32>(sched.npidle.load_relaxed()), mcount(), static_cast<i32>(sched.nmspinning.load_relaxed()),
      static_cast<i32>(sched.needspinning.load_relaxed()), sched.nmidle,
      static_cast<i32>(sched.runqsize.load_relaxed()));
  if (detailed) {
    w.put(" gcwaiting=");
    w.put(truth(sched.gcwaiting.load_relaxed() != 0));
    w.fmt(" nmidlelocked=%d stopwait=%d sysmonwait=", sched.nmidlelocked, sched.stopwait);
    w.put(truth(sched.sysmonwait.load_relaxed() != 0));
    w.put('\n');
    for (const P* pp : procs()) put_p(w, pp);
    for (const M* mp = allm; mp != nullptr; mp = mp->alllink) put_m(w, mp);
    for (const G* gp = allgs.load_acquire(); gp != nullptr; gp = gp->alllink.load_acquire()) put_g(w, gp);
  } else {
    const Procs all = procs();
    for (i32 i = 0; i < all.n; i++) {
      w.put(i == 0 ? Str(" [") : Str(" "));
      w.fmt("%d", static_cast<i32>(runq_length(all.at[i])));
    }
    w.put("]\n");
  }
  w.flush();
  unlock(&sched.lock);
}

}  // namespace rt0
