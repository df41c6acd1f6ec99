// A kernel for hosted tests of mem/: pages from the host, and failures that a test asks for.
#pragma once

#include <atomic>

#include "hosted/hosted.h"

namespace rt0::hosted {

// As long as it lives, `kernel` has the memory calls.
class MemoryKernel {
 public:
  MemoryKernel();
  ~MemoryKernel();

 private:
  Kernel table_;
  const Kernel* before_;
};

// Every n-th call of this kind fails; 0: none does.
extern std::atomic<u32> map_fails, dontneed_fails;
// The number of bytes that mem_dontneed has given back.
extern std::atomic<usize> given_back;

}  // namespace rt0::hosted
