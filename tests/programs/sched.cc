// Errors of the scheduler that ordinary programs once ran into: sched MODE. Other modes: see their functions.
//   wired        again and again a goroutine locked to its thread is next on a P whose goroutine need not wait
//   refused      the same with goroutines that are not locked
//   busy_reader  a reader is woken on one P beside loops that call nothing, although no M waits for the network
//   moved        a closure's move constructor yields and waits
//   inherited    a goroutine locked to its thread names the thread; at the end counts the threads with that name
//   small_spin   two goroutines with stacks as in small_stack wait in loops for each other
//   small_stack  a loop in a stack of 16 KiB, and one in a frame that nearly fills a default stack, can be preempted
#include <rt0/rt0.h>

#include "words.h"

using namespace rt0;

namespace {

// R parks in a read of a pipe. D, on another P, moves the deadline to the past and away again, so that R's wait is
// refused now and then. Each time one of two goroutines is next on R's P. wire: they are locked to threads.
int wired(bool wire) {
  auto [p, err] = os::pipe();
  constexpr int kValues = 400;
  Chan<int> c[2] = {Chan<int>(kValues), Chan<int>(kValues)};
  atomic::Int32 done, got[2], reads;
  for (int k = 0; k < 2; k++)
    go([&, k] {
      if (wire) lock_os_thread();
      for (int v : c[k]) {
        (void)v;
        got[k].add(1);
      }
    });
  go([&] {  // D
    const Time past = now().add(ms(-1000));
    int written = 0;
    while (done.load() == 0) {
      (void)p.r.set_read_deadline(past);
      (void)p.r.set_read_deadline(Time{});
      if (written <= reads.load()) {
        written++;
        (void)p.w.write("x", 1);
      }
    }
  });
  sync::WaitGroup wg;
  wg.go([&] {  // R
    for (int i = 0; i < kValues; i++) {
      c[i % 2].send(i);
      char b;
      (void)p.r.read(&b, 1);  // a byte or "i/o timeout"
      reads.add(1);
    }
  });
  wg.wait();
  done.store(1);
  for (int i = 0; i < 100 && (got[0].load() < kValues / 2 || got[1].load() < kValues / 2); i++) sleep(ms(20));
  println("received", got[0].load(), got[1].load());
  return 0;
}

int busy_reader() {
  auto [p, err] = os::pipe();
  volatile unsigned long n = 0;
  atomic::Int32 got;
  go([&] {
    char b;
    (void)p.r.read(&b, 1);
    got.store(1);
  });
  sleep(ms(5));
  for (int i = 0; i < 2; i++)
    go([&] {
      for (;;) n = n + 1;
    });
  sleep(ms(20));
  (void)p.w.write("x", 1);
  const Time end = now().add(ms(10000));
  while (got.load() == 0 && now().before(end)) sleep(ms(10));
  println("reader woken", got.load() != 0);
  return 0;
}

// Writes and reads both ends of its frame all the time: the values must stay intact.
[[gnu::noinline]] void fill_and_loop(atomic::Int32* stop, atomic::Int32* damaged) {
  constexpr int kDefaultStackKiB = sizeof(void*) == 8 ? 256 : 64;
  volatile char frame[(kDefaultStackKiB - 20) * 1024];
  for (unsigned i = 0; stop->load() == 0; i++) {
    frame[0] = static_cast<char>(i);
    frame[sizeof(frame) - 1] = static_cast<char>(i);
    for (int k = 0; k < 1000; k++)
      if (frame[0] != static_cast<char>(i) || frame[sizeof(frame) - 1] != static_cast<char>(i)) damaged->add(1);
  }
}

int small_stack() {
  atomic::Int32 stop, damaged, ended;
  go_with({.stack = 16384}, [&] {
    volatile unsigned long n = 0;
    while (stop.load() == 0)
      for (int k = 0; k < 1000; k++) n = n + 1;
    ended.add(1);
  });
  go([&] {
    fill_and_loop(&stop, &damaged);
    ended.add(1);
  });
  const int procs = set_gomaxprocs(0);
  for (int i = 0; i < 20; i++) {
    sleep(ms(1));
    (void)set_gomaxprocs(procs + 1);
    sleep(ms(1));
    (void)set_gomaxprocs(procs);
  }
  stop.store(1);
  for (int i = 0; i < 1000 && ended.load() < 2; i++) sleep(ms(5));
  println("ended", ended.load(), "damaged", damaged.load());
  return 0;
}

struct Mover {
  int value;
  Chan<int> from;
  explicit Mover(int v) : value(v), from(0) {}
  Mover(Mover&& other) : value(other.value), from(other.from) {
    gosched();
    go([c = from] { c.send(1); });
    value += from.recv();
    sleep(ms(1));
  }
  Mover(const Mover&) = delete;
};

int moved() {
  Chan<int> result(2);
  Mover a(100), b(200);
  go([m = static_cast<Mover&&>(a), result] { result.send(m.value > 100 ? 1 : 0); });
  go_with({.stack = 32768}, [m = static_cast<Mover&&>(b), result] { result.send(m.value > 200 ? 1 : 0); });
  println("moved", result.recv() + result.recv());
  return 0;
}

// The goroutine keeps its P while others, which it has started and which block, need threads.
int inherited() {
  (void)set_gomaxprocs(4);
  sync::WaitGroup wg;
  Chan<Unit> done(0), ready(0);
  go([=] {
    lock_os_thread();
    (void)os::write_file("/proc/thread-self/comm", "odd one", 0);
    for (int i = 0; i < 6; i++)
      go([] {
        const char* argv[] = {"/bin/sleep", "0.3", nullptr};
        auto [p, err] = os::start_process("/bin/sleep", argv);
        (void)p.wait();
      });
    for (int i = 0; i < 200; i++) {
      gosched();
      volatile int x = 0;
      for (int k = 0; k < 100000; k++) x = x + k;
    }
    ready.send({});
    (void)done.recv();
  });
  (void)ready.recv();
  const char* argv[] = {"/bin/sh", "-c", "cat /proc/$PPID/task/*/comm | grep -c 'odd one'", nullptr};
  auto [p, err] = os::start_process("/bin/sh", argv);
  (void)p.wait();
  return 0;
}

int small_spin() {
  volatile int turn = 0;
  atomic::Int32 seen;
  for (int k = 0; k < 2; k++)
    go_with({.stack = 16384}, [&, k] {
      while (turn != k) {}
      turn = k + 1;
      seen.add(1);
    });
  while (seen.load() < 2) gosched();
  println("seen", seen.load());
  return 0;
}

// Goroutines that have ended are used again: none of them is counted for ever.
int counted() {
  for (int k = 0; k < 50; k++) {
    WaitGroup wg;
    for (int i = 0; i < 200; i++) wg.go([] {});
    wg.wait();
  }
  for (int tries = 0; tries < 5000 && num_goroutine() > 1; tries++) sleep(ms(1));
  println("left", num_goroutine());
  return 0;
}

// A goroutine that wakes another one and goes on computing: the woken one runs on another P meanwhile. If no P were
// woken, it would wait until sysmon ends the slice of the first, after 10 ms. Prints how many of 20 waits were short:
// during the others, another process may have had the CPU.
int beside() {
  int soon = 0;
  for (int k = 0; k < 20; k++) {
    atomic::Int32 ran;
    Chan<int> c(0);
    go([&, c] {
      c.recv();
      ran.store(1);
    });
    sleep(ms(2));  // the goroutine waits
    Time begin = now();
    while (since(begin) < ms(2)) {}  // now no thread looks for work any more
    begin = now();
    c.send(1);
    while (ran.load() == 0) {}
    if (since(begin) < ms(5)) soon++;
  }
  println("at once", soon);
  return 0;
}

// How often the process's other threads have gone to sleep while main calculated for a second: sysmon does so every
// 10 ms, once it has seen that nothing happens.
int rests() {
  for (const Time begin = now(); since(begin) < seconds(1);) {}
  long switches = 0;
  auto [tasks, err] = os::read_dir("/proc/self/task");
  for (const auto& e : tasks) {
    if (builtin::String(strconv::format_int(os::getpid(), 10)) == e.name()) continue;
    builtin::String path("/proc/self/task/");
    path.append(e.name()).append("/status");
    auto [status, read_err] = os::read_file(path);
    const Text s{status.data(), status.size()};
    constexpr Text kKey = "\nvoluntary_ctxt_switches:\t";
    for (size_t i = 0; i + kKey.len < s.len; i++) {
      if (__builtin_memcmp(s.ptr + i, kKey.ptr, kKey.len) != 0) continue;
      long n = 0;
      for (const char* p = s.ptr + i + kKey.len; *p >= '0' && *p <= '9'; p++) n = 10 * n + (*p - '0');
      switches += n;
    }
  }
  println("slept", switches);
  return 0;
}

// Two Ps, and no preemption signals. Main makes goroutines that only the other P can run, since main waits without a
// call: if no thread takes one of them from the queue, main waits in vain.
int steals() {
  long rounds = 0;
  for (const Time begin = now(); since(begin) < ms(1500); rounds++) {
    atomic::Int32 ran;
    go([&] { ran.store(1); });
    for (const Time start = now(); ran.load() == 0;)
      if (since(start) > seconds(20)) {
        println("left lying after", rounds);
        exit(1);
      }
  }
  println("none left lying", rounds > 0);
  return 0;
}

// Two goroutines on one P look at the clock all the time, for a second: how often does one take over from the other?
int slices() {
  static int last = 0, changes = 0;
  const Time begin = now();
  auto look = [begin](int me) {
    const Chan<int> c(1);
    while (since(begin) < seconds(1)) {
      (void)c.try_recv();  // where a goroutine that is asked to yield does so
      if (last == me) continue;
      last = me;
      changes++;
    }
  };
  go([look] { look(1); });
  look(2);
  println("changes", changes);
  return 0;
}

// How long has a goroutine waited? Tracebacks say so after a minute.
int waits() {
  go([] { (void)Chan<int>(0).recv(); });
  sleep(minutes(10));
  static char text[4096];
  const size_t n = stack(text, sizeof(text), true);
  fmt::println(Text{text, n});
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (same(mode, "wired")) return wired(true);
  if (same(mode, "refused")) return wired(false);
  if (same(mode, "busy_reader")) return busy_reader();
  if (same(mode, "beside")) return beside();
  if (same(mode, "rests")) return rests();
  if (same(mode, "steals")) return steals();
  if (same(mode, "slices")) return slices();
  if (same(mode, "waits")) return waits();
  if (same(mode, "counted")) return counted();
  if (same(mode, "moved")) return moved();
  if (same(mode, "inherited")) return inherited();
  if (same(mode, "small_spin")) return small_spin();
  if (same(mode, "small_stack")) return small_stack();
  return 99;
}
