// Objects of all sizes, each filled with its own pattern, freed in another order, by several goroutines at once: no two
// may overlap, and freed memory must be used again.
#include <rt0/rt0.h>

namespace {

constexpr unsigned kWorkers = 8, kSlots = 200, kRounds = 4000;
unsigned running = kWorkers;

struct alignas(4096) Page {
  unsigned char bytes[4096];
};

struct Object {
  unsigned char* p;
  unsigned long n;
};

void fail(const char* what, unsigned long n) {
  rt0::println(what, n);
  rt0::exit(1);
}

unsigned long size_of(unsigned random) {
  switch (random % 16) {
    case 0: return 33000 + random % 200000;  // whole pages
    case 1: return random % 33000;
    default: return random % 600;
  }
}

// Calls f for the first, the last and some bytes between, which carry the object's mark.
template <class F>
void marks(const Object& o, F f) {
  if (o.n == 0) return;
  for (unsigned long i = 0; i < o.n; i += 61) f(o.p[i]);
  f(o.p[o.n - 1]);
}

void worker(unsigned id) {
  Object slots[kSlots] = {};
  unsigned random = id * 2654435761u + 1;
  for (unsigned r = 0; r < kRounds; r++) {
    random = random * 1664525u + 1013904223u;
    const unsigned s = random >> 8 & 0xffff;
    Object& o = slots[s % kSlots];
    const auto mark = static_cast<unsigned char>(id * 31 + s % kSlots);
    if (o.p != nullptr) {
      marks(o, [&](unsigned char& b) {
        if (b != mark) fail("damaged object of size", o.n);
      });
      ::operator delete(o.p);
      o = {};
    } else {
      o.n = size_of(random >> 4);
      o.p = static_cast<unsigned char*>(::operator new(o.n));
      if (reinterpret_cast<unsigned long>(o.p) % (o.n <= 8 ? 8 : 16) != 0) fail("misaligned object of size", o.n);
      marks(o, [&](unsigned char& b) { b = mark; });
    }
    if (r % 64 == 0) rt0::gosched();
  }
  for (Object& o : slots) ::operator delete(o.p);
  __atomic_sub_fetch(&running, 1, __ATOMIC_RELEASE);
}

}  // namespace

int main() {
  for (unsigned i = 0; i < kWorkers; i++) rt0::go([i] { worker(i); });
  while (__atomic_load_n(&running, __ATOMIC_ACQUIRE) > 0) rt0::gosched();

  // Larger than an arena, again and again: only if each is given back is there room for 64 times 200 MB.
  for (int i = 0; i < 64; i++) {
    auto* big = new unsigned char[200ul << 20];
    big[0] = big[(200ul << 20) - 1] = 1;
    delete[] big;
  }
  // The same small object again, because freed memory is used first.
  auto* a = new int;
  delete a;
  auto* b = new int;
  if (a != b) fail("a freed object is not used again", sizeof(int));
  delete b;
  auto* page = new Page;
  if (reinterpret_cast<unsigned long>(page) % alignof(Page) != 0) fail("misaligned", alignof(Page));
  delete page;
  rt0::println("heap ok");
}
