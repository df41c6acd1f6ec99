// Code that could be part of a shared library finds thread_local variables by this function. libstdc++.a has such code
// on some ISAs; the linker replaces it on the others.
#include "arch/tls_block.h"
#include "sched/gmp.h"  // IWYU pragma: keep

namespace rt0 {

// A static program is one module, so only the offset counts.
struct TlsIndex {
  uintptr module, offset;
};

extern "C" void* __tls_get_addr(const TlsIndex* at);
extern "C" void* __tls_get_addr(const TlsIndex* at) {
  return reinterpret_cast<void*>(TlsBlock::at(getg()->stack.hi).variables + at->offset + ThreadPointer::kOffsetBias);
}

}  // namespace rt0
