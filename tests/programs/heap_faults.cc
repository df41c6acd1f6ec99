// heap_faults N: the N-th request for memory after the start of main fails (dev builds). The program uses everything
// that asks for memory: objects, goroutines, channels, select, timers, files, pools, contexts. It must end well, with
// an error, or with a fatal error. Prints "unmet" if there were fewer requests.
#include <rt0/rt0.h>

#include "mem/sysmem.h"
#include "words.h"

using namespace rt0;

namespace {

int failures = 0;

void objects() {
  char* all[40];
  for (int i = 0; i < 40; i++) all[i] = new char[static_cast<size_t>(i) * i * 40];
  for (char* p : all) delete[] p;
}

void channels() {
  Chan<int> c(2), d(0);
  WaitGroup wg;
  for (int i = 0; i < 20; i++)
    wg.go([c, d, i]() mutable {
      c.send(i);
      select(recv(d, [](int) {}), recv(after(ms(1)), [](Time) {}));
    });
  for (int i = 0; i < 20; i++) (void)c.recv();
  wg.wait();
}

void timers() {
  Chan<int> done(10);
  for (int i = 0; i < 10; i++) (void)after_func(ms(i), [done]() mutable { done.send(1); });
  for (int i = 0; i < 10; i++) (void)done.recv();
  Ticker t = new_ticker(ms(1));
  (void)t.c().recv();
  t.stop();
}

void files(const char* self) {
  auto [content, err] = os::read_file(self);
  if (err) failures++;
  auto [pipe, err2] = os::pipe();
  if (err2) {
    failures++;
    return;
  }
  (void)pipe.w.write("x", 1);
  char b[4];
  (void)pipe.r.read(b, 1);
}

}  // namespace

int main(int argc, char** argv) {
  malloc_requests.store_relaxed(0);
  const u32 n = argc > 1 ? static_cast<u32>(number(argv[1])) : 0;
  malloc_fail_at.store_relaxed(n);
  objects();
  channels();
  timers();
  files(argc > 2 ? argv[2] : "/dev/null");
  if (malloc_requests.load_relaxed() < n) println("unmet");
  println("errors", failures);
}
