// A test of the heap as an allocator: random sizes, alignments and lifetimes, objects freed by another goroutine than
// the one that made them, and every byte compared later. Prints the memory that this took. RT0_HEAP_SECONDS: how long
// (default 2). tests/unit/hosted/heap_twin.cc includes this file, to run it on a C++ library and threads.
#ifndef HOSTED
#include <rt0/rt0.h>
#endif

namespace {

constexpr unsigned kWorkers = 8, kSlots = 2048;

#ifndef HOSTED
rt0::Time start;
using Count = unsigned long;
void add(Count& c, unsigned long n) { __atomic_add_fetch(&c, n, __ATOMIC_SEQ_CST); }
unsigned long get(Count& c) { return __atomic_load_n(&c, __ATOMIC_SEQ_CST); }
void* take(unsigned long n) { return ::operator new(n); }
void give(void* p) { ::operator delete(p); }
void yield() { rt0::gosched(); }
long long now_ms() { return rt0::since(start).count / 1000000; }
#endif

struct Object {
  unsigned char* p;
  unsigned long n;
  unsigned seed;
};

// All workers share the slots: a worker fills a slot that it finds empty, and may empty one that it finds full. `busy`
// is a lock that is only tried, never waited for. It has four bytes, because some ISAs have no smaller atomics.
struct Slot {
  unsigned busy;
  Object o;
};
Slot slots[kSlots];
Count live_bytes, most_bytes, operations, done_workers, damaged;
unsigned seconds = 2;

unsigned long size_of(unsigned r) {
  const unsigned k = r >> 24;
  if (k < 2) return 33000 + (r & 0x7ffff);
  if (k < 24) return r % 33000;
  if (k < 48) return r % 9;
  return r % 700;
}

// Only some bytes of a large object; otherwise filling would take nearly all of the time.
template <class F>
void bytes(const Object& o, F f) {
  const unsigned long step = o.n > 4096 ? 509 : 1;
  unsigned x = o.seed;
  for (unsigned long i = 0; i < o.n; i += step)
    f(o.p[i], static_cast<unsigned char>((x = x * 1664525u + 1013904223u) >> 24));
}

void turn(Slot& s, unsigned r) {
  Object& o = s.o;
  if (o.p != nullptr) {
    bytes(o, [](unsigned char& b, unsigned char want) {
      if (b != want) add(damaged, 1);
    });
    give(o.p);
    add(live_bytes, 0 - o.n);
    o.p = nullptr;
    return;
  }
  o = {nullptr, size_of(r), r};
  o.p = static_cast<unsigned char*>(take(o.n));
  add(live_bytes, o.n);
  if (get(live_bytes) > get(most_bytes)) most_bytes = get(live_bytes);
  bytes(o, [](unsigned char& b, unsigned char want) { b = want; });
}

void worker(unsigned id) {
  unsigned r = id * 2654435761u + 1;
  const long long end = now_ms() + seconds * 1000LL;
  for (unsigned long i = 1;; i++) {
    r = r * 1664525u + 1013904223u;
    Slot& s = slots[(r >> 8) % kSlots];
    r = r * 1664525u + 1013904223u;
    if (__atomic_exchange_n(&s.busy, 1, __ATOMIC_ACQUIRE) == 0) {
      turn(s, r);
      __atomic_store_n(&s.busy, 0, __ATOMIC_RELEASE);
    }
    if (i % 256 != 0) continue;
    add(operations, 256);
    if (now_ms() >= end) break;
    yield();
  }
  add(done_workers, 1);
}

}  // namespace

#ifndef HOSTED

namespace {

struct Line {
  const char* at;
  size_t n;
  const char* data() const { return at; }
  size_t size() const { return n; }
};

// Prints the lines "VmHWM" and "VmRSS" of /proc/self/status, if that file exists.
void show_memory() {
  auto [content, err] = rt0::os::read_file("/proc/self/status");
  if (err) return;
  const char* at = content.data();
  const char* end = at + content.size();
  while (at < end) {
    const char* line = at;
    while (at < end && *at != '\n') at++;
    const bool wanted = at - line > 5 && line[0] == 'V' && line[1] == 'm' && (line[2] == 'H' || line[2] == 'R');
    if (wanted) rt0::fmt::println(Line{line, static_cast<size_t>(at - line)});
    at++;
  }
}

}  // namespace

int main() {
  if (const char* s = rt0::getenv("RT0_HEAP_SECONDS"); s != nullptr && *s != '\0')
    for (seconds = 0; *s != '\0'; s++) seconds = seconds * 10 + static_cast<unsigned>(*s - '0');
  start = rt0::now();
  for (unsigned i = 0; i < kWorkers; i++) rt0::go([i] { worker(i); });
  while (get(done_workers) < kWorkers) rt0::sleep(rt0::ms(5));
  show_memory();
  rt0::fmt::println("operations", operations, "most_live_kB", most_bytes / 1024, "damaged", damaged);
  for (Slot& s : slots) give(s.o.p);
  return damaged == 0 ? 0 : 1;
}

#endif
