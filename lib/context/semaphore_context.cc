// A weighted semaphore's acquire with a context. Go: golang.org/x/sync/semaphore.
#include "lib/sync/semaphore.h"
#include "rt0/context.h"

namespace rt0::semaphore {

// The caller has just got n. As in Go, a caller whose context has ended gets nothing: if a goroutine ends the context
// and then releases n, this caller must not get them, even if it had found the context alive when it began.
context::Error Weighted::unless_ended(const Context& ctx, int64_t n) {
  const context::Error err = ctx.err();
  if (err) release(n);
  return err;
}

// The waiter lies on this function's stack, so nothing may refer to it after the return. Either stop() prevents the
// function that the end of the context would start, or acquire() waits until that function has ended.
context::Error Weighted::acquire(const Context& ctx, int64_t n) {
  if (const context::Error err = ctx.err()) return err;
  if (try_acquire(n)) return unless_ended(ctx, n);
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
  return me.granted ? unless_ended(ctx, n) : ctx.err();
}

}  // namespace rt0::semaphore
