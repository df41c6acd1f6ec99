// Kernels of bugs of etcd: see goker.h.
#include "goker.h"

using namespace rt0;
using namespace goker;

namespace {

// etcd#3077: the node makes its channels when its goroutine begins, but the server may send to one of them before: to a
// nil channel.
void etcd_3077() {
  struct Node {
    Chan<Unit> stopped, done;
  };
  Node node;
  Chan<Unit> stop(0), done(0);
  WaitGroup wg;
  wg.go([&] {
    wg.go([&] {
      node.stopped = Chan<Unit>(0);
      node.done = Chan<Unit>(0);
      (void)node.stopped.recv();
      node.done.close();
    });
    (void)stop.recv();
    node.stopped.send({});
    (void)node.done.recv();
    done.close();
  });
  select(send(stop, Unit{}), recv(done));
  (void)done.recv();
  wg.wait();
}

// etcd#5509: acquire returns with the lock held for reading if the client has been closed. Close has given the lock
// back for a moment, and wants it once more.
void etcd_5509() {
  RWMutex client;
  Mutex remote;
  bool open = true;
  Chan<Unit> done(0);
  go([&] {
    for (;;) {
      client.rlock();
      const bool closed = !open;
      remote.lock();
      remote.unlock();
      if (closed) break;  // the unlock is missing
      client.runlock();
    }
    done.close();
  });
  client.lock();
  open = false;
  client.unlock();
  client.lock();
  client.unlock();
  (void)done.recv();
}

// etcd#6857: a status is asked for when the node has stopped, and nobody receives the question.
void etcd_6857() {
  Chan<Chan<int>> status(0);
  Chan<Unit> stop(0), done(0);
  WaitGroup wg;
  wg.go([&] {
    for (bool stopped = false; !stopped;)
      select(recv(status, [](const Chan<int>& answer) { answer.send(1); }), recv(stop, [&] {
               done.close();
               stopped = true;
             }));
  });
  wg.go([&] {
    Chan<int> answer(0);
    status.send(answer);
    (void)answer.recv();
  });
  wg.go([&] {
    select(send(stop, Unit{}), recv(done));
    (void)done.recv();
  });
  wg.wait();
}

// etcd#6873: stop waits, with the lock held, for the goroutine that handles updates. It may have received one, and want
// the lock.
void etcd_6873() {
  Mutex mu;
  Chan<int> updates(1);
  Chan<Unit> done(0);
  WaitGroup wg;
  go([&] {
    for (int update : updates) {
      (void)update;
      mu.lock();
      mu.unlock();
    }
    done.close();
  });
  (void)updates.try_send(1);
  wg.go([&] {
    mu.lock();
    updates.close();
    (void)done.recv();
    mu.unlock();
  });
  wg.wait();
}

// etcd#7443: the balancer sends addresses with its lock held, and the channel is full. The watcher that would receive
// them tears down a connection, whose lock is held by a goroutine that waits for the balancer's lock.
void etcd_7443() {
  struct Conn {
    Mutex mu;
    bool up = false;
  };
  RWMutex balancer, clients;
  bool closed = false, all_gone = false;
  int pinned = 0;  // 0: none, also if address 0 is
  Conn* conns[3] = {};
  Chan<unsigned> notify(1);  // sets of addresses
  constexpr unsigned kAll = 7;
  auto bring_up = [&](Conn* c, int address) {
    c->mu.lock();
    balancer.lock();
    if (!closed && pinned == 0) {
      pinned = address;
      notify.send(1U << address);
    }
    balancer.unlock();
    c->up = true;
    c->mu.unlock();
  };
  auto tear_down = [&](Conn* c, int address) {
    c->mu.lock();
    if (c->up) {
      balancer.lock();
      if (!closed && pinned == address) {
        pinned = 0;
        notify.send(kAll);
      }
      balancer.unlock();
      c->up = false;
    }
    c->mu.unlock();
  };
  auto close_balancer = [&] {
    balancer.lock();
    if (!closed) notify.close();
    closed = true;
    balancer.unlock();
  };
  notify.send(kAll);
  WaitGroup wg;
  wg.go([&] {
    for (const unsigned addresses : notify) {
      Conn* gone[3] = {};
      clients.lock();
      for (int a = 0; a < 3; a++)
        if ((addresses >> a & 1) == 0) gone[a] = conns[a], conns[a] = nullptr;
      clients.unlock();
      for (int a = 0; a < 3; a++) {
        clients.lock();
        const bool add = (addresses >> a & 1) != 0 && conns[a] == nullptr && !all_gone;
        if (add) wg.go([&, a, c = conns[a] = new Conn] { bring_up(c, a); });
        clients.unlock();
      }
      for (int a = 0; a < 3; a++)
        if (gone[a] != nullptr) tear_down(gone[a], a);
    }
  });
  wg.go([&] { close_balancer(); });
  wg.go([&] {
    Conn* mine[3];
    clients.lock();
    all_gone = true;
    for (int a = 0; a < 3; a++) mine[a] = conns[a], conns[a] = nullptr;
    clients.unlock();
    close_balancer();
    for (int a = 0; a < 3; a++)
      if (mine[a] != nullptr) tear_down(mine[a], a);
  });
  wg.wait();
}

// etcd#7492: assign sends a token with the lock held. The keeper that receives tokens takes the lock when it removes
// old ones, at the ticks of its ticker.
void etcd_7492() {
  RWMutex tokens;
  Chan<int> added(1);
  Chan<Chan<Unit>> stop(0);
  go([&] {
    Ticker ticker = new_ticker(ns(1));
    int kept = 0;
    for (bool stopped = false; !stopped;)
      select(recv(added, [&] { kept++; }),
             recv(ticker.c(),
                  [&] {
                    for (; kept > 0; kept--) {
                      tokens.lock();
                      tokens.unlock();
                    }
                  }),
             recv(stop, [&](const Chan<Unit>& answer) {
               answer.send({});
               stopped = true;
             }));
    ticker.stop();
  });
  WaitGroup wg;
  for (int i = 0; i < 3; i++)
    wg.go([&] {
      tokens.lock();
      added.send(i);
      tokens.unlock();
    });
  wg.wait();
  Chan<Unit> answer(0);
  stop.send(answer);
  (void)answer.recv();
}

// etcd#7902: a follower waits, with the lock held, until the leader ends the round. Before the leader ends the round it
// takes the lock.
void etcd_7902() {
  Mutex mu;
  Chan<Unit> next(0);
  WaitGroup wg;
  for (int client = 0; client < 2; client++)
    wg.go([&, client] {
      mu.lock();
      const Chan<Unit> mine = next;
      mu.unlock();
      mu.lock();
      if (client == 0) {
        next.close();
        next = Chan<Unit>(0);
      }
      (void)mine.recv();
      mu.unlock();
    });
  wg.wait();
}

constexpr Named kKernels[] = {{"etcd_3077", etcd_3077}, {"etcd_5509", etcd_5509}, {"etcd_6857", etcd_6857},
                              {"etcd_6873", etcd_6873}, {"etcd_7443", etcd_7443}, {"etcd_7492", etcd_7492},
                              {"etcd_7902", etcd_7902}};

}  // namespace

int main(int argc, char** argv) { return run_named(kKernels, argc, argv); }
