// A kernel for hosted tests of mem/: pages from the host, and failures when a test wants them.
#pragma once

#include <atomic>

#include "hosted/hosted.h"

namespace rt0::hosted {

// While it lives, `kernel` has the memory calls.
class MemoryKernel {
 public:
  MemoryKernel();
  ~MemoryKernel();

 private:
  Kernel table_;
  const Kernel* before_;
};

// Every so-manieth call of this kind fails; 0: none does.
extern std::atomic<u32> map_fails, dontneed_fails;
// How many bytes mem_dontneed has given back.
extern std::atomic<usize> given_back;

}  // namespace rt0::hosted
