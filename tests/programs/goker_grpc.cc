// Kernels of bugs of grpc-go: see goker.h.
#include "goker.h"

using namespace rt0;
using namespace goker;

namespace {

// grpc#1353: the balancer sends updates with its lock held. The watcher that receives them takes the lock for each
// connection that an update removes.
void grpc_1353() {
  Mutex balancer;
  Mutex conns[2];
  Chan<bool> addresses(0);
  WaitGroup wg;
  wg.go([&] {
    for (int update = 0; update < 2; update++) {
      balancer.lock();
      addresses.send(true);
      balancer.unlock();
    }
    balancer.lock();
    addresses.close();
    balancer.unlock();
  });
  wg.go([&] {
    for (bool update : addresses) {
      (void)update;
      for (Mutex& conn : conns) {
        conn.lock();
        balancer.lock();
        balancer.unlock();
        conn.unlock();
      }
    }
  });
  wg.wait();
}

// grpc#1460: keepalive sleeps with the lock held while there is no stream; what would wake it takes the lock first.
void grpc_1460() {
  Mutex mu;
  int streams = 0;
  Chan<Unit> awaken(0);
  WaitGroup wg;
  wg.go([&] {
    mu.lock();
    if (streams < 1) (void)awaken.recv();
    mu.unlock();
  });
  wg.go([&] {
    mu.lock();
    if (++streams == 1) (void)awaken.try_send({});
    mu.unlock();
  });
  wg.wait();
}

// grpc#2371: the resolver's goroutine hands an address to the balancer, which close has set to nil.
void grpc_2371() {
  struct Balancer {
    Chan<Unit> updates{1};
  };
  RWMutex mu;
  Balancer made;
  Balancer* balancer = &made;
  WaitGroup wg;
  wg.go([&] {
    mu.lock();
    Balancer* b = balancer;
    (void)b->updates.try_recv();
    b->updates.send({});
    mu.unlock();
  });
  wg.go([&] {
    mu.lock();
    balancer = nullptr;
    mu.unlock();
  });
  wg.wait();
}

// grpc#3017: a cached connection is removed by a timer. If it is used again when the timer has just fired, the timer's
// function does nothing, but keeps the lock.
void grpc_3017() {
  struct Entry {
    Timer timer;
    bool aborted = false;
  };
  static Mutex mu;
  static Entry* cached;
  Chan<Unit> done(0);
  go([&] {
    for (int i = 0; i < 10; i++) {
      mu.lock();  // remove the connection
      if (cached == nullptr) {
        auto* e = cached = new Entry;
        e->timer = after_func(ns(1), [e] {
          mu.lock();
          if (e->aborted) return;  // the unlock is missing
          cached = nullptr;
          mu.unlock();
        });
      }
      mu.unlock();
      mu.lock();  // make a new one
      if (cached != nullptr) {
        if (!cached->timer.stop()) cached->aborted = true;
        cached = nullptr;
      }
      mu.unlock();
    }
    done.close();
  });
  (void)done.recv();
}

constexpr Named kKernels[] = {
    {"grpc_1353", grpc_1353}, {"grpc_1460", grpc_1460}, {"grpc_2371", grpc_2371}, {"grpc_3017", grpc_3017}};

}  // namespace

int main(int argc, char** argv) { return run_named(kKernels, argc, argv); }
