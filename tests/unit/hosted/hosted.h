// Test doubles for the layers that are not under test: a kernel table on the host's libc, throw_ and fatal as C++
// exceptions, threads as Ms, the trace as a list.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "kernel_iface/kernel.h"
#include "sched/gmp.h"
#include "trace/event.h"

namespace rt0::hosted {

// In tests throw_ (the runtime is broken) throws Thrown, and fatal (the program is wrong) throws Fatal.
struct Thrown : std::runtime_error {
  using runtime_error::runtime_error;
};
struct Fatal : std::runtime_error {
  using runtime_error::runtime_error;
};

// Makes the calling thread an M that runs on its g0, as long as the object lives.
class ThisThreadIsM {
 public:
  ThisThreadIsM();
  ~ThisThreadIsM();
  ThisThreadIsM(const ThisThreadIsM&) = delete;
  ThisThreadIsM& operator=(const ThisThreadIsM&) = delete;

  M m{};
  G g0{};
};

// Everything that the code under test wrote to file descriptors since the last call.
std::string take_written();

// The result of kernel->nanotime; 0: the host's clock.
extern i64 fake_nanotime;

// One event per entry, "name arg=value …", while a Recording lives. Not for tests with several threads.
class Recording {
 public:
  Recording();
  ~Recording();
  std::vector<std::string> events;
};

// page_readable is true for memory between these two.
extern uintptr readable_lo, readable_hi;

}  // namespace rt0::hosted
