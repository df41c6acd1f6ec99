// Kernels of bugs of CockroachDB: see goker.h.
#include "goker.h"

using namespace rt0;
using namespace goker;

namespace {

// cockroach#1055: start_task looks at `draining` before it takes the lock. If stop has come in between, it holds the
// lock while it waits for the worker, which waits for the lock.
void cockroach_1055() {
  struct Stopper {
    Chan<Unit> stopper{0};
    WaitGroup stop, drain;
    Mutex mu;
    atomic::Int32 draining;

    void worker() {
      if (draining.load() == 0) {
        mu.lock();
        drain.add(1);
        mu.unlock();
        drain.done();
      }
      (void)stopper.recv();
      stop.done();
    }
    void quiesce() {
      mu.lock();
      draining.store(1);
      drain.wait();
      draining.store(0);
      mu.unlock();
    }
    void stop_all() {
      mu.lock();
      draining.store(1);
      drain.wait();
      stopper.close();
      stop.wait();
      mu.unlock();
    }
  };
  Stopper stoppers[2];
  Chan<Unit> done(0);
  for (Stopper& s : stoppers) {
    s.stop.add(1);
    go([&] { s.worker(); });
  }
  go([&] {
    for (Stopper& s : stoppers) s.quiesce();
    for (Stopper& s : stoppers) s.stop_all();
    done.close();
  });
  (void)done.recv();
}

// cockroach#1462: the worker that sends events looks whether it should stop, and then sends. The one that receives them
// may have stopped in between, and the stopper waits for both.
void cockroach_1462() {
  Chan<Unit> stopper(0);
  Chan<int> events(0);
  WaitGroup stop;
  stop.go([&] {
    for (bool stopped = false; !stopped;)
      select(recv(stopper, [&] { stopped = true; }), otherwise([&] { events.send(0); }));
  });
  stop.go([&] {
    for (bool stopped = false; !stopped;) select(recv(events), recv(stopper, [&] { stopped = true; }));
  });
  stopper.close();
  stop.wait();
}

// cockroach#2448: the raft state sends an event to the store while the store, at the event before, sends a callback to
// the raft state.
void cockroach_2448() {
  Chan<Unit> stopper(0);
  Chan<int> events(0), callbacks(0);
  WaitGroup wg;
  wg.go([&] {
    for (bool stopped = false; !stopped;)
      select(recv(events, [&] { select(send(callbacks, 0), recv(stopper, [&] { stopped = true; })); }),
             recv(stopper, [&] { stopped = true; }));
  });
  wg.go([&] {
    for (int event = 0; event < 3;)
      select(recv(callbacks), otherwise([&] {
               select(send(events, event), recv(stopper));
               event++;
             }));
    stopper.close();
  });
  wg.wait();
}

// cockroach#3710: the scan holds the store's lock for reading, and asks each replica for its status, which takes the
// lock for reading once more. A writer may have come in between.
void cockroach_3710() {
  RWMutex store;
  Mutex queue;
  WaitGroup wg;
  wg.go([&] {
    store.rlock();
    for (int replica = 0; replica < 2; replica++) {
      queue.lock();
      store.rlock();
      store.runlock();
      queue.unlock();
    }
    store.runlock();
  });
  wg.go([&] {
    wg.go([&] {
      store.lock();
      store.unlock();
    });
  });
  wg.wait();
}

// cockroach#4407: the stopper has waited for its workers, but a goroutine that it does not know of starts another one.
void cockroach_4407() {
  static Mutex server, mu;
  static WaitGroup stop;
  static bool stopped;
  Chan<Unit> stopper(0);
  WaitGroup gossips;
  for (int i = 0; i < 2; i++)
    gossips.go([&] {
      server.lock();
      stop.go([] {
        mu.lock();
        must(!stopped, "a worker runs after the stop");
        mu.unlock();
        server.lock();
        server.unlock();
      });
      server.unlock();
    });
  stopper.close();
  stop.wait();
  mu.lock();
  stopped = true;
  mu.unlock();
  gossips.wait();
  stop.wait();
}

// cockroach#6181: a lookup prints the cache while it holds the cache's lock for reading; printing takes the lock for
// reading, too. Another lookup that comes to its write lock in between lets neither go on.
void cockroach_6181() {
  RWMutex cache;
  WaitGroup wg;
  for (int i = 0; i < 3; i++)
    wg.go([&] {
      cache.rlock();
      cache.rlock();  // in String()
      cache.runlock();
      cache.runlock();
      cache.lock();
      cache.unlock();
    });
  wg.wait();
}

// cockroach#7504: a lookup by name locks the cache of names and then the lease; the release of a lease locks the lease
// and then the cache of names.
void cockroach_7504() {
  struct Lease {
    Mutex mu;
  };
  Lease lease;
  Lease* name_cache = &lease;
  Mutex names, table;
  WaitGroup wg;
  wg.go([&] {
    names.lock();
    if (Lease* l = name_cache; l != nullptr) {
      l->mu.lock();
      l->mu.unlock();
    }
    names.unlock();
  });
  wg.go([&] {
    table.lock();
    lease.mu.lock();
    names.lock();
    name_cache = nullptr;
    names.unlock();
    lease.mu.unlock();
    table.unlock();
  });
  wg.wait();
}

// cockroach#10214: queued heartbeats are sent with coalesced held, and take raft; a replica's tick holds raft and mu,
// and takes coalesced.
void cockroach_10214() {
  struct Replica {
    Mutex raft, mu;
  };
  Mutex coalesced;
  Replica replicas[2];
  WaitGroup wg;
  wg.go([&] {
    coalesced.lock();
    for (int response = 0; response < 2; response++)
      for (Replica& r : replicas) {
        r.raft.lock();
        r.raft.unlock();
      }
    coalesced.unlock();
  });
  wg.go([&] {
    Replica& r = replicas[0];
    r.raft.lock();
    r.mu.lock();
    for (int heartbeat = 0; heartbeat < 2; heartbeat++) {
      coalesced.lock();
      coalesced.unlock();
    }
    r.mu.unlock();
    r.raft.unlock();
  });
  wg.wait();
}

// cockroach#10790: when the context ends, another goroutine receives from all channels in place of this one. But the
// sender ends with the context, too, and the first channel may have been received from before.
void cockroach_10790() {
  auto [ctx, cancel] = context::with_cancel(context::background());
  Chan<bool> chans[2] = {Chan<bool>(0), Chan<bool>(0)};
  WaitGroup wg;
  wg.go([&] {
    for (bool done = false; const Chan<bool>& c : chans) {
      if (done) return;
      select(send(c, true), recv(ctx.done(), [&] { done = true; }));
    }
  });
  wg.go([&] {
    for (const Chan<bool>& c : chans)
      select(recv(c), recv(ctx.done(), [&] {
               wg.go([&] {
                 for (const Chan<bool>& all : chans) (void)all.recv();
               });
             }));
  });
  wg.go([cancel = cancel] { cancel(); });
  wg.wait();
}

// cockroach#16167: a statement is executed with the configuration locked for reading. Deeper in the calls it is locked
// for reading once more, and an update of the configuration may wait by then.
void cockroach_16167() {
  RWMutex config;
  auto reader = config.rlocker();
  Cond changed(reader);
  WaitGroup wg;
  wg.go([&] {
    config.lock();
    config.unlock();
  });
  changed.l->lock();
  config.rlock();
  config.runlock();
  changed.l->unlock();
  wg.wait();
}

constexpr Named kKernels[] = {{"cockroach_1055", cockroach_1055},   {"cockroach_1462", cockroach_1462},
                              {"cockroach_2448", cockroach_2448},   {"cockroach_3710", cockroach_3710},
                              {"cockroach_4407", cockroach_4407},   {"cockroach_6181", cockroach_6181},
                              {"cockroach_7504", cockroach_7504},   {"cockroach_10214", cockroach_10214},
                              {"cockroach_10790", cockroach_10790}, {"cockroach_16167", cockroach_16167}};

}  // namespace

int main(int argc, char** argv) { return run_named(kKernels, argc, argv); }
