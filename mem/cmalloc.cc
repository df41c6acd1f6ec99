// malloc and its kin, for C code in a program that has no C library. Linked in only where they are used; an archive for a program
// that has a C library must leave this file out.
#include "mem/malloc.h"

namespace rt0 {
namespace {
constexpr usize kMallocAlign = 8;  // of what is longer than 8 bytes, 16: see mallocgc

void copy(void* to, const void* from, usize n) { __builtin_memcpy(to, from, n); }
}  // namespace
}  // namespace rt0

using rt0::kMallocAlign;
using rt0::usize;

extern "C" {

void* malloc(usize n) { return rt0::mallocgc(n, kMallocAlign); }
void free(void* p) { rt0::heap_free(p); }

void* calloc(usize n, usize size) {
  usize bytes;
  if (__builtin_mul_overflow(n, size, &bytes)) return nullptr;
  return rt0::mallocgc_zeroed(bytes, kMallocAlign);
}

// In place if the slot is large enough and not much too large.
void* realloc(void* p, usize n) {
  if (p == nullptr) return rt0::mallocgc(n, kMallocAlign);
  const usize have = rt0::heap_usable(p);
  if (n <= have && n >= have / 2) return p;
  void* q = rt0::mallocgc(n, kMallocAlign);
  if (q == nullptr) return n <= have ? p : nullptr;
  rt0::copy(q, p, n < have ? n : have);
  rt0::heap_free(p);
  return q;
}

void* aligned_alloc(usize align, usize n) { return rt0::is_power_of_two(align) ? rt0::mallocgc(n, align) : nullptr; }

int posix_memalign(void** out, usize align, usize n) {
  constexpr int kEinval = 22, kEnomem = 12;
  if (!rt0::is_power_of_two(align) || align % sizeof(void*) != 0) return kEinval;
  void* p = rt0::mallocgc(n, align);
  if (p == nullptr) return kEnomem;
  *out = p;
  return 0;
}

usize malloc_usable_size(void* p) { return p == nullptr ? 0 : rt0::heap_usable(p); }

}  // extern "C"
