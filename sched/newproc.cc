// Go: proc.go. Differs: a G lies at the top of its stack, the closure right below it, so a new goroutine touches one
// page; a stack is never moved or shrunk, and stays with its dead G.
#include "sched/newproc.h"

#include "mem/malloc.h"
#include "mem/stack.h"
#include "mem/sysmem.h"
#include "sched/above.h"
#include "sched/debugvars.h"
#include "sched/leave.h"
#include "sched/mthread.h"
#include "sched/preempt.h"
#include "sched/proc.h"
#include "sched/thread_pointer.h"
#include "trace/trace.h"

namespace rt0 {

constinit Atomic<const SizedHooks*> sized_hooks{nullptr};

namespace {

constinit G* allgs_tail GUARDED_BY(allglock) = nullptr;

constexpr u32 kGfreeLocalMax = 64, kGfreeLocalKeep = 32;

// Chains the new goroutine to the one that made it, as far back as GODEBUG=tracebackancestors asks. Go: saveAncestors.
// callerpc: the return address of the go statement, which preemption may have changed (program_pc gives the first one).
Ancestors* saveAncestors(G* callergp, uintptr callerpc) {
  if (debug.tracebackancestors <= 0 || callergp->goid == 0) return nullptr;
  const u32 inherited = callergp->ancestors != nullptr ? callergp->ancestors->n : 0;
  const u32 n = min(inherited + 1, static_cast<u32>(debug.tracebackancestors));
  Ancestors* a = static_cast<Ancestors*>(mallocgc(sizeof(Ancestors) + n * sizeof(AncestorInfo), alignof(Ancestors)));
  if (a == nullptr) return nullptr;  // ancestors only help debugging: the program goes on without
  a->n = n;
  for (u32 i = 1; i < n; i++) a->infos()[i] = callergp->ancestors->infos()[i - 1];
  AncestorInfo& own = a->infos()[0];
  own.goid = callergp->goid;
  own.created = callergp->created;
  // The innermost frames, those of newproc and of what it calls, belong to the runtime and are left out.
  constexpr u32 kOwnFrames = 4;
  uintptr pcs[AncestorInfo::kMaxPcs + kOwnFrames];
  const u32 found = callers_of_systemstack(callergp, {pcs, countof(pcs)});
  u32 first = 0;
  while (first < found && pcs[first] != program_pc(callerpc)) first++;
  if (first == found) first = 0;  // the frame chain is broken: rather print too many frames than none
  own.npcs = min(found - first, AncestorInfo::kMaxPcs);
  for (u32 i = 0; i < own.npcs; i++) own.pcs[i] = pcs[first + i];
  return a;
}

void gostartcall(Gobuf* buf, uintptr entry, void* ctxt) RT0_SYM("runtime.gostartcall");
void gostartcall(Gobuf* buf, uintptr entry, void* ctxt) {
  trace_fn(Ev::gostartcall);
  Isa::gostartcall(buf, entry, ctxt, reinterpret_cast<uintptr>(&goexit) + Isa::kPCQuantum);
}

// Makes buf start fn as if goexit had called it.
void gostartcallfn(Gobuf* buf, Funcval* fn) RT0_SYM("runtime.gostartcallfn");
void gostartcallfn(Gobuf* buf, Funcval* fn) {
  trace_fn(Ev::gostartcallfn);
  gostartcall(buf, reinterpret_cast<uintptr>(fn->fn), fn);
}

// The P takes ids from sched in batches, so the lock is taken rarely. Go: goidcache.
u64 next_goid(P* pp) {
  if (pp->goidcache == pp->goidcacheend) {
    lock(&sched.lock);
    pp->goidcache = sched.goidgen + 1;
    sched.goidgen += kGoidCacheBatch;
    unlock(&sched.lock);
    pp->goidcacheend = pp->goidcache + kGoidCacheBatch;
  }
  return pp->goidcache++;
}

}  // namespace

G* newproc1(Funcval* fn, const detail::GoStmt* stmt, G* callergp, uintptr callerpc, G* newg) {
  trace_fn(Ev::newproc1);
  if (fn == nullptr) fatal("go of nil func value");
  M* mp = acquirem();
  P* pp = mp->p;
  if (newg == nullptr) newg = gfget(pp);
  if (newg == nullptr) newg = malg(kStackDefault, true, &pp->stackcache);
  if (readgstatus(newg) == GStatus::idle) {
    casgstatus(newg, GStatus::idle, GStatus::dead);
    allgadd(newg);
  }
  check(newg->stack.hi != 0, "newproc1: newg missing stack");
  check(readgstatus(newg) == GStatus::dead, "newproc1: new g is not Gdead");

  uintptr sp = new_tls_block(newg);
  if (stmt != nullptr) {
    if (stmt->size >= (newg->stack.hi - newg->stack.lo) / 2) throw_("go: the closure is too large for a stack");
    sp = align_down(sp - stmt->size, max(stmt->align, Isa::kStackAlign));
    // move is the program's code: it may yield or wait, and then goes on with another M and P. Only this goroutine
    // knows newg meanwhile.
    releasem(mp);
    stmt->move(reinterpret_cast<void*>(sp), fn, newg);
    mp = acquirem();
    pp = mp->p;
    fn = reinterpret_cast<Funcval*>(sp);
  }
  newg->sched = {};
  newg->sched.sp = sp;
  newg->sched.g = newg;
  gostartcallfn(&newg->sched, fn);
  newg->parent_goid = callergp->goid;
  newg->created = {callerpc, nullptr, 0};
  if (stmt != nullptr) newg->created.file = stmt->file, newg->created.line = stmt->line;
  newg->startpc = newg->sched.pc;
  newg->ancestors = nullptr;
  if (RT0_UNLIKELY(debug.tracebackancestors > 0))
    systemstack([&] { newg->ancestors = saveAncestors(callergp, callerpc); });
  newg->goid = next_goid(pp);
  casgstatus(newg, GStatus::dead, GStatus::runnable);
  if (tracing()) trace_go_create_slow(newg);
  releasem(mp);
  return newg;
}

// Runs on g0, like the end of a goroutine, because a stack of another size than the usual one is freed at once.
void detail::newproc_undo(void* newg) {
  systemstack([newg] { gfput(getg()->m->p, static_cast<G*>(newg)); });
}

void newproc_of_sysmon(Funcval* fn) {
  G* newg = malg(kStackDefault, true);
  casgstatus(newg, GStatus::idle, GStatus::dead);
  allgadd(newg);
  newg->sched.sp = new_tls_block(newg);
  newg->sched.g = newg;
  gostartcallfn(&newg->sched, fn);
  newg->startpc = newg->sched.pc;
  newg->system = true;
  (void)sched.ngsys.add_relaxed(1);
  lock(&sched.lock);
  newg->goid = ++sched.goidgen;  // an id that is in no P's cache
  casgstatus(newg, GStatus::dead, GStatus::runnable);
  globrunqput(newg);
  unlock(&sched.lock);
  if (tracing()) trace_go_create_slow(newg);
  startm(nullptr, false);  // does nothing if all Ps are busy: these look at the global queue by themselves
}

void detail::newproc(Funcval* closure, const GoStmt* stmt) {
  trace_fn(Ev::newproc);
  G* gp = getg();
  const uintptr pc = reinterpret_cast<uintptr>(__builtin_return_address(0));
  start_goroutine(newproc1(closure, stmt, gp, pc, nullptr));
  preempt_point();
}

G* malg(usize bytes, bool guard, StackCache* c) {
  trace_fn(Ev::malg);
  bytes = max(bytes, static_cast<usize>(4 * physPageSize));  // one of these pages is the guard
  u8* base = static_cast<u8*>(stackalloc(bytes, guard, c));
  const uintptr end = reinterpret_cast<uintptr>(base) + bytes;
  G* newg = reinterpret_cast<G*>(align_down(end - sizeof(G), Isa::kCacheLine));
  *newg = {};
  newg->below = kBelowG;
  newg->stack = {reinterpret_cast<uintptr>(base) + (guard ? physPageSize : 0), reinterpret_cast<uintptr>(newg)};
  newg->stackguard0 = newg->stackguard1 = newg->stack.lo;
  newg->stack_bytes = bytes;
  return newg;
}

void allgadd(G* gp) {
  trace_fn(Ev::allgadd);
  check(readgstatus(gp) != GStatus::idle, "allgadd: bad status Gidle");
  Locked l(&allglock);
  if (allgs_tail != nullptr) allgs_tail->alllink.store_release(gp);  // a dump may be walking the list
  else allgs.store_release(gp);
  allgs_tail = gp;
  allglen.store_release(allglen.load_relaxed() + 1);
}

G* gfget(P* pp) {
  trace_fn(Ev::gfget);
  if (pp->gFree.empty() && sched.gFree.n.load_relaxed() != 0) {  // read without the lock: a hint
    Locked l(&sched.gFree.lock);
    while (pp->gFree_n.load_relaxed() < kGfreeLocalKeep) {
      G* gp = sched.gFree.list.pop();
      if (gp == nullptr) gp = sched.gFree.clean.pop();  // last: their stacks' pages must be faulted in again
      if (gp == nullptr) break;
      bump(&sched.gFree.n, -1);
      pp->gFree.push(gp);
      bump(&pp->gFree_n);
    }
  }
  G* gp = pp->gFree.pop();
  if (gp != nullptr) bump(&pp->gFree_n, -1);
  return gp;
}

void gfput(P* pp, G* gp) {
  check(readgstatus(gp) == GStatus::dead, "gfput: bad status (not Gdead)");
  if (RT0_UNLIKELY(gp->sized)) {
    sized_hooks.load_acquire()->put(pp, gp);
    return;
  }
  pp->gFree.push(gp);
  bump(&pp->gFree_n);
  if (pp->gFree_n.load_relaxed() < kGfreeLocalMax) return;
  Locked l(&sched.gFree.lock);
  while (pp->gFree_n.load_relaxed() > kGfreeLocalKeep) {
    sched.gFree.list.push(pp->gFree.pop());
    bump(&sched.gFree.n);
    bump(&pp->gFree_n, -1);
  }
}

void gfpurge(P* pp) {
  lock(&sched.gFree.lock);
  for (G* gp = pp->gFree.pop(); gp != nullptr; gp = pp->gFree.pop()) {
    sched.gFree.list.push(gp);
    bump(&sched.gFree.n);
  }
  pp->gFree_n.store_relaxed(0);
  unlock(&sched.gFree.lock);
  if (const SizedHooks* sized = sized_hooks.load_acquire()) sized->purge(pp);
}

void gexited(G* gp) { (void)gdestroy(gp); }

// Called by goexit, on the goroutine's own stack.
void goexit1() { run_tls_end(), leave(getg(), kGoexit); }

bool gdestroy(G* gp) {
  M* mp = getg()->m;
  P* pp = mp->p;
  if (RT0_UNLIKELY(gp->below != kBelowG)) throw_("goroutine has written beyond the upper end of its stack");
  casgstatus(gp, GStatus::running, GStatus::dead);
  trace(Ev::GoDestroy, gp);
  if (gp->system) (void)sched.ngsys.sub_relaxed(1);
  const bool locked = gp->lockedm.load_relaxed() != nullptr;
  if (locked) {
    gp->lockedm.store_relaxed(nullptr);
    mp->lockedg = nullptr;
  }
  gp->waitreason = WaitReason::zero;
  gp->waiting = nullptr;
  gp->preempt.store_relaxed(0);
  gp->param = nullptr;
  gp->c_errno = 0;
  if (RT0_UNLIKELY(gp->preempt_stack.hi != 0)) preempt_stack_free(gp);
  if (gp->ancestors != nullptr) {
    heap_free(gp->ancestors);
    gp->ancestors = nullptr;
  }

  check(!locked || mp->lockedInt == 0, "exited a goroutine internally locked to the OS thread");
  gfput(pp, gp);
  return locked;
}

void goexit0(G* gp) {
  dropg();
  // The goroutine has ended while it was wired to its thread. It may have changed the thread, so no other goroutine
  // must run there: the thread ends too.
  if (gdestroy(gp)) mexit();
  schedule();
}

i32 gcount() {
  // Approximate while other threads run: each owner counts the dead Gs on its P's list.
  i32 n = static_cast<i32>(allglen.load_acquire()) -
          static_cast<i32>(sched.gFree.n.load_relaxed() + sched.gFree.nostack_n.load_relaxed()) -
          static_cast<i32>(sched.ngsys.load_relaxed());
  // The Ps in use, and no array of before a growth: see procs(). A P that GOMAXPROCS no longer covers has no dead Gs.
  for (const P* pp : procs()) n -= static_cast<i32>(pp->gFree_n.load_relaxed() + pp->gFreeNoStack_n.load_relaxed());
  return n < 1 ? 1 : n;
}

}  // namespace rt0
