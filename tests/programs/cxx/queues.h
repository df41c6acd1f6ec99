// Loads for the programs that test queues of other libraries: producers and consumers in threads, and what every queue
// must keep: nothing is lost or comes twice, and what one producer has put in comes out in its order.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include <rt0/rt0.h>

// An element: its producer, and which of that one's elements it is.
struct Element {
  int producer, number;
};

// Runs `producers` threads that call put(producer, element) with `each` elements, and `consumers` threads that call
// take(consumer, &element) until all have come; take returns false if there is none at the moment. Prints what is
// wrong with what came: elements lost or twice, and, if `ordered`, those that one consumer got before an earlier one.
template <class Put, class Take>
void load(const char* name, int producers, int consumers, int each, bool ordered, Put put, Take take) {
  const int total = producers * each;
  std::vector<std::atomic<int>> seen(static_cast<size_t>(total));
  std::atomic<int> taken = 0, disordered = 0;
  std::vector<std::thread> threads;
  for (int c = 0; c < consumers; c++)
    threads.emplace_back([&, c] {
      std::vector<int> last(static_cast<size_t>(producers), -1);
      while (taken < total) {
        Element e{};
        if (!take(c, &e)) {
          std::this_thread::yield();
          continue;
        }
        taken++;
        seen[static_cast<size_t>(e.producer * each + e.number)]++;
        if (ordered && e.number < last[static_cast<size_t>(e.producer)]) disordered++;
        last[static_cast<size_t>(e.producer)] = e.number;
      }
    });
  for (int p = 0; p < producers; p++)
    threads.emplace_back([&, p] {
      for (int n = 0; n < each; n++) {
        put(p, Element{p, n});
        if (n % 16 == 7) std::this_thread::yield();
      }
    });
  for (std::thread& t : threads) t.join();
  int wrong = 0;
  for (const auto& n : seen) wrong += n != 1;
  rt0::fmt::println(name, "wrong", wrong, "disordered", disordered.load());
}
