// libcds' queues that need only its headers, and its spin locks, as Debian has them. See cxx_threads_test.py.
#include <mutex>
#include <thread>
#include <vector>

#include <cds/container/vyukov_mpmc_cycle_queue.h>
#include <cds/container/weak_ringbuffer.h>
#include <cds/sync/spinlock.h>
#include <rt0/rt0.h>

#include "queues.h"

namespace {

template <class Lock>
void locked(const char* name) {
  Lock lock;
  int n = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; i++) {
        const std::lock_guard<Lock> l(lock);
        const int seen = n;
        if (i % 25 == 0) std::this_thread::yield();
        n = seen + 1;
      }
    });
  for (std::thread& t : threads) t.join();
  rt0::fmt::println(name, n);
}

}  // namespace

int main() {
  {
    cds::container::VyukovMPMCCycleQueue<Element> q(16);
    load(
        "VyukovMPMCCycleQueue:", 3, 2, 80, true,
        [&](int, Element e) {
          while (!q.enqueue(e)) std::this_thread::yield();
        },
        [&](int, Element* e) { return q.dequeue(*e); });
  }
  {
    cds::container::WeakRingBuffer<Element> q(16);
    load(
        "WeakRingBuffer:", 1, 1, 200, true,
        [&](int, Element e) {
          while (!q.push(e)) std::this_thread::yield();
        },
        [&](int, Element* e) { return q.pop(*e); });
  }
  locked<cds::sync::spin>("spin:");
  locked<cds::sync::reentrant_spin32>("reentrant_spin32:");
}
