// Boost.Lockfree's queue, stack and spsc_queue, as Debian has them. See cxx_threads_test.py.
#include <thread>

#include <rt0/rt0.h>
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <boost/lockfree/stack.hpp>

#include "queues.h"

int main() {
  {
    boost::lockfree::queue<Element> q(16);
    load(
        "queue:", 3, 2, 80, true,
        [&](int, Element e) {
          while (!q.push(e)) std::this_thread::yield();
        },
        [&](int, Element* e) { return q.pop(*e); });
    rt0::fmt::println("empty:", q.empty());
  }
  {
    boost::lockfree::queue<Element, boost::lockfree::capacity<8>> q;
    load(
        "bounded queue:", 2, 3, 80, true,
        [&](int, Element e) {
          while (!q.bounded_push(e)) std::this_thread::yield();
        },
        [&](int, Element* e) { return q.pop(*e); });
  }
  {
    boost::lockfree::stack<Element> s(16);
    load(
        "stack:", 3, 2, 80, false,
        [&](int, Element e) {
          while (!s.push(e)) std::this_thread::yield();
        },
        [&](int, Element* e) { return s.pop(*e); });
  }
  {
    boost::lockfree::spsc_queue<Element, boost::lockfree::capacity<10>> q;
    load(
        "spsc_queue:", 1, 1, 200, true,
        [&](int, Element e) {
          while (!q.push(e)) std::this_thread::yield();
        },
        [&](int, Element* e) { return q.pop(*e); });
  }
}
