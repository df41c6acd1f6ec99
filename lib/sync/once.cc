// sync.Once's slow path. Go: once.go.
#include "rt0/panic.h"
#include "rt0/sync.h"

namespace rt0::detail {

// A lambda in do_slow would be a frame of tracebacks that Go's have not.
struct CallAt {
  void (*f)(void*);
  void* arg;
  void operator()() const { f(arg); }
};

}  // namespace rt0::detail

namespace rt0::sync {

// The flag is set after f, not before, so that a goroutine that finds it set also finds what f has done; the mutex
// makes the others wait. An f that does not return, for it panics or ends its goroutine, has been called all the same:
// hence the deferred call.
void Once::do_slow(void (*f)(void*), void* arg) {
  m_.lock();
  Defer unlock([this] { m_.unlock(); });
  if (done_.load() != 0) return;
  Defer finish([this] { done_.store(1); });
  func(detail::CallAt{f, arg});
}

}  // namespace rt0::sync
