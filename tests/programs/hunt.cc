// Concurrency bugs of real programs, each reduced to its kernel, a few lines; the argument names one. An execution that
// shows the bug ends with a panic or a deadlock, status 2; any other execution ends with status 0. The strategies of
// the simulated kernel must find the bugs: tests/cases/hunt_test.py.
#include "named.h"

using namespace rt0;

namespace {

void must(bool ok, const char* what) {
  if (!ok) rt0::panic(what);
}

// Two locks, taken in two orders.
void lock_order() {
  static Mutex accounts, audit;
  WaitGroup wg;
  wg.go([] {
    accounts.lock();
    audit.lock();
    audit.unlock();
    accounts.unlock();
  });
  wg.go([] {
    audit.lock();
    accounts.lock();
    accounts.unlock();
    audit.unlock();
  });
  wg.wait();
}

// Three locks in a ring: three goroutines must each hold one.
void lock_ring() {
  static Mutex m[3];
  WaitGroup wg;
  for (int i = 0; i < 3; i++)
    wg.go([i] {
      m[i].lock();
      m[(i + 1) % 3].lock();
      m[(i + 1) % 3].unlock();
      m[i].unlock();
    });
  wg.wait();
}

// A method calls another method that takes the same lock, but only if another goroutine has made the data dirty.
void double_lock() {
  static Mutex mu;
  static atomic::Bool dirty;
  WaitGroup wg;
  wg.go([] {
    mu.lock();
    if (dirty.load()) {
      mu.lock();  // in place of a call of flush(), which locks, too
      mu.unlock();
    }
    mu.unlock();
  });
  wg.go([] {
    dirty.store(true);
    mu.lock();
    dirty.store(false);
    mu.unlock();
  });
  wg.wait();
}

// The condition is checked without the lock: the signal may come between the check and the wait.
void missed_signal() {
  static Mutex mu;
  static atomic::Bool ready;
  Cond<> cond(mu);
  WaitGroup wg;
  wg.go([&] {
    if (ready.load()) return;
    mu.lock();
    cond.wait();
    mu.unlock();
  });
  wg.go([&] {
    ready.store(true);
    cond.broadcast();
  });
  wg.wait();
}

// A worker that has been told to stop no longer receives, and the sender has no way out.
void select_race() {
  Chan<int> work(0);
  Chan<bool> quit(0);
  WaitGroup wg;
  wg.go([=] {
    for (bool done = false; !done;) select(recv(work, [](int) {}), recv(quit, [&](bool) { done = true; }));
  });
  wg.go([=] {
    for (int i = 0; i < 3; i++) work.send(i);
  });
  wg.go([=] { quit.close(); });
  wg.wait();
}

// The last sender closes the channel, but a sender is counted only when it begins: another one may begin later.
void send_on_closed() {
  Chan<int> out(8);
  static atomic::Int32 senders;
  WaitGroup wg;
  for (int i = 0; i < 2; i++)
    wg.go([=] {
      senders.add(1);
      out.send(i);
      if (senders.add(-1) == 0) out.close();
    });
  wg.wait();
}

// Each goroutine checks whether the channel is closed, and then closes it, in two steps.
void close_twice() {
  Chan<int> c(0);
  static atomic::Bool closed;
  WaitGroup wg;
  for (int i = 0; i < 3; i++)
    wg.go([=] {
      if (closed.load()) return;
      closed.store(true);
      c.close();
    });
  wg.wait();
}

// add() is called in the goroutine, not before the goroutine starts: wait() may come first.
void wait_group() {
  static WaitGroup wg;
  static atomic::Int32 done;
  Chan<int> started(2);
  for (int i = 0; i < 2; i++)
    go([=] {
      started.send(i);
      wg.add(1);
      done.add(1);
      wg.done();
    });
  (void)started.recv();
  (void)started.recv();
  wg.wait();
  must(done.load() == 2, "wait is over before the work");
}

// The goroutine that asked has given up, and nobody receives the answer. With a buffer of one there is no bug.
void context_cancel() {
  auto [ctx, cancel] = context::with_cancel(context::background());
  Chan<int> answer(0);
  WaitGroup wg;
  wg.go([=] { answer.send(42); });
  wg.go([cancel = cancel] { cancel(); });
  select(recv(answer), recv(ctx.done()));
  wg.wait();
}

// The timer is set again if no value has been received yet; but one may be received between the check and reset().
void timer_stop() {
  Timer t = new_timer(us(5));
  static atomic::Bool late;
  WaitGroup wg;
  wg.go([&] {
    (void)t.c().recv();
    late.store(true);
  });
  wg.go([&] {
    for (int i = 0; i < 20; i++) (void)late.load();
    must(!late.load() || !t.stop(), "cannot be");
    if (!late.load()) t.reset(us(1));
  });
  wg.wait();
  must(!late.load() || !t.stop(), "the timer runs though it has been received");
}

// A reader takes the lock for reading once more while it holds it, and a writer has come in between.
void rwmutex_reader() {
  static RWMutex rw;
  WaitGroup wg;
  wg.go([] {
    rw.rlock();
    rw.rlock();
    rw.runlock();
    rw.runlock();
  });
  wg.go([] {
    rw.lock();
    rw.unlock();
  });
  wg.wait();
}

// A goroutine sends while it holds the lock that the receiver takes before it receives.
void lock_and_channel() {
  static Mutex mu;
  Chan<int> c(1);
  WaitGroup wg;
  for (int i = 0; i < 2; i++)
    wg.go([=] {
      mu.lock();
      c.send(i);
      mu.unlock();
    });
  wg.go([=] {
    for (int i = 0; i < 2; i++) {
      mu.lock();
      mu.unlock();
      (void)c.recv();
    }
  });
  wg.wait();
}

// Each goroutine that finds the object missing makes it: two may find that.
void two_first() {
  static atomic::Int32 made, state;
  WaitGroup wg;
  for (int i = 0; i < 3; i++)
    wg.go([] {
      if (state.load() == 0) {
        made.add(1);
        state.store(1);
      }
    });
  wg.wait();
  must(made.load() == 1, "made twice");
}

// Free list without a lock: the head is the same again, but what follows it is not (ABA).
void aba() {
  struct Node {
    atomic::Int32 next;
  };
  static Node node[3];
  static atomic::Int32 head(0);
  static atomic::Int32 owners[3];
  node[0].next.store(1);
  node[1].next.store(2);
  node[2].next.store(-1);
  auto pop = [] {
    for (;;) {
      const int h = head.load();
      if (h < 0) return -1;
      const int n = node[h].next.load();
      if (head.compare_and_swap(h, n)) {
        must(owners[h].add(1) == 1, "a node has two owners");
        return h;
      }
    }
  };
  auto push = [](int h) {
    owners[h].add(-1);
    do node[h].next.store(head.load());
    while (!head.compare_and_swap(node[h].next.load(), h));
  };
  WaitGroup wg;
  wg.go([=] {
    (void)pop();
    (void)pop();
  });
  wg.go([=] {
    const int a = pop();
    (void)pop();
    if (a >= 0) push(a);
  });
  wg.wait();
}

// The reader ends after the first error, so a goroutine that sends a second error waits for ever.
void second_error() {
  Chan<int> errors(0);
  atomic::Bool failed;
  WaitGroup wg;
  for (int i = 0; i < 3; i++)
    wg.go([=, &failed] {
      if (i == 0) return;
      if (!failed.load()) {
        failed.store(true);
        errors.send(i);
      }
    });
  go([=] { (void)errors.recv(); });
  wg.wait();
}

// Each of two goroutines sends a message in two writes: the other one's message may come in between.
void two_writes() {
  const auto [pair, err] = net::socketpair();
  WaitGroup wg;
  for (char c = 'a'; c <= 'b'; c++)
    wg.go([&, c] {
      (void)pair.a.write(&c, 1);
      (void)pair.a.write(&c, 1);
    });
  wg.wait();
  char got[4] = {};
  for (char& c : got) (void)pair.b.read(&c, 1);
  must(got[0] == got[1], "a message in another one");
}

// No bug: prints in which order four goroutines came.
void permutation() {
  static char out[8];
  static atomic::Int32 at;
  WaitGroup wg;
  for (int i = 0; i < 4; i++) wg.go([i] { out[at.add(1) - 1] = static_cast<char>('a' + i); });
  wg.wait();
  println(static_cast<const char*>(out));
}

// No bug either: two goroutines share only a channel; prints which of them came first.
void who_begins() {
  Chan<int> c(2);
  go([=] { c.send(1); });
  go([=] { c.send(2); });
  const int a = c.recv(), b = c.recv();
  println(a, b);
}

// No bug either: prints whether one goroutine ran between two steps of another one, while a third works.
void in_between() {
  static atomic::Int32 x;
  static bool seen;
  WaitGroup wg;
  wg.go([] {
    x.store(1);
    x.store(2);
  });
  wg.go([] { seen = x.load() == 1; });
  wg.go([] {
    for (int i = 0; i < 5; i++) (void)x.load();
  });
  wg.wait();
  println(seen ? "between" : "not");
}

// Two goroutines that keep each other busy, and a third one that stops them.
void busy_pair() {
  atomic::Bool stop;
  Chan<int> c(1);
  WaitGroup wg;
  wg.go([&] {
    while (!stop.load()) (void)c.try_send(1);
  });
  wg.go([&] {
    while (!stop.load()) select(recv(c), recv(after(us(20))));
  });
  wg.go([&] { stop.store(true); });
  wg.wait();
}

// A runnable goroutine that is slower than a timer: only the fault `stall` shows it.
void slower_than_a_timer() {
  Chan<int> beat(0);
  Chan<bool> stopped(0);
  go([=] {
    select(send(beat, 1), recv(after(ms(5))));
    stopped.close();
  });
  gosched();
  (void)beat.recv();
  (void)stopped.recv();
}

constexpr Named kKernels[] = {{"lock_order", lock_order},
                              {"lock_ring", lock_ring},
                              {"double_lock", double_lock},
                              {"missed_signal", missed_signal},
                              {"select_race", select_race},
                              {"send_on_closed", send_on_closed},
                              {"close_twice", close_twice},
                              {"wait_group", wait_group},
                              {"context_cancel", context_cancel},
                              {"timer_stop", timer_stop},
                              {"rwmutex_reader", rwmutex_reader},
                              {"lock_and_channel", lock_and_channel},
                              {"two_first", two_first},
                              {"aba", aba},
                              {"second_error", second_error},
                              {"two_writes", two_writes},
                              {"permutation", permutation},
                              {"who_begins", who_begins},
                              {"in_between", in_between},
                              {"busy_pair", busy_pair},
                              {"slower_than_a_timer", slower_than_a_timer}};

}  // namespace

int main(int argc, char** argv) { return run_named(kKernels, argc, argv); }
