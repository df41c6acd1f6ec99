// sync.Once's slow path. Go: once.go.
#include "base/guards.h"
#include "rt0/panic.h"
#include "rt0/sync.h"

namespace rt0::detail {

// Used instead of a lambda, which would be a frame of tracebacks that Go does not have.
struct CallAt {
  void (*f)(void*);
  void* arg;
  void operator()() const { f(arg); }
};

}  // namespace rt0::detail

namespace rt0::sync {

// The flag is set after f, so a goroutine that finds it set also sees the effects of f; meanwhile the mutex makes other
// goroutines wait. An f that panics or ends its goroutine counts as called, too: therefore a deferred call sets the
// flag. The analysis of locks does not know that the deferred call runs at the end.
void Once::do_slow(void (*f)(void*), void* arg) NO_LOCK_ANALYSIS {
  m_.lock();
  Defer unlock([this]() NO_LOCK_ANALYSIS { m_.unlock(); });
  if (done_.load() != 0) return;
  Defer finish([this] { done_.store(1); });
  func(detail::CallAt{f, arg});
}

}  // namespace rt0::sync
