#include "hosted/goroutines.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>

#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "rt0/panic.h"
#include "runtime/panic/panic.h"
#include "sched/proc.h"
#include "sched/rand.h"

namespace rt0 {
namespace hosted {
namespace {
std::atomic<int> parked_now{0};
std::atomic<int> blocks{0};
}  // namespace

ThisThreadIsGoroutine::ThisThreadIsGoroutine() {
  g.m = &m.m;
  m.m.curg.store_relaxed(&g);
  Isa::setg(&g);
}
ThisThreadIsGoroutine::~ThisThreadIsGoroutine() { Isa::setg(&m.g0); }

void Goroutines::go(std::function<void()> f) {
  threads_.emplace_back([f] {
    ThisThreadIsGoroutine self;
    f();
    if (self.m.m.locks != 0) std::abort();
  });
}
void Goroutines::join() {
  for (std::thread& t : threads_) t.join();
  threads_.clear();
}

int parked() { return parked_now; }
void wait_until_parked(int n) {
  while (parked_now < n) std::this_thread::yield();
}
int live_blocks() { return blocks; }

}  // namespace hosted

// As in the runtime, unlockf runs at a point where only a wake-up lets the goroutine go on; a wake-up may come before
// unlockf returns.
void gopark(bool (*unlockf)(G*, void*), void* lock_arg, WaitReason) {
  auto* gp = static_cast<hosted::ThisThreadIsGoroutine::Parked*>(getg());
  hosted::parked_now++;
  if (unlockf != nullptr && !unlockf(gp, lock_arg)) {
    hosted::parked_now--;
    return;
  }
  if (gp->m->locks != 0) std::abort();
  std::unique_lock l(gp->lock);
  gp->wake.wait(l, [gp] { return gp->ready; });
  gp->ready = false;
  hosted::parked_now--;
}

void goready(G* g) {
  // The goroutine may run at once and free the memory in which the lock lies.
  if (getg()->m->locks != 0) throw_("goready: the caller holds a lock");
  auto* gp = static_cast<hosted::ThisThreadIsGoroutine::Parked*>(g);
  const std::lock_guard l(gp->lock);
  if (gp->ready) throw_("goready: it is ready already");
  gp->ready = true;
  gp->wake.notify_one();
}

void panic_plain(const char* text) { throw hosted::Panicked(text); }
void panic_any(Any value) {
  const PrintArg a = value.type->operand(value.data);
  throw hosted::Panicked(a.kind == PrintArg::Kind::string ? std::string(a.string.ptr, a.string.len) : "a value");
}

// A panic is a C++ exception here: it runs the destructors of Undo, and no deferred call.
void detail::defer_push(DeferRecord*) {}
void detail::defer_pop(DeferRecord*) {}
bool detail::is_panicking() { return false; }
void detail::defer_until_recovered(DeferRecord*) { std::abort(); }

void* malloc_or_die(usize n, usize align) {
  hosted::blocks++;
  return std::aligned_alloc(align, align_up(n, align));
}
void heap_free(void* p) {
  hosted::blocks--;
  std::free(p);
}

u32 cheaprand() {
  u64& s = getg()->m->rand_state;
  s = s * 6364136223846793005u + 1442695040888963407u;
  return static_cast<u32>(s >> 32);
}
u32 cheaprandn(u32 n) { return static_cast<u32>((static_cast<u64>(cheaprand()) * n) >> 32); }

}  // namespace rt0
