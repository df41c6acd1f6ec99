// sync.Once's slow path. Go: once.go.
#include "rt0/sync.h"

#include "sched/defer.h"

namespace rt0::sync {

// The flag is set after f, not before, so that whoever finds it set also finds what f has done; the mutex makes the others wait.
// An f that does not return, for it ends its goroutine, has been called all the same: then the deferred record does the rest.
void Once::do_slow(void (*f)(void*), void* arg) {
  m_.lock();
  if (done_.load() == 0) {
    struct Finish : Defer {
      Once* once = nullptr;
    } finish;
    finish.once = this;
    finish.push([](Defer* d) {
      Once* o = static_cast<Finish*>(d)->once;
      o->done_.store(1);
      o->m_.unlock();
    });
    f(arg);
    finish.pop();
    done_.store(1);
  }
  m_.unlock();
}

}  // namespace rt0::sync
