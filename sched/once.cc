// sync.Once's slow path. Go: once.go.
#include "rt0/sync.h"

#include "base/check.h"

namespace rt0::sync {

// The flag is set after f, not before, so that whoever finds it set also finds what f has done; the mutex makes the others wait.
void Once::do_slow(void (*f)(void*), void* arg) {
  m_.lock();
  if (done_.load() == 0) {
    f(arg);
    done_.store(1);
  }
  m_.unlock();
}

}  // namespace rt0::sync
