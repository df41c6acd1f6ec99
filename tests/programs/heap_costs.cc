// Costs that memory must not have: each case prints "ok", or what it measured. Each time is the shortest of several,
// and times are compared only with each other.
#include <rt0/rt0.h>

extern "C" {
void* realloc(void*, size_t);
void* malloc(size_t);
void free(void*);
}

namespace {

constexpr size_t kPage = 8192;
constexpr bool kLarge = sizeof(void*) == 8;

void keep(void* p) { asm volatile("" ::"r"(p) : "memory"); }

void verdict(bool ok, const char* what, long long a, long long b) {
  if (ok) rt0::println("ok");
  else rt0::println(what, a, b);
}

// ns per allocation of 17 pages, without freeing: the shortest of 10 rounds.
long long large_object_ns() {
  constexpr int kRounds = 10, kEach = 20;
  long long best = 1ll << 60;
  for (int round = 0; round < kRounds; round++) {
    const auto begin = rt0::now();
    for (int i = 0; i < kEach; i++) keep(new char[17 * kPage]);
    const long long ns = rt0::since(begin).count / kEach;
    if (ns < best) best = ns;
  }
  return best;
}

// There are many free runs, each one page too short.
void runs() {
  constexpr int kRuns = kLarge ? 20000 : 2000;
  static char* shorter[kRuns];
  for (char*& p : shorter) {
    p = new char[16 * kPage];
    keep(new char[9 * kPage]);
  }
  const long long before = large_object_ns();
  for (char* p : shorter) delete[] p;
  const long long after = large_object_ns();
  verdict(after < 10 * before + 5000, "ns for an object without and with many free runs:", before, after);
}

// Two arrays that grow in turn, by half a page each time. Bytes copied are counted; time is not measured.
void growing() {
  constexpr size_t kMost = 16 << 20, kStep = kPage / 2;
  char* p[2] = {};
  size_t copied = 0;
  for (size_t n = kStep; n <= kMost; n += kStep)
    for (char*& a : p) {
      char* old = a;
      a = static_cast<char*>(realloc(a, n));
      if (old != nullptr && a != old) copied += n - kStep;
      a[n - 1] = static_cast<char>(n / kStep);
    }
  bool right = true;
  for (char* a : p) {
    for (size_t n = kStep; n <= kMost; n += kStep) right = right && a[n - 1] == static_cast<char>(n / kStep);
    free(a);
  }
  verdict(right && copied < 2 * 12 * kMost, "bytes copied, bytes in the end:", static_cast<long long>(copied),
          2 * kMost);
}

// An array with free pages after it grows in place, also beyond its arena's end if the next arena is the heap's, too.
void in_place() {
  constexpr size_t kFirst = 100 * 1024, kMost = kLarge ? 30 << 20 : 2 << 20, kArena = kLarge ? 64 << 20 : 4 << 20;
  void* p = malloc(kFirst);
  int moved = 0;
  for (size_t n = kFirst; n < kMost; n += 10000) {
    void* q = realloc(p, n);
    moved += q != p;
    p = q;
  }
  free(p);
  p = malloc(kArena + kArena / 4);
  for (size_t n = kArena + kArena / 4; n < kArena + kArena / 2; n += 100000) {
    void* q = realloc(p, n);
    moved += q != p;
    p = q;
  }
  static_cast<char*>(p)[kArena + kArena / 2 - 100001] = 1;
  free(p);
  verdict(moved == 0, "times an array moved that was alone:", moved, 0);
}

long long churn_ns() {
  static char* p[2000];
  unsigned long long random = 88172645463325252ull;
  const auto begin = rt0::now();
  for (int i = 0; i < 100000; i++) {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    const size_t k = random % 2000, n = 1000 + random / 2000 % 60000;
    delete[] p[k];
    p[k] = new char[n];
    for (size_t at = 0; at < n; at += 4096) p[k][at] = 1;
  }
  return rt0::since(begin).count;
}

// More memory is in use than the limit allows.
void limit() {
  (void)churn_ns();
  const long long before = churn_ns();
  rt0::set_memory_limit(10 << 20);
  (void)churn_ns();
  long long after = churn_ns();
  for (int i = 0; i < 4; i++)
    if (const long long ns = churn_ns(); ns < after) after = ns;
  verdict(after < 5 * before, "ms without and with a limit:", before / 1000000, after / 1000000);
}

bool is(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}

}  // namespace

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  if (is(what, "runs")) runs();
  else if (is(what, "growing")) growing();
  else if (is(what, "in_place")) in_place();
  else limit();
}
