// A weighted semaphore's acquire with a context. Go: golang.org/x/sync/semaphore.
#include "lib/sync/semaphore.h"
#include "rt0/context.h"

namespace rt0::semaphore {

// The waiter lies on our stack, so nothing may know of it when we return: either stop() has prevented the function that
// the context's end starts, or we wait for that function's end.
context::Error Weighted::acquire(const Context& ctx, int64_t n) {
  if (const context::Error err = ctx.err()) return err;
  if (try_acquire(n)) return {};
  if (n > size_) {  // never free: in the queue it would keep the others from what is
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
  if (me.granted && err) release(n);  // as Go: a context that has ended gets nothing
  return err;
}

}  // namespace rt0::semaphore
