// What happens when a resource runs out, or when threads or the world are stopped often: limits WHAT [ARGUMENT].
#include <rt0/rt0.h>

#include "words.h"

using namespace rt0;

namespace {

// Each goroutine keeps a thread for itself.
void threads(int n) {
  Chan<Unit> never(0);
  for (int i = 0; i < n; i++)
    go([never] {
      lock_os_thread();
      (void)never.recv();
    });
  for (int i = 0; i < n; i++) sleep(ms(1));
  println("all", n, "have a thread");
}

// Allocates until no memory is left.
void memory() {
  for (size_t n = 0;; n++) {
    auto* p = new char[1 << 20];
    for (size_t i = 0; i < 1 << 20; i += 4096) p[i] = static_cast<char>(n);
    __asm__ volatile("" ::"r"(p) : "memory");
  }
}

// Starts goroutines until no memory is left.
void goroutines() {
  Chan<Unit> never(0);
  for (;;) go([never] { (void)never.recv(); });
}

// 50 goroutines are in open(2) of a FIFO that has no writer; others must go on. Then a writer opens it.
void blocked(const char* fifo) {
  constexpr int kReaders = 50;
  atomic::Int64 opened, turns;
  WaitGroup wg;
  for (int i = 0; i < kReaders; i++)
    wg.go([&, fifo] {
      auto [f, err] = os::open(fifo);
      if (err) println(err);
      opened.add(1);
      char b[8];
      // The first reader gets the data, the others the end of file.
      while (!f.read(b, sizeof(b)).err) {}
    });
  const Time began = now();
  while (since(began) < ms(300)) {
    turns.add(1);
    sleep(us(100));
  }
  println("opened", opened.load(), "others went on", turns.load() > 10);
  {
    auto [f, err] = os::open_file(fifo, os::O_WRONLY, 0);
    if (err) println(err);
    while (opened.load() < kReaders) sleep(ms(1));
    (void)f.write("hello");
    (void)f.close();
  }
  wg.wait();
  println("opened", opened.load());
}

// GOMAXPROCS changes all the time, while goroutines compute, wait, sleep and make system calls.
void procs(int rounds) {
  atomic::Bool stop;
  atomic::Int64 sum, changes;
  WaitGroup work, change;
  Chan<int> c(4), d(0);
  for (int i = 0; i < 4; i++) {
    work.go([&] {
      for (int v : c) d.send(v);
    });
    work.go([&] {
      for (int v : d) sum.add(v);
    });
  }
  long long sent = 0;
  for (int i = 0; i < 8; i++)
    work.go([&] {
      auto [f, err] = os::open("/dev/zero");
      char b[64];
      while (!stop.load()) {
        if (f.read(b, sizeof(b)).err) println("read");
        sleep(us(50));
      }
    });
  for (int i = 0; i < 2; i++)
    work.go([&] {
      while (!stop.load())  // calls nothing of the runtime, so it must be preempted
        for (int k = 0; k < 100000; k++) __asm__ volatile("");
    });
  for (int id = 0; id < 4; id++)
    change.go([&, id] {
      for (int i = 0; i < rounds; i++) {
        const int n = 1 + (i * 7 + id * 3) % 9;
        if (set_gomaxprocs(n) < 1) println("GOMAXPROCS below 1");
        changes.add(1);
        gosched();
      }
    });
  Chan<Unit> changed(0);
  go([&] {
    change.wait();
    changed.close();
  });
  for (int v = 1; changes.load() < 4 * rounds; v++) {
    c.send(v);
    sent += v;
  }
  (void)changed.recv();
  stop.store(true);
  c.close();
  while (sum.load() < sent) sleep(ms(1));
  d.close();
  work.wait();
  println("changes", changes.load(), "lost", sent - sum.load());
  (void)set_gomaxprocs(3);
  println(set_gomaxprocs(0), gomaxprocs_now());
}

// Makes n threads that end, while the world is stopped again and again, so that the creating threads are asked to
// yield. Each runs a goroutine that only a signal can stop, until the world has been stopped twice more.
void births(int n) {
  atomic::Bool over;
  atomic::Int64 stops;
  WaitGroup change, work;
  for (int id = 0; id < 2; id++)
    change.go([&, id] {
      for (int i = 0; !over.load(); i++) {
        (void)set_gomaxprocs(4 + (i + id) % 3);
        stops.add(1);
        gosched();
      }
    });
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < 4; k++)
      work.go([&] {
        lock_os_thread();
        for (const long long until = stops.load() + 2; stops.load() < until;) {}
      });
    work.wait();
  }
  over.store(true);
  change.wait();
  println("all have ended");
}

}  // namespace

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  const int n = argc > 2 ? static_cast<int>(number(argv[2])) : 0;
  if (same(what, "threads")) {
    println("limit", set_max_threads(n));
    threads(3 * n);
  }
  if (same(what, "eagain")) threads(n);
  if (same(what, "memory")) memory();
  if (same(what, "goroutines")) goroutines();
  if (same(what, "blocked")) blocked(argv[2]);
  if (same(what, "procs")) procs(n);
  if (same(what, "births")) births(n);
}
