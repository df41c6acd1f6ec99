// pthread_create and what belongs to it, for std::thread: each thread is a goroutine.
//
// A pthread_t is the goroutine's id, of which 32-bit ISAs have the lower half. A thread that can still be joined has a
// record in a table. `table_lock` guards the table, and of a record what says so; the rest of it is the goroutine's
// until `ended` is 1, and then belongs to the one that joins it.
//
//   T1  A record is in the table from the creation until it is joined, or, if it is detached, until both have
//       happened: the goroutine has ended, and it was detached. Whoever takes it out of the table frees it.
//   T2  `ended` becomes 1 once, when everything that the goroutine has to do has been done, with a release. A joiner
//       has an acquire.
#include "kernel_iface/errno.h"
#include "mem/malloc.h"
#include "rt0/runtime.h"
#include "runtime/cxx/pthread.h"
#include "runtime/panic/defer.h"
#include "sched/above.h"
#include "sched/newproc.h"
#include "sched/proc.h"

namespace rt0 {

namespace {

using CThread = unsigned long;  // pthread_t

struct Thread {
  void* (*f)(void*);
  void* arg;
  void* result;  // written by the goroutine before `ended`
  CThread id;
  Thread* next;   // in its part of the table
  u32 ended;      // T2; a joiner sleeps on it
  bool detached;  // table_lock
  bool joined;    // somebody waits for it already. table_lock
};

// Goroutines' ids follow each other, so few threads share a part.
constexpr u32 kParts = 64;
constinit Mutex table_lock{};
constinit Thread* table[kParts] GUARDED_BY(table_lock) = {};

void lock_table() ACQUIRE(table_lock) { lockWithRank(&table_lock, LockRank::semaroot); }

Thread* find(CThread id) REQUIRES(table_lock) {
  Thread* t = table[id % kParts];
  while (t != nullptr && t->id != id) t = t->next;
  return t;
}

void take_out(const Thread* t) REQUIRES(table_lock) {
  Thread** at = &table[t->id % kParts];
  while (*at != t) at = &(*at)->next;
  *at = t->next;
}

CThread self() { return static_cast<CThread>(getg()->goid); }

// The deferred call of a thread: it has ended, by a return, by pthread_exit, or by a panic that ends the program.
struct Ending : InternalDefer {
  Thread* thread;
};

void end(Thread* t) {
  if (run_thread_end != nullptr) run_thread_end();
  lock_table();
  const bool detached = t->detached;
  if (detached) take_out(t);
  else __atomic_store_n(&t->ended, 1, __ATOMIC_RELEASE);
  unlock(&table_lock);
  if (detached) heap_free(t);
  else (void)futex_wake(&t->ended, ~u32{0});  // by its address: the joiner may have freed *t
}

struct Start : Funcval {
  Thread* thread;
};

// The goroutine's entry.
void run(Funcval* self) {
  Ending ending;
  ending.thread = static_cast<Start*>(self)->thread;
  ending.push([](DeferRecord* d) { end(static_cast<Ending*>(d)->thread); });
  Thread* const t = ending.thread;
  t->result = t->f(t->arg);
  ending.pop();
  end(t);
}

void move_start(void* to, void* from, void*) { __builtin_memcpy(to, from, sizeof(Start)); }

// Waits for the thread, and frees it. A deadline that has passed: only if it has ended already.
int join(CThread id, void** result, i64 deadline, Errno too_late) {
  if (deadline < 0) return c_error(Errno::inval);
  op_point(&table_lock);
  lock_table();
  Thread* const t = find(id);
  Errno e = Errno::ok;
  if (t == nullptr) e = Errno::srch;
  else if (!t->detached && id == self()) e = Errno::deadlk;
  else if (t->detached || t->joined) e = Errno::inval;
  else t->joined = true;
  unlock(&table_lock);
  if (e != Errno::ok) return c_error(e);
  while (__atomic_load_n(&t->ended, __ATOMIC_ACQUIRE) == 0) {  // ends when the thread ends, or at the deadline
    if (futex_wait(&t->ended, 0, WaitReason::waitgroup_wait, deadline) != Woken::timeout) continue;
    lock_table();
    t->joined = false;
    unlock(&table_lock);
    return c_error(too_late);
  }
  lock_table();
  take_out(t);
  unlock(&table_lock);
  if (result != nullptr) *result = t->result;
  heap_free(t);
  return 0;
}

}  // namespace

extern "C" {

// attr: see thread_attr.cc.
int pthread_create(CThread* id, const CThreadAttr* attr, void* (*f)(void*), void* arg);
int pthread_create(CThread* id, const CThreadAttr* attr, void* (*f)(void*), void* arg) {
  Thread* const t = static_cast<Thread*>(mallocgc(sizeof(Thread), alignof(Thread)));
  if (t == nullptr) return c_error(Errno::again);
  *t = {.f = f,
        .arg = arg,
        .result = nullptr,
        .id = 0,
        .next = nullptr,
        .ended = 0,
        .detached = attr != nullptr && attr->detached != 0,
        .joined = false};
  Start start{{run}, t};
  const detail::GoStmt stmt{move_start, sizeof(Start), alignof(Start), nullptr, 0, &detail::maxprocs};
  const uintptr pc = reinterpret_cast<uintptr>(__builtin_return_address(0));
  G* const gp = newproc1(&start, &stmt, getg(), pc, nullptr);
  t->id = static_cast<CThread>(gp->goid);
  lock_table();
  t->next = table[t->id % kParts];
  table[t->id % kParts] = t;
  unlock(&table_lock);
  *id = t->id;
  start_goroutine(gp);
  preempt_point();
  return 0;
}

int pthread_join(CThread id, void** result);
int pthread_join(CThread id, void** result) { return join(id, result, kForever, Errno::timedout); }
int pthread_tryjoin_np(CThread id, void** result);
int pthread_tryjoin_np(CThread id, void** result) { return join(id, result, 0, Errno::busy); }
int pthread_timedjoin_np(CThread id, void** result, const Timespec* when);
int pthread_timedjoin_np(CThread id, void** result, const Timespec* when) {
  return join(id, result, deadline_of(kClockRealtime, *when), Errno::timedout);
}

int pthread_detach(CThread id);
int pthread_detach(CThread id) {
  op_point(&table_lock);
  lock_table();
  Thread* const t = find(id);
  Errno e = Errno::ok;
  if (t == nullptr) e = Errno::srch;
  else if (t->detached || t->joined) e = Errno::inval;
  else t->detached = true;
  const bool ended = e == Errno::ok && t->ended != 0;
  if (ended) take_out(t);
  unlock(&table_lock);
  if (ended) heap_free(t);
  return c_error(e);
}

CThread pthread_self();
CThread pthread_self() { return self(); }
int pthread_equal(CThread a, CThread b);
int pthread_equal(CThread a, CThread b) { return a == b; }

// Ends the goroutine; deferred calls run. As with goexit_now, destructors of the frames do not.
[[noreturn]] void pthread_exit(void* result);
void pthread_exit(void* result) {
  lock_table();
  if (Thread* t = find(self()); t != nullptr) t->result = result;
  unlock(&table_lock);
  goexit_now();
}

// std::thread::hardware_concurrency.
int get_nprocs();
int get_nprocs() { return ncpu; }
}

}  // namespace rt0
