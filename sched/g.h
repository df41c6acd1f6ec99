// A goroutine, and lists of them. gmp.h says which thread may use which field.
#pragma once

#include "arch/arch.h"
#include "base/atomic.h"
#include "kernel_iface/choice.h"
#include "sched/status.h"
#include "trace/trace.h"

namespace rt0 {

struct M;
struct Sudog;
struct DeferRecord;
struct Panic;
struct RecoverPoint;

struct Stack {
  uintptr lo, hi;
};

// A function value: what `go` runs. Captures, if any, follow the pointer. Go: funcval.
struct Funcval {
  void (*fn)(Funcval* self);
};

// A go statement: where a goroutine comes from.
struct GoSite {
  uintptr gopc;      // its return address
  const char* file;  // its source position; null for the runtime's own
  u32 line;
};

// What a traceback prints of a goroutine that made this one, directly or through others; the oldest ancestor comes
// last. Kept if GODEBUG=tracebackancestors=N.
struct AncestorInfo {
  static constexpr u32 kMaxPcs = 16;
  uintptr pcs[kMaxPcs];
  u32 npcs;
  u64 goid;
  GoSite created;
};
struct alignas(AncestorInfo) Ancestors {
  u32 n;  // this many infos follow

  AncestorInfo* infos() { return reinterpret_cast<AncestorInfo*>(this + 1); }
};

// A goroutine. It lies at the upper end of its own stack, so that both cost one page; see malg. If sized, it lies
// in memory of its own.
struct G {
  // First, for it lies right above the frames: if it is not kBelowG (0 in m0's g0), the goroutine has written beyond
  // its stack's upper end. Checked when the goroutine ends, and by the signal handler before it uses any other
  // field.
  uintptr below;
  Stack stack;          // [lo, hi): the memory of the goroutine's frames; lo is above the guard page
  uintptr stackguard0;  // stack.lo as it was when the G got its stack. Only written; Go's code compares SP with it
  uintptr stackguard1;  // the same
  M* m;                 // the M that runs it; null unless running or in a system call
  Gobuf sched;          // its saved registers, complete while it does not run

  Atomic<GStatus> atomicstatus;  // written by casgstatus only
  u64 goid;
  G* schedlink;           // in the one queue or list this G lies in
  WaitReason waitreason;  // while waiting
  bool system;            // one of the runtime's own: gcount and checkdead do not count it
  bool keeps_p;           // a system call that it makes now keeps its P for a time slice, unless the world stops
  bool sized;             // has a stack of its own size: see go_with.cc
  i32 c_errno;            // errno, for a program that uses the C++ library: see runtime/cxx/c.cc
  // The M it is wired to, or null. The goroutine writes it while it runs. Relaxed: while a G lies on a queue it does
  // not change, and the queue orders it; any other reader takes it as a hint.
  Atomic<M*> lockedm;
  usize stack_bytes;  // of the whole reservation, guard and G included; 0: not from stackalloc

  u64 parent_goid;
  GoSite created;
  uintptr startpc;
  Ancestors* ancestors;  // freed when this goroutine ends; or null
  Atomic<G*> alllink;    // in allgs
  DeferRecord* defers;   // newest first; see defer.h
  Sudog* waiting;        // the sudog it waits with, in a channel or a semaphore; in a select the first of its sudogs

  // When a signal preempts the goroutine with little room on its own stack, its registers are saved here, and it enters
  // the scheduler from here; empty until that has happened. preempt_sp: how far down its own stack was in use then.
  Stack preempt_stack;
  uintptr preempt_sp;

  Atomic<u32> preempt;           // 1: sysmon or stopTheWorld wants it to yield; it does so at its next safe point
  Atomic<u32> selectDone;        // 1: a waker has won the race to wake this select
  void* param;                   // handed over by the waker: the sudog that fired
  i64 waitsince;                 // ns; about when it began to wait; 0 until sysmon has noted it. For dumps
  Panic* panics;                 // newest first; see panic.h
  RecoverPoint* recover_points;  // newest first
  // The fault that it panics for: signal (0: none), its code, the address, and where.
  u32 sig;
  i32 sigcode0;
  uintptr sigcode1, sigpc;
  // In a system call: where a traceback begins. See entersyscall.
  uintptr syscallsp, syscallpc, syscallbp;
  Chance chance;  // of the simulated kernel's strategies
  void* exceptions;  // the state of exceptions, in a program that has them: see runtime/cxx/exceptions.cc; or null
};

// G::below of an intact G. A program is unlikely to write this value by chance, and it is no address.
inline constexpr uintptr kBelowG = static_cast<uintptr>(0x5ad5'0fb1'1eaf'600d);

// Writes an event about this goroutine, whose id is the event's first argument: trace() of trace/trace.h.
RT0_INLINE void trace(Ev e, const G* gp) {
  if (tracing()) trace_slow(e, static_cast<i64>(gp->goid), 0);
}
template <class F>
RT0_INLINE void trace_made(Ev e, const G* gp, F text) {
  trace_made(e, static_cast<i64>(gp->goid), text);
}
RT0_INLINE void trace_text(Ev e, const G* gp, Str text) {
  if (tracing()) trace_text_slow(e, static_cast<i64>(gp->goid), text);
}

// A list of Gs through schedlink.
struct GList {
  G* head = nullptr;

  bool empty() const { return head == nullptr; }
  void push(G* gp) {
    gp->schedlink = head;
    head = gp;
  }
  G* pop() {
    G* gp = head;
    if (gp != nullptr) head = gp->schedlink;
    return gp;
  }
};

// A queue of Gs through schedlink: first in, first out.
struct GQueue {
  G* head = nullptr;
  G* tail = nullptr;

  bool empty() const { return head == nullptr; }
  void push_front(G* gp) {
    gp->schedlink = head;
    head = gp;
    if (tail == nullptr) tail = gp;
  }
  void push_back(G* gp) {
    gp->schedlink = nullptr;
    if (tail != nullptr) tail->schedlink = gp;
    else head = gp;
    tail = gp;
  }
  void push_back_all(GQueue q) {
    if (q.tail == nullptr) return;
    q.tail->schedlink = nullptr;
    if (tail != nullptr) tail->schedlink = q.head;
    else head = q.head;
    tail = q.tail;
  }
  G* pop() {
    G* gp = head;
    if (gp != nullptr) {
      head = gp->schedlink;
      if (head == nullptr) tail = nullptr;
    }
    return gp;
  }
};

}  // namespace rt0
