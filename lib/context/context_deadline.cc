// Contexts with a deadline. In a file of its own, so that only programs that use them are linked with timers.
#include "lib/context/context.h"

namespace rt0::context {

namespace {

// The timer's function has a handle of the context, and the context has one of the timer. This circle is broken when
// the context ends, at the latest at its deadline.
struct DeadlineNode : CancelNode {
  Timer timer;  // under mu; set until the context has ended
};

// The timer's handle is dropped after the lock is released: with it the function's handle of the context may go, and no
// node may be freed while a mu is held (C3).
void stop_timer(CancelNode* n) {
  n->mu.lock();
  const Timer t = static_cast<Timer&&>(static_cast<DeadlineNode*>(n)->timer);
  n->mu.unlock();
  (void)t.stop();
}

}  // namespace

WithCancel with_deadline(const Context& parent, Time d, Error cause) {
  need_parent(parent.node());
  if (const Context::Deadline cur = parent.deadline(); cur.ok && cur.deadline.before(d)) return with_cancel(parent);
  DeadlineNode* n = new DeadlineNode;
  set_parent(n, parent.node());
  n->has_deadline = true;
  n->deadline = d;
  n->destroy = [](Node* x) { delete static_cast<DeadlineNode*>(x); };
  const Context c(n);
  propagate_cancel(n);
  const Duration left = until(d);
  if (left.count <= 0) {
    cancel(n, kDeadlineExceeded, cause);
    return {c, CancelFunc(c)};
  }
  n->mu.lock();
  if (!n->err) {
    n->timer = rt0::after_func(left, [c, n, cause] {  // c keeps n
      cancel(n, kDeadlineExceeded, cause);
    });
    n->ended = stop_timer;
  }
  n->mu.unlock();
  return {c, CancelFunc(c)};
}

WithCancel with_timeout(const Context& parent, Duration d, Error cause) {
  return with_deadline(parent, now().add(d), cause);
}

}  // namespace rt0::context
