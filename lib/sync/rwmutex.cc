// sync.RWMutex. Go: rwmutex.go.
//
//   * readerCount_ counts the readers, also those that wait. A writer subtracts kMaxReaders from it: a negative count
//     means that there is a writer.
//   * The writer then waits for the readers that came before it. readerWait_ counts them down; the last one wakes the
//     writer.
//   * A writer holds w_ from its lock to its unlock, which is more than the analysis of locks sees in one function.
//   * The writer's unlock adds kMaxReaders again. It lets in all readers that came meanwhile before another writer.
#include "lib/sync/sema.h"
#include "sched/above.h"
#include "sched/proc.h"

namespace rt0::sync {

// Functions of their own, because Go's tracebacks have frames for them. The barriers keep the calls in them from being
// tail calls, which would remove these frames.
[[noreturn, gnu::noinline]] static void fatal(Str why) { rt0::fatal(why); }

void runtime_SemacquireRWMutexR(detail::Sema* s) {
  semacquire1(s, false, WaitReason::rwmutex_rlock);
  compiler_barrier();
}
[[gnu::noinline]] static void runtime_SemacquireRWMutex(detail::Sema* s) {
  semacquire1(s, false, WaitReason::rwmutex_lock);
  compiler_barrier();
}

bool RWMutex::try_rlock() {
  op_point(&readerCount_);
  for (;;) {  // ends when the count does not change between the load and the CAS
    const i32 c = readerCount_.load();
    if (c < 0) return false;
    if (readerCount_.compare_and_swap(c, c + 1)) return true;
  }
}

// r: readerCount_ after the caller's runlock; negative.
void RWMutex::runlock_slow(i32 r) {
  if (r + 1 == 0 || r + 1 == -kMaxReaders) fatal("sync: RUnlock of unlocked RWMutex");
  if (readerWait_.add(-1) == 0) semrelease(&writerSem_);  // the last one before the writer
}

void RWMutex::lock() NO_LOCK_ANALYSIS {
  op_point(&readerCount_);
  w_.lock();  // one writer at a time
  const i32 readers = readerCount_.add(-kMaxReaders) + kMaxReaders;
  if (readers != 0 && readerWait_.add(readers) != 0) {
    runtime_SemacquireRWMutex(&writerSem_);
    compiler_barrier();
  }
}

bool RWMutex::try_lock() NO_LOCK_ANALYSIS {
  op_point(&readerCount_);
  if (!w_.try_lock()) return false;
  if (readerCount_.compare_and_swap(0, -kMaxReaders)) return true;
  w_.unlock();
  return false;
}

void RWMutex::unlock() NO_LOCK_ANALYSIS {
  op_point(&readerCount_);
  const i32 readers = readerCount_.add(kMaxReaders);
  if (readers >= kMaxReaders) fatal("sync: Unlock of unlocked RWMutex");
  for (i32 i = 0; i < readers; i++) semrelease(&readerSem_);
  w_.unlock();
}

}  // namespace rt0::sync
