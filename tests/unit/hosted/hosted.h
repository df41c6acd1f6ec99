// What hosted unit tests put in place of the layers that are not under test: a kernel table on the host's libc, throw_
// and fatal as C++ exceptions, threads as Ms, the trace as a list.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "kernel_iface/kernel.h"
#include "sched/gmp.h"
#include "trace/event.h"

namespace rt0::hosted {

// throw_ (a broken runtime) and fatal (a broken program) in tests.
struct Thrown : std::runtime_error {
  using runtime_error::runtime_error;
};
struct Fatal : std::runtime_error {
  using runtime_error::runtime_error;
};

// The calling thread becomes an M that stands on its g0, until the object goes away.
class ThisThreadIsM {
 public:
  ThisThreadIsM();
  ~ThisThreadIsM();
  ThisThreadIsM(const ThisThreadIsM&) = delete;
  ThisThreadIsM& operator=(const ThisThreadIsM&) = delete;

  M m{};
  G g0{};
};

// What the code under test wrote to file descriptors since the last call.
std::string take_written();

// What kernel->nanotime says; 0: the host's clock.
extern i64 fake_nanotime;

// One event per entry, "name arg=value …", while a Recording lives. Not for tests with several threads.
class Recording {
 public:
  Recording();
  ~Recording();
  std::vector<std::string> events;
};

// Memory between these two can be read, says page_readable.
extern uintptr readable_lo, readable_hi;

}  // namespace rt0::hosted
