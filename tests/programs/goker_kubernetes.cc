// Kernels of bugs of Kubernetes: see goker.h.
#include "goker.h"

using namespace rt0;
using namespace goker;

namespace {

// kubernetes#1321: events are sent to the watchers with the lock held. A watcher that stops receives no more, and its
// stop takes the lock.
void kubernetes_1321() {
  static Mutex mu;
  static bool watching;
  Chan<int> result(0);
  WaitGroup wg;
  wg.go([&] {
    for (int event = 0; event < 2; event++) {
      mu.lock();
      if (watching) result.send(event);
      mu.unlock();
    }
  });
  watching = true;
  mu.lock();
  watching = false;
  result.close();
  mu.unlock();
  wg.wait();
}

// kubernetes#6632: write_frame resets the timer through a channel, with the lock held. The monitor that receives from
// it may have left its loop, and want the lock.
void kubernetes_6632() {
  Mutex writes;
  Chan<Unit> reset(0), closed(0);
  Chan<Unit> current = reset;
  WaitGroup wg;
  wg.go([&] { closed.send({}); });
  wg.go([&] {
    for (bool done = false; !done;)
      select(recv(reset), recv(closed, [&] {
               writes.lock();
               reset.close();
               current = nullptr;
               writes.unlock();
               done = true;
             }));
  });
  wg.go([&] {
    writes.lock();
    if (current) current.send({});
    writes.unlock();
  });
  wg.wait();
}

// kubernetes#10182: a status is sent with the lock held; the goroutine that receives it takes the lock before it
// receives the next one.
void kubernetes_10182() {
  RWMutex statuses;
  Chan<bool> changes(0);
  WaitGroup wg;
  wg.go([&] {
    for (int batch = 0; batch < 2; batch++) {
      (void)changes.recv();
      statuses.lock();
      statuses.unlock();
    }
  });
  for (int pod = 0; pod < 2; pod++)
    wg.go([&] {
      statuses.lock();
      changes.send(true);
      statuses.unlock();
    });
  wg.wait();
}

// kubernetes#11298: at the end the loop signals the goroutine that waits on the condition, and waits for it. It may not
// wait on the condition yet, so that the signal is lost.
void kubernetes_11298() {
  Mutex mu;
  Cond cond(mu);
  Chan<Unit> abort(0), finished(0);
  WaitGroup wg;
  wg.go([&] {
    for (bool stop = false; !stop;)
      select(recv(abort, [&] { stop = true; }), otherwise([&] {
               mu.lock();
               cond.signal();
               mu.unlock();
             }));
    finished.close();
  });
  wg.go([&] {
    mu.lock();
    for (bool stop = false; !stop;)
      select(recv(finished, [&] { stop = true; }), otherwise([&] {
               Chan<Unit> woken(0);
               wg.go([&cond, woken] {
                 cond.wait();
                 woken.close();
               });
               select(recv(finished,
                           [&] {
                             cond.signal();
                             (void)woken.recv();
                             stop = true;
                           }),
                      recv(woken));
             }));
    mu.unlock();
  });
  wg.go([&] {
    sleep(ns(300));
    abort.close();
  });
  wg.wait();
}

// kubernetes#13058: events count a WaitGroup down, but they may come before it has been counted up.
void kubernetes_13058() {
  static WaitGroup events;
  Chan<Unit> stop(0);
  WaitGroup wg, controller;
  controller.go([&] {
    for (bool stopped = false; !stopped;)
      select(recv(stop, [&] { stopped = true; }), otherwise([] {
               events.done();
               sleep(ms(10));
             }));
  });
  wg.add(3);
  events.add(3);
  for (int i = 0; i < 3; i++) go([&] { wg.done(); });
  wg.wait();
  events.wait();
  stop.close();
  controller.wait();
}

// kubernetes#13135: an event locks the cache and then its owner. The reflector, which starts once more, has locked the
// owner, and locks the cache.
void kubernetes_13135() {
  Mutex owner;
  RWMutex cache;
  Once once;
  WaitGroup initialized, wg;
  Chan<Unit> stop(0);
  initialized.add(1);
  wg.go([&] {
    for (bool stopped = false; !stopped;)
      select(recv(stop, [&] { stopped = true; }), otherwise([&] {
               owner.lock();
               cache.lock();
               once.do_([&] { initialized.done(); });
               owner.unlock();
               cache.unlock();
               sleep(ns(0));
             }));
  });
  initialized.wait();
  wg.go([&] {
    cache.lock();
    owner.lock();
    owner.unlock();
    cache.unlock();
  });
  wg.go([&] { stop.close(); });
  wg.wait();
}

// kubernetes#26980: pop has found a notification, and waits with the lock held until it may stop. That comes only after
// another goroutine has had the lock.
void kubernetes_26980() {
  RWMutex mu;
  Cond cond(mu);
  int pending = 1;
  Chan<Unit> stop(0), result(0);
  WaitGroup wg;
  wg.go([&] {
    mu.lock();
    while (pending == 0) cond.wait();
    (void)stop.recv();
    mu.unlock();
  });
  go([&] {
    mu.lock();
    result.close();
  });
  (void)result.recv();
  mu.unlock();
  stop.close();
  wg.wait();
}

// kubernetes#30872: the queue's goroutine adds a cluster with the queue locked, and locks the informer; the informer,
// when it is locked, asks the queue whether it is synced.
void kubernetes_30872() {
  Mutex informer;
  RWMutex queue;
  Chan<Unit> stop(0), stop_queue;
  WaitGroup wg;
  informer.lock();
  stop_queue = Chan<Unit>(0);
  wg.go([&, stop_queue] {
    for (bool stopped = false; !stopped;)
      select(recv(stop_queue, [&] { stopped = true; }), otherwise([&] {
               queue.lock();
               informer.lock();
               informer.unlock();
               queue.unlock();
             }));
  });
  informer.unlock();
  wg.go([&] {
    (void)stop.recv();
    informer.lock();
    stop_queue.close();
    informer.unlock();
  });
  wg.go([&] {
    informer.lock();
    queue.lock();
    queue.unlock();
    informer.unlock();
  });
  stop.close();
  wg.wait();
}

// kubernetes#58107: a worker waits for its queue's next entry with the lock held for reading. If sync has asked for the
// lock, no worker of the other queue gets it, and no entry is made.
void kubernetes_58107() {
  struct Queue {
    Mutex mu;
    Cond<> cond{mu};
    int entries = 0;

    void add() {
      mu.lock();
      entries++;
      mu.unlock();
      cond.signal();
    }
    void get() {
      mu.lock();
      while (entries == 0) cond.wait();
      entries--;
      mu.unlock();
    }
  };
  RWMutex workers;
  Queue queue, missing;
  WaitGroup wg;
  wg.go([&] {
    workers.rlock();
    queue.get();
    workers.runlock();
  });
  wg.go([&] {
    workers.rlock();
    missing.get();
    queue.add();
    workers.runlock();
  });
  wg.go([&] {
    workers.lock();
    workers.unlock();
  });
  missing.add();
  wg.wait();
}

// kubernetes#62464: the reading of a CPU set takes the lock for reading, and takes it once more deeper in the calls.
// The removal of a container may want to write in between.
void kubernetes_62464() {
  RWMutex state;
  WaitGroup wg;
  wg.go([&] {
    state.rlock();
    state.rlock();
    state.runlock();
    state.runlock();
  });
  wg.go([&] {
    state.rlock();
    state.runlock();
    state.lock();
    state.unlock();
  });
  wg.wait();
}

constexpr Named kKernels[] = {{"kubernetes_1321", kubernetes_1321},   {"kubernetes_6632", kubernetes_6632},
                              {"kubernetes_10182", kubernetes_10182}, {"kubernetes_11298", kubernetes_11298},
                              {"kubernetes_13058", kubernetes_13058}, {"kubernetes_13135", kubernetes_13135},
                              {"kubernetes_26980", kubernetes_26980}, {"kubernetes_30872", kubernetes_30872},
                              {"kubernetes_58107", kubernetes_58107}, {"kubernetes_62464", kubernetes_62464}};

}  // namespace

int main(int argc, char** argv) { return run_named(kKernels, argc, argv); }
