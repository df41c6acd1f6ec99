// Kernels of bugs of Hugo, Istio, Moby (Docker) and Knative Serving: see goker.h.
#include "goker.h"

using namespace rt0;
using namespace goker;

namespace {

// hugo#3251: a URL's lock is taken with the lock of all URLs held, and released under that lock, too. Whoever waits for
// a URL keeps its owner from releasing it.
void hugo_3251() {
  RWMutex urls;
  Mutex url;
  WaitGroup wg;
  for (int i = 0; i < 3; i++)
    wg.go([&] {
      for (int j = 0; j < 2; j++) {
        urls.lock();
        url.lock();
        urls.unlock();
        urls.rlock();
        url.unlock();
        urls.runlock();
        sleep(ns(300));
      }
    });
  wg.wait();
}

// istio#8967: stop closes the channel and sets it to nil. A goroutine that begins only then waits on the nil channel.
void istio_8967() {
  Chan<Unit> done(0);
  WaitGroup wg;
  wg.go([&] { (void)done.recv(); });
  done.close();
  done = nullptr;
  wg.wait();
}

// istio#16224: the handler sends with the lock held. The receiver takes the lock before it receives.
void istio_16224() {
  Mutex mu;
  Chan<int> events(0);
  Chan<bool> done(0);
  Chan<Unit> stop(0);
  WaitGroup wg;
  wg.go([&] {
    for (bool stopped = false; !stopped;)
      select(recv(stop, [&] { stopped = true; }), recv(events, [&] {
               mu.lock();
               done.send(true);
               mu.unlock();
             }));
  });
  events.send(0);
  mu.lock();
  mu.unlock();
  (void)done.recv();
  stop.close();
  wg.wait();
}

// istio#17860: the agent's loop ends when no epoch is active or when the context ends. The proxy of a later epoch then
// reports its exit to nobody.
void istio_17860() {
  static Mutex mu;
  static int epoch, active;
  Chan<int> exits(0);
  WaitGroup wg;
  auto [ctx, cancel] = context::with_cancel(context::background());
  wg.go([&, ctx = ctx] {
    for (bool done = false; !done;)
      select(recv(exits,
                  [&] {
                    mu.lock();
                    done = --active == 0;
                    mu.unlock();
                  }),
             recv(ctx.done(), [&] { done = true; }));
  });
  auto restart = [&] {
    mu.lock();
    if (active > 0) {  // wait until the proxy is live, which it never is
      const Ticker interval = new_ticker(ns(30));
      const Timer timer = new_timer(ns(100));
      for (bool late = false; !late;) select(recv(timer.c(), [&] { late = true; }), recv(interval.c()));
      interval.stop();
    }
    active++;
    wg.go([&, mine = ++epoch] { exits.send(mine); });
    mu.unlock();
  };
  restart();
  wg.go([&] { restart(); });
  sleep(ns(200));
  cancel();
  wg.wait();
}

// istio#18454: the loop stops its timer, and receives from the timer's channel if the timer has fired. But it may have
// received that before.
void istio_18454() {
  Mutex mu;
  Timer timer;
  bool started = false;
  Chan<Unit> reset(1);
  Chan<int> events(4);
  WaitGroup wg;
  auto [strategy, close_strategy] = context::with_cancel(context::background());
  auto [processor, stop_processor] = context::with_cancel(context::background());
  auto on_change = [&, strategy = strategy] {
    mu.lock();
    const bool has_timer = started;
    if (!has_timer) {
      started = true;
      timer = new_timer(ns(1));
      wg.go([&, strategy] {
        for (bool done = false; !done;)
          select(recv(timer.c()),
                 recv(reset,
                      [&] {
                        if (!timer.stop()) (void)timer.c().recv();
                        timer.reset(ns(1));
                      }),
                 recv(strategy.done(), [&] { done = true; }));
        timer.stop();
      });
    }
    mu.unlock();
    if (has_timer) reset.send({});
  };
  for (int event = 0; event < 4; event++) events.send(event);
  wg.go([&, processor = processor, close_strategy = close_strategy] {
    for (bool done = false; !done;)
      select(recv(processor.done(), [&] { done = true; }), recv(events, [&] { on_change(); }));
    close_strategy();
  });
  stop_processor();
  wg.wait();
}

// moby#27782: a file is watched for the reader of a log. When the log is closed, the reader removes the watch, and
// waits for a signal of the goroutine that reads events; but that one waits for somebody to receive its event.
void moby_27782() {
  Mutex mu;
  Cond removed(mu);
  Chan<Unit> closed(0), done(0);
  Chan<int> events(0);
  bool reader = false;
  WaitGroup wg;
  wg.go([&] {
    reader = true;
    wg.go([&] {
      for (bool stop = false; !stop;)
        select(recv(done, [&] { stop = true; }), otherwise([&] {
                 sleep(ns(300));
                 select(send(events, 1), recv(done, [&] { stop = true; }));
               }));
      events.close();
    });
    sleep(ns(300));
    select(recv(events), recv(closed, [&] {
             mu.lock();
             for (;;) removed.wait();
           }));
    done.close();
  });
  if (reader) closed.close();
  wg.wait();
}

// moby#28462: the container's state changes with the container locked, and the monitor is told to stop. The monitor may
// be at a probe, whose result is noted under the lock.
void moby_28462() {
  Mutex container;
  Chan<Unit> stop(0);
  WaitGroup wg;
  wg.go([&] {
    for (bool stopped = false; !stopped;)
      select(recv(stop, [&] { stopped = true; }), otherwise([&] {
               container.lock();
               container.unlock();
             }));
  });
  wg.go([&] {
    container.lock();
    stop.send({});
    container.unlock();
  });
  wg.wait();
}

// moby#33781: when the monitor is stopped during a probe, nobody receives the probe's result.
void moby_33781() {
  Chan<bool> stop(0);
  WaitGroup wg;
  wg.go([&] {
    for (bool stopped = false; !stopped;)
      select(recv(stop, [&] { stopped = true; }), recv(after(ms(1)), [&] {
               Chan<bool> results(0);
               auto [ctx, cancel] = context::with_timeout(context::background(), ms(1));
               wg.go([results] { results.send(true); });
               select(recv(stop, [&] { stopped = true; }), recv(results),
                      recv(ctx.done(), [&] { (void)results.recv(); }));
               cancel();
             }));
  });
  wg.go([&] {
    sleep(ms(1));
    stop.send(true);
  });
  wg.wait();
}

// serving#2137: two requests for one place. The test lets the first one end and waits for it, but the place may belong
// to the second one, which is to end later.
void serving_2137() {
  struct Request {
    Mutex mu;
    Chan<bool> accepted{1};
  };
  Chan<Unit> pending(2), active(1);
  Request requests[2];
  for (Request& r : requests) {
    r.mu.lock();
    WaitGroup start;
    start.add(1);
    go([&] {
      start.done();
      const bool ok = pending.try_send({});
      if (ok) {
        active.send({});
        r.mu.lock();
        r.mu.unlock();
        (void)active.recv();
        (void)pending.recv();
      }
      r.accepted.send(ok);
    });
    start.wait();
  }
  for (Request& r : requests) {
    r.mu.unlock();
    const bool ok = r.accepted.recv();
    r.accepted.send(ok);
  }
}

// serving#4908: the watcher's check goes on in a goroutine that nobody waits for, and may log when the test is over.
void serving_4908() {
  static RWMutex test;
  static bool over;
  WaitGroup watcher, check;
  watcher.go([&] {
    check.go([] {
      test.rlock();
      must(!over, "a log entry after the end of the test");
      test.runlock();
    });
  });
  watcher.wait();
  test.lock();
  over = true;
  test.unlock();
  check.wait();
}

constexpr Named kKernels[] = {{"hugo_3251", hugo_3251},       {"istio_8967", istio_8967},
                              {"istio_16224", istio_16224},   {"istio_17860", istio_17860},
                              {"istio_18454", istio_18454},   {"moby_27782", moby_27782},
                              {"moby_28462", moby_28462},     {"moby_33781", moby_33781},
                              {"serving_2137", serving_2137}, {"serving_4908", serving_4908}};

}  // namespace

int main(int argc, char** argv) { return run_named(kKernels, argc, argv); }
