// When there is no more address space, a larger free stack is cut into smaller ones. Linked into programs that have
// stacks of several sizes.
#include "mem/stack_larger.h"

#include "mem/stackpool.h"

namespace rt0 {

// The smallest free stack that is larger. Its guard page becomes that of the first stack cut from it.
static LargerStack take_larger_stack(usize bytes) {
  for (u32 order = order_of(bytes) + 1; order < kNumStackOrders + kNumLargeOrders; order++) {
    FreeStacks pool(order, true);
    Locked l(pool.lock);
    if (const FreeStack* s = pool.pop()) return {s->base, kStackMin << order};
  }
  return {};
}

void stack_cut_larger() { take_larger.store_release(take_larger_stack); }

}  // namespace rt0
