// Objects with finalizers, kept and released in every way: finalizers WHAT.
#include <rt0/rt0.h>

#include "words.h"

using namespace rt0;

namespace {

atomic::Int64 finalized;
atomic::Bool gone[10];  // by id

struct Node {
  Node* next = nullptr;
  int id = 0;
  char room[40] = {};
};

[[gnu::noinline]] Node* make(int id) {
  Node* n = new Node;
  n->id = id;
  set_finalizer(n, [](Node* p) {
    finalized.add(1);
    if (p->id < 10) gone[p->id].store(true);
    delete p;
  });
  return n;
}

// Overwrites what earlier calls left on the stack, so that no stale pointer keeps an object.
[[gnu::noinline]] void scrub() {
  volatile char room[4096];
  for (size_t i = 0; i < sizeof(room); i++) room[i] = 0;
}

// The number of objects that a collection started here finalizes.
[[gnu::noinline]] long long collected() {
  const long long before = finalized.load();
  for (int i = 0; i < 3; i++) {
    gc();
    sleep(ms(1));
  }
  return finalized.load() - before;
}

// Prints whether the object is still there after a collection.
void kept(const char* by, int id) {
  (void)collected();
  println(by, !gone[id].load());
}

Node* global;

[[gnu::noinline]] void by_global() {
  global = make(1);
  kept("global", 1);
  global = nullptr;
}

[[gnu::noinline]] void by_heap() {
  global = reinterpret_cast<Node*>(new Node*[100]);
  reinterpret_cast<Node**>(global)[57] = make(2);
  kept("heap", 2);
  reinterpret_cast<Node**>(global)[57] = nullptr;  // the collector reads freed memory, too
  delete[] reinterpret_cast<Node**>(global);
  global = nullptr;
}

// Three objects in a chain, all with finalizers; a pointer to the first, later only one into the middle, keeps all.
[[gnu::noinline]] void by_chain() {
  global = make(3);
  global->next = make(4);
  global->next->next = make(5);
  kept("chain", 5);
  global = reinterpret_cast<Node*>(&global->room[20]);
  kept("interior", 5);
  global = nullptr;
}

// Another goroutine has the only pointer, on its stack or in a register, while it waits, runs, or is in the kernel.
template <class F, class R>
[[gnu::noinline]] void by_goroutine(const char* how, int id, F wait, R release) {
  WaitGroup wg;
  wg.go([=] {
    Node* n = make(id);
    wait();
    __asm__ volatile("" ::"r"(n) : "memory");
  });
  sleep(ms(5));
  kept(how, id);
  release();
  wg.wait();
}

void stacks(const char* fifo) {
  {
    Chan<int> c(0);
    by_goroutine("waits", 6, [=] { (void)c.recv(); }, [=] { c.close(); });
  }
  {
    Chan<int> c(0);
    by_goroutine(
        "runs", 7,
        [=] {
          while (!c.try_recv().ready)
            for (int k = 0; k < 100000; k++) __asm__ volatile("");
        },
        [=] { c.close(); });
  }
  {
    // Opening the FIFO a second time, for writing, ends the first open.
    by_goroutine("kernel", 8, [=] { (void)os::open(fifo); }, [=] { (void)os::open_file(fifo, os::O_WRONLY, 0); });
  }
}

// A finalizer may make its object reachable again, and set another finalizer.
[[gnu::noinline]] void again() {
  set_finalizer(new Node, [](Node* p) {
    finalized.add(1);
    global = p;
    set_finalizer(p, [](Node* q) {
      finalized.add(1);
      delete q;
    });
  });
}

[[gnu::noinline]] void cleared() {
  Node* n = make(9);
  set_finalizer<Node>(n, nullptr);
  delete n;
}

[[gnu::noinline]] void litter(int n) {
  for (int i = 0; i < n; i++) (void)make(i);
}

void many() {
  constexpr long long kFew = 20;  // that a word in a register, on a stack or in freed memory may keep by chance
  WaitGroup wg;
  for (int g = 0; g < 8; g++)
    wg.go([] {
      for (int round = 0; round < 10; round++) {
        litter(200);
        gc();
      }
    });
  wg.wait();
  // The finalizers run in a goroutine of their own, which on a busy machine may come late. So this gives up only when
  // 100 collections in a row, and ten seconds, have passed in which none ran: then marking has kept the rest.
  int idle = 0;
  long long seen = -1;
  for (Time last; finalized.load() < 16000 - kFew && (idle < 100 || since(last) < seconds(10)); idle++) {
    (void)collected();
    if (finalized.load() == seen) continue;
    seen = finalized.load();
    last = now();
    idle = 0;
  }
  println("finalized all but a few", finalized.load() >= 16000 - kFew, "none twice", finalized.load() <= 16000);
  if (finalized.load() < 16000 - kFew) println("kept by marking:", 16000 - finalized.load());
}

void misuse(const char* how) {
  Node* n = new Node;
  void (*f)(Node*) = [](Node*) {};
  if (same(how, "nil")) set_finalizer<Node>(nullptr, f);
  if (same(how, "stack")) {
    Node on_stack;
    set_finalizer(&on_stack, f);
  }
  if (same(how, "middle")) set_finalizer(reinterpret_cast<Node*>(n->room), f);
  if (same(how, "twice")) {
    set_finalizer(n, f);
    set_finalizer(n, f);
  }
  if (same(how, "global")) {
    static Node never;
    set_finalizer(&never, f);
    println("global", collected());
  }
}

}  // namespace

int main(int, char** argv) {
  const char* what = argv[1];
  if (same(what, "kept")) {
    by_global();
    by_heap();
    by_chain();
    stacks(argv[2]);
    scrub();
    (void)collected();
    println("all", finalized.load());
  }
  if (same(what, "again")) {
    again();
    scrub();
    const long long first = collected();
    println("first", first, global != nullptr);
    global = nullptr;
    scrub();
    println("second", collected());
    cleared();
    println("cleared", collected());
  }
  if (same(what, "many")) many();
  if (same(what, "misuse")) misuse(argv[2]);
}
