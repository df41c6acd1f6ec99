// moodycamel's ConcurrentQueue and BlockingConcurrentQueue, as Debian has them. See cxx_threads_test.py.
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <blockingconcurrentqueue.h>
#include <concurrentqueue.h>
#include <rt0/rt0.h>

#include "queues.h"

namespace {

void plain() {
  moodycamel::ConcurrentQueue<Element> q;
  load(
      "implicit:", 3, 2, 60, true, [&](int, Element e) { q.enqueue(e); },
      [&](int, Element* e) { return q.try_dequeue(*e); });
}

// With a token for each thread, and in bulk.
void tokens() {
  moodycamel::ConcurrentQueue<Element> q;
  std::vector<moodycamel::ProducerToken> producers;
  std::vector<moodycamel::ConsumerToken> consumers;
  for (int i = 0; i < 3; i++) producers.emplace_back(q), consumers.emplace_back(q);
  load(
      "tokens:", 3, 3, 60, true, [&](int p, Element e) { q.enqueue(producers[static_cast<size_t>(p)], e); },
      [&](int c, Element* e) { return q.try_dequeue(consumers[static_cast<size_t>(c)], *e); });

  std::atomic<int> sum = 0;
  std::vector<std::thread> threads;
  moodycamel::ConcurrentQueue<int> numbers;
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&, t] {
      int batch[10];
      for (int round = 0; round < 5; round++) {
        for (int& n : batch) n = t;
        numbers.enqueue_bulk(batch, 10);
        std::this_thread::yield();
        const size_t n = numbers.try_dequeue_bulk(batch, 10);
        for (size_t i = 0; i < n; i++) sum += batch[i];
      }
    });
  for (std::thread& t : threads) t.join();
  int n;
  while (numbers.try_dequeue(n)) sum += n;
  rt0::fmt::println("bulk:", sum.load());
}

// Its consumers wait in the semaphore of the library, which is a sem_t.
void blocking() {
  moodycamel::BlockingConcurrentQueue<Element> q;
  load(
      "blocking, timed:", 2, 3, 60, true, [&](int, Element e) { q.enqueue(e); },
      [&](int, Element* e) { return q.wait_dequeue_timed(*e, std::chrono::milliseconds(1)); });
  long sum = 0;
  std::thread consumer([&] {
    for (int i = 0; i < 100; i++) {
      Element e{};
      q.wait_dequeue(e);
      sum += e.number;
    }
  });
  for (int i = 0; i < 100; i++) {
    q.enqueue({0, i});
    if (i % 10 == 0) std::this_thread::yield();
  }
  consumer.join();
  rt0::fmt::println("blocking:", sum);
}

}  // namespace

int main() {
  plain();
  tokens();
  blocking();
}
