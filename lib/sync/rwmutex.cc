// sync.RWMutex. Go: rwmutex.go.
//
//   * readerCount_ counts readers, those that wait included. A writer takes kMaxReaders off it: negative says that
//   there is one.
//   * The writer then waits for the readers that were before it: readerWait_ counts them down, and the last one wakes
//   it.
//   * Its unlock adds kMaxReaders again and lets in all readers that came meanwhile, before it lets in another writer.
#include "lib/sync/sema.h"
#include "sched/above.h"

namespace rt0::sync {

// The frames that Go's tracebacks have here. The barriers keep their calls from becoming jumps.
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
  for (;;) {  // ends when no other reader comes or goes between
    const i32 c = readerCount_.load();
    if (c < 0) return false;
    if (readerCount_.compare_and_swap(c, c + 1)) return true;
  }
}

// r: readerCount_ after we have left; negative.
void RWMutex::runlock_slow(i32 r) {
  if (r + 1 == 0 || r + 1 == -kMaxReaders) fatal("sync: RUnlock of unlocked RWMutex");
  if (readerWait_.add(-1) == 0) semrelease(&writerSem_);  // the last one before the writer
}

void RWMutex::lock() {
  w_.lock();  // one writer at a time
  const i32 readers = readerCount_.add(-kMaxReaders) + kMaxReaders;
  if (readers != 0 && readerWait_.add(readers) != 0) {
    runtime_SemacquireRWMutex(&writerSem_);
    compiler_barrier();
  }
}

bool RWMutex::try_lock() {
  if (!w_.try_lock()) return false;
  if (readerCount_.compare_and_swap(0, -kMaxReaders)) return true;
  w_.unlock();
  return false;
}

void RWMutex::unlock() {
  const i32 readers = readerCount_.add(kMaxReaders);
  if (readers >= kMaxReaders) fatal("sync: Unlock of unlocked RWMutex");
  for (i32 i = 0; i < readers; i++) semrelease(&readerSem_);
  w_.unlock();
}

}  // namespace rt0::sync
