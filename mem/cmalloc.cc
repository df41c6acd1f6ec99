// malloc and the like, for C code in a program that has no C library. Linked in only where they are used. If rt0 is
// ever linked into a program with a C library, this file must be left out.
#include "mem/program_heap.h"
#include "mem/sizeclasses.h"

namespace rt0 {
namespace {
constexpr usize kMallocAlign = 8;  // objects of more than 8 bytes are aligned to 16: see mallocgc

void copy(void* to, const void* from, usize n) { __builtin_memcpy(to, from, n); }

char* duplicate(const char* s, usize len) {
  char* p = static_cast<char*>(program_malloc_noscan(len + 1, kMallocAlign));
  if (p == nullptr) return nullptr;
  copy(p, s, len);
  p[len] = '\0';
  return p;
}
}  // namespace
}  // namespace rt0

using rt0::kMallocAlign;
using rt0::usize;

extern "C" {

void* malloc(usize n) { return rt0::program_malloc(n, kMallocAlign); }
void free(void* p) { rt0::program_free(p, RT0_CALLER); }

void* calloc(usize n, usize size) {
  usize bytes;
  if (__builtin_mul_overflow(n, size, &bytes)) return nullptr;
  return rt0::program_zeroed(bytes, kMallocAlign);
}

// The object stays where it is if its slot is large enough and not much too large, or if it has whole pages and free
// ones after them. An object of whole pages that must move will probably grow again: it gets an eighth more, so growing
// in small steps to n bytes copies some 9 n bytes in all, however small the steps. Untouched pages cost no memory.
void* realloc(void* p, usize n) {
  if (p == nullptr) return rt0::program_malloc(n, kMallocAlign);
  const usize have = rt0::program_usable(p);
  if (!rt0::kCheckedHeap && n <= have && n >= have / 2) return p;
  if (n > have && rt0::program_grow(p, n)) return p;
  usize more;
  void* q = nullptr;
  if (n > have && have > rt0::kMaxSmallSize && !__builtin_add_overflow(n, n / 8, &more))
    q = rt0::program_malloc(more, kMallocAlign);
  if (q == nullptr) q = rt0::program_malloc(n, kMallocAlign);
  if (q == nullptr) return n <= have ? p : nullptr;
  rt0::copy(q, p, n < have ? n : have);
  rt0::program_free(p, RT0_CALLER);
  return q;
}

void* reallocarray(void* p, usize n, usize size) {
  usize bytes;
  return __builtin_mul_overflow(n, size, &bytes) ? nullptr : realloc(p, bytes);
}

void* aligned_alloc(usize align, usize n) {
  return rt0::is_power_of_two(align) ? rt0::program_malloc(n, align) : nullptr;
}

int posix_memalign(void** out, usize align, usize n) {
  constexpr int kEinval = 22, kEnomem = 12;
  if (!rt0::is_power_of_two(align) || align % sizeof(void*) != 0) return kEinval;
  void* p = rt0::program_malloc(n, align);
  if (p == nullptr) return kEnomem;
  *out = p;
  return 0;
}

void* memalign(usize align, usize n) { return aligned_alloc(align, n); }
// C23: the size and the alignment that the caller passes are not needed.
void free_sized(void* p, usize) { rt0::program_free(p, RT0_CALLER); }
void free_aligned_sized(void* p, usize, usize) { rt0::program_free(p, RT0_CALLER); }

char* strdup(const char* s) { return rt0::duplicate(s, __builtin_strlen(s)); }
// The first n bytes at most; s need not have a NUL within them.
char* strndup(const char* s, usize n) {
  usize len = 0;
  while (len < n && s[len] != '\0') len++;
  return rt0::duplicate(s, len);
}

usize malloc_usable_size(void* p) { return p == nullptr ? 0 : rt0::program_usable(p); }

}  // extern "C"
