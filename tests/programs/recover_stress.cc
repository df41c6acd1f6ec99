// Goroutines panic and recover a million times in all, with values that need the heap, values that do not, and some
// faults. argv[1]: the number of times. Prints "ok" if every value came back, and "steady" if the process has not grown
// meanwhile.
#include <rt0/rt0.h>

struct Large {
  long words[40];
};

static long pages() {
  auto f = rt0::os::open("/proc/self/statm");
  if (f.err) return -1;
  char text[128] = {};
  auto n = f.value.read(text, sizeof(text) - 1);
  (void)f.value.close();
  if (n.err) return -1;
  const char* p = text;
  while (*p != ' ' && *p != '\0') p++;
  long v = 0;
  for (p++; *p >= '0' && *p <= '9'; p++) v = v * 10 + (*p - '0');
  return v;
}

static bool once(int i) {
  bool good = false;
  rt0::func([&] {
    rt0::Defer d([&] {
      const rt0::Recovered r = rt0::recover();
      if (i % 100 == 0) good = r.is<rt0::RuntimeError>();
      else if (i % 10 == 0) good = r.as<Large>().words[39] == i;
      else good = r.as<int>() == i;
    });
    volatile int* volatile nowhere = nullptr;
    if (i % 100 == 0) *nowhere = 1;
    if (i % 10 == 0) {
      Large l = {};
      l.words[39] = i;
      rt0::panic(l);
    }
    rt0::panic(i);
  });
  return good;
}

static bool round(int n) {
  constexpr int kGoroutines = 8;
  rt0::WaitGroup wg;
  rt0::atomic::Int32 bad;
  for (int g = 0; g < kGoroutines; g++)
    wg.go([&] {
      for (int i = 1; i <= n / kGoroutines; i++)
        if (!once(i)) bad.add(1);
    });
  wg.wait();
  return bad.load() == 0;
}

int main(int argc, char** argv) {
  int n = 0;
  for (const char* p = argc > 1 ? argv[1] : "1000000"; *p != '\0'; p++) n = n * 10 + (*p - '0');
  bool good = round(n / 10);
  const long before = pages();
  good = round(n) && good;
  const long after = pages();
  rt0::println(good ? "ok" : "wrong value", before > 0 && after - before <= 64 ? "steady" : "grown", after - before);
  return good ? 0 : 1;
}
