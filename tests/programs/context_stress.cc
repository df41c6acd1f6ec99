// Contexts under load: context_stress ROUNDS. Trees of contexts are built, cancelled by several goroutines at once and
// dropped, in every order; at the end all of them must have been freed.
#include "mem/malloc.h"

#include <rt0/rt0.h>

namespace context = rt0::context;
using rt0::WaitGroup;

namespace {

unsigned next_random(unsigned* x) { return *x = *x * 1664525u + 1013904223u; }

constinit context::Key<int> depth_key{};
constinit rt0::atomic::Int64 ran{}, stopped{}, bad{};

// Half of the time limits end while the tree grows. The others would last an hour: these contexts end with their
// parents, and if the timer of one were left, it would keep the context's memory.
rt0::Duration some_time(unsigned* x) {
  const unsigned n = next_random(x) >> 24;
  return n % 2 == 0 ? rt0::hours(1) : rt0::us(n);
}

// A tree with three children per node. For some of them a goroutine waits until they end, some are cancelled, and the
// rest is just dropped.
void grow(const context::Context& parent, int depth, unsigned* x, WaitGroup* wg) {
  if (depth == 0) return;
  for (int k = 0; k < 3; k++) {
    const context::Context named = context::with_value(parent, depth_key, depth);
    const auto [ctx, cancel] =
        next_random(x) >> 30 == 0 ? context::with_timeout(named, some_time(x)) : context::with_cancel(named);
    if (const int* d = ctx.value(depth_key); d == nullptr || *d != depth) bad.add(1);
    if (next_random(x) >> 30 == 0)
      wg->go([ctx = ctx] {
        ctx.done().recv();
        if (!ctx.err()) bad.add(1);
      });
    if (next_random(x) >> 30 == 0) {
      auto stop = context::after_func(ctx, [] { ran.add(1); });
      if (next_random(x) >> 31 == 0 && stop()) stopped.add(1);
      else ran.add(-1);
    }
    grow(ctx, depth - 1, x, wg);
    if (next_random(x) >> 31 == 0) wg->go([cancel = cancel] { cancel(); });
  }
}

void round(int i) {
  WaitGroup wg;
  unsigned x = static_cast<unsigned>(i);
  const auto [root, cancel] = context::with_cancel(context::background());
  for (int k = 0; k < 4; k++)
    wg.go([&, k, root = root] {
      unsigned y = x + static_cast<unsigned>(k) * 77u;
      grow(root, 3, &y, &wg);
    });
  rt0::gosched();
  cancel();
  if (root.err() != context::kCanceled) bad.add(1);
  wg.wait();
}

}  // namespace

int main(int, char** argv) {
  int rounds = 0;
  for (const char* s = argv[1]; *s != '\0'; s++) rounds = 10 * rounds + (*s - '0');
  rt0::usize before = 0;
  for (int i = 0; i < rounds; i++) {
    round(i);
    if (i == rounds / 10) {
      rt0::sleep(rt0::ms(20));
      before = rt0::heap_stats().live_objects;
    }
  }
  rt0::sleep(rt0::ms(50));  // functions of contexts may still be running
  const rt0::usize after = rt0::heap_stats().live_objects;
  rt0::println("bad", bad.load(), "functions", ran.load());
  rt0::println(after > before ? "grown" : "steady", static_cast<long>(after - before));
}
