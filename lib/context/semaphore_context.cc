// A weighted semaphore's acquire with a context. Go: golang.org/x/sync/semaphore.
#include "lib/sync/semaphore.h"
#include "rt0/context.h"

namespace rt0::semaphore {

// The waiter lies on this function's stack, so nothing may refer to it after the return. Either stop() prevents the
// function that the end of the context would start, or acquire() waits until that function has ended.
context::Error Weighted::acquire(const Context& ctx, int64_t n) {
  if (const context::Error err = ctx.err()) return err;
  if (try_acquire(n)) return {};
  if (n > size_) {  // can never be granted; in the queue it would block all later waiters
    (void)ctx.done().recv();
    return ctx.err();
  }
  Waiter me(n);
  Chan<Unit> over(0);
  const context::StopFunc stop = context::after_func(ctx, [this, &me, &over] {
    give_up(&me);
    over.close();
  });
  wait(&me);
  if (!stop()) (void)over.recv();
  const context::Error err = ctx.err();
  if (me.granted && err) release(n);  // as in Go, a caller whose context has ended gets nothing
  return err;
}

}  // namespace rt0::semaphore
