// moodycamel's ReaderWriterQueue for one producer and one consumer, its blocking form and its ring, as Debian has them.
// See cxx_threads_test.py.
#include <chrono>
#include <thread>

#include <readerwritercircularbuffer.h>
#include <readerwriterqueue.h>
#include <rt0/rt0.h>

#include "queues.h"

int main() {
  {
    moodycamel::ReaderWriterQueue<Element> q(4);
    load(
        "grows:", 1, 1, 200, true, [&](int, Element e) { q.enqueue(e); },
        [&](int, Element* e) { return q.try_dequeue(*e); });
  }
  {
    moodycamel::ReaderWriterQueue<Element> q(15);
    load(
        "bounded:", 1, 1, 200, true,
        [&](int, Element e) {
          while (!q.try_enqueue(e)) std::this_thread::yield();
        },
        [&](int, Element* e) { return q.try_dequeue(*e); });
  }
  {
    moodycamel::BlockingReaderWriterQueue<Element> q;
    load(
        "blocking:", 1, 1, 200, true, [&](int, Element e) { q.enqueue(e); },
        [&](int, Element* e) {
          q.wait_dequeue(*e);
          return true;
        });
    Element none{};
    rt0::fmt::println("timed:", q.wait_dequeue_timed(none, std::chrono::milliseconds(2)));
  }
  {
    moodycamel::BlockingReaderWriterCircularBuffer<Element> ring(8);
    load(
        "ring:", 1, 1, 200, true, [&](int, Element e) { ring.wait_enqueue(e); },
        [&](int, Element* e) { return ring.wait_dequeue_timed(*e, std::chrono::milliseconds(1)); });
  }
}
