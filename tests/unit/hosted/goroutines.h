// Threads in place of goroutines, for hosted tests of code in which goroutines wait: gopark stops the thread, goready
// lets it go on.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "hosted/hosted.h"

namespace rt0::hosted {

// panic_plain throws this in tests.
struct Panicked : std::runtime_error {
  using runtime_error::runtime_error;
};

// Makes the calling thread a goroutine on an M of its own, as long as the object lives.
class ThisThreadIsGoroutine {
 public:
  ThisThreadIsGoroutine();
  ~ThisThreadIsGoroutine();

  struct Parked : G {
    std::mutex lock;
    std::condition_variable wake;
    bool ready = false;
  };
  ThisThreadIsM m;
  Parked g{};
};

// The goroutines of a test; the destructor waits for all of them.
class Goroutines {
 public:
  ~Goroutines() { join(); }
  void go(std::function<void()> f);
  void join();

 private:
  std::vector<std::thread> threads_;
};

// The number of goroutines in gopark now, for tests that need a waiting goroutine before they go on.
int parked();
void wait_until_parked(int n);

// The number of blocks from malloc_or_die that have not been freed.
int live_blocks();

}  // namespace rt0::hosted
