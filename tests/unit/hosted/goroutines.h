// Threads in place of goroutines, for hosted tests of what goroutines wait in: gopark stops the thread, goready lets it
// go on.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "hosted/hosted.h"

namespace rt0::hosted {

// panic_plain in tests.
struct Panicked : std::runtime_error {
  using runtime_error::runtime_error;
};

// The calling thread becomes a goroutine on an M of its own, until the object goes away.
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

// Goroutines of a test; the destructor waits for all of them.
class Goroutines {
 public:
  ~Goroutines() { join(); }
  void go(std::function<void()> f);
  void join();

 private:
  std::vector<std::thread> threads_;
};

// How many goroutines stand in gopark now, for tests that want somebody to wait before they go on.
int parked();
void wait_until_parked(int n);

// Blocks of mallocgc that have not been freed.
int live_blocks();

}  // namespace rt0::hosted
