// The roots that a collector would use: objects that are held in very different ways are marked, wherever the only
// pointer to them is, and most objects that nothing holds are not. Their addresses are recorded in a form that no scan
// takes for a pointer.
#include <rt0/rt0.h>

#include "kernel_iface/kernel.h"
#include "lib/io/os_file.h"
#include "mem/malloc.h"
#include "mem/mark.h"
#include "runtime/gc/roots.h"
#include "sched/stw.h"
#include "words.h"

using namespace rt0;

namespace {

constexpr unsigned kHeld = 11, kGarbage = 200;
constexpr usize kHide = ~usize{0} / 3;  // 0x5555…: an address hidden with it is never one of the heap's

usize held[kHeld], garbage[kGarbage];
Atomic<u32> standing{0}, stop{0}, ran{0};
void* global = nullptr;
void* chain = nullptr;

struct Node {
  void* next;
  usize mark;
};

[[gnu::noinline]] Node* hidden(usize* at) {
  Node* n = static_cast<Node*>(mallocgc(sizeof(Node), alignof(Node)));
  *n = {nullptr, 0x1234};
  *at = reinterpret_cast<usize>(n) ^ kHide;
  return n;
}

// Uses the object, so that the compiler must keep the pointer until here.
void keep(Node* n) {
  if (static_cast<volatile Node*>(n)->mark != 0x1234) {
    println("an object is damaged");
    exit(1);
  }
}

[[gnu::noinline]] void leave_garbage() {
  for (usize& at : garbage) (void)hidden(&at);
}

// A timer that is reachable through its P only.
[[gnu::noinline]] void leave_timer() {
  after_func(seconds(100), [p = hidden(&held[10])] { keep(p); });
}

// Overwrites the stack where the last calls' frames were.
[[gnu::noinline]] usize overwrite(unsigned depth) {
  volatile usize room[32];
  for (volatile usize& r : room) r = depth;
  return depth == 0 ? room[3] : overwrite(depth - 1) + room[5];
}

struct Work {
  static constexpr unsigned kRoom = 4096;
  ObjectRef todo[kRoom];
  unsigned n = 0, roots = 0;
  bool full = false;
};
Work* work;

void mark_range(void*, const G*, uintptr lo, uintptr hi) {
  work->roots++;
  for (uintptr a = lo; a < hi; a += kPtrSize) {
    const ObjectRef o = find_object(*reinterpret_cast<const volatile uintptr*>(a));
    if (o.span == nullptr || !gcmark(o) || o.noscan()) continue;
    if (work->n < Work::kRoom) work->todo[work->n++] = o;
    else work->full = true;
  }
}

void mark_all() {
  gcmark_clear();
  for_each_root(mark_range, nullptr);
  while (work->n > 0) {
    const ObjectRef o = work->todo[--work->n];
    mark_range(nullptr, nullptr, o.base(), o.base() + o.size());
  }
}

void start(bool spin) {
  static Chan<Unit>& never = *new Chan<Unit>(0);
  static WaitGroup& group = *new WaitGroup;
  group.add(1);
  go([] {
    Node* n = hidden(&held[0]);
    standing.add_acqrel(1);
    (void)never.recv();
    keep(n);
  });
  go([] {
    Node* n = hidden(&held[1]);
    standing.add_acqrel(1);
    sleep(seconds(100));
    keep(n);
  });
  go([] {
    Node* n = hidden(&held[2]);
    standing.add_acqrel(1);
    group.wait();
    keep(n);
  });
  go([] {
    Node* n = hidden(&held[3]);
    (void)os::blocking_call([] {
      standing.add_acqrel(1);
      kernel->usleep(30000000);  // longer than the program runs
      return SysResult{};
    });
    keep(n);
  });
  go([spin] {
    Node* n = hidden(&held[4]);
    standing.add_acqrel(1);
    while (__atomic_load_n(&stop.v, __ATOMIC_ACQUIRE) == 0)
      if (!spin) gosched();
    keep(n);
  });
  go([] {
    Node* n = hidden(&held[5]);
    lock_os_thread();
    standing.add_acqrel(1);
    (void)never.recv();
    keep(n);
  });
}

[[gnu::noinline]] bool marked(usize hidden_address) {
  const ObjectRef o = find_object(hidden_address ^ kHide);
  return o.span != nullptr && gcmarked(o);
}

}  // namespace

int main(int argc, char** argv) {
  work = static_cast<Work*>(mallocgc_noscan(sizeof(Work), alignof(Work)));
  *work = {};
  start(argc > 1 && same(argv[1], "spin"));
  while (standing.load_acquire() < 6) gosched();
  sleep(ms(20));
  global = hidden(&held[6]);
  Node* outer = hidden(&held[7]);
  outer->next = hidden(&held[8]);
  leave_garbage();
  leave_timer();
  // A goroutine that has not run when the world stops. With several Ps another P may run it before that: then it no
  // longer holds its object, and the loop tries the next one. It ends when the world stops first.
  for (;;) {
    ran.store_release(0);
    go([p = hidden(&held[9])] {
      ran.store_release(1);
      keep(p);
    });
    (void)overwrite(20);
    stopTheWorld();
    if (ran.load_acquire() == 0) break;
    startTheWorld(0);
  }
  mark_all();
  unsigned lost = 0, kept = 0;
  for (unsigned i = 0; i < kHeld; i++)
    if (!marked(held[i])) lost |= 1u << i;
  for (const usize g : garbage) kept += marked(g);
  const bool full = work->full || gcmark_failed;
  const unsigned roots = work->roots;
  startTheWorld(0);
  stop.store_release(1);
  keep(outer);
  keep(static_cast<Node*>(global));
  if (lost != 0) println("not found:", lost);
  if (full) println("no room");
  if (kept > kGarbage / 4) println("of", kGarbage, "objects that nobody holds", kept, "are found");
  if (roots < 10) println("few roots:", roots);
  println("roots ok");
}
