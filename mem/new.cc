// operator new and delete, by which C++ code uses the heap.
//
// There are no exceptions, so plain new ends the program when there is no memory; the nothrow form returns null.
#include "mem/program_heap.h"

namespace std {
struct nothrow_t;
enum class align_val_t : rt0::usize {};
}  // namespace std

namespace rt0 {
namespace {
constexpr usize kNewAlign = 8;  // objects of more than 8 bytes are aligned to 16: see mallocgc
}  // namespace
}  // namespace rt0

using rt0::kNewAlign;
using rt0::program_malloc_or_die;

void* operator new(rt0::usize n) { return program_malloc_or_die(n, kNewAlign); }
void* operator new[](rt0::usize n) { return program_malloc_or_die(n, kNewAlign); }
void* operator new(rt0::usize n, std::align_val_t a) { return program_malloc_or_die(n, static_cast<rt0::usize>(a)); }
void* operator new[](rt0::usize n, std::align_val_t a) { return program_malloc_or_die(n, static_cast<rt0::usize>(a)); }
void* operator new(rt0::usize n, const std::nothrow_t&) noexcept { return rt0::program_malloc(n, kNewAlign); }
void* operator new[](rt0::usize n, const std::nothrow_t&) noexcept { return rt0::program_malloc(n, kNewAlign); }
void* operator new(rt0::usize n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return rt0::program_malloc(n, static_cast<rt0::usize>(a));
}
void* operator new[](rt0::usize n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return rt0::program_malloc(n, static_cast<rt0::usize>(a));
}

void operator delete(void* p) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete[](void* p) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete(void* p, rt0::usize) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete[](void* p, rt0::usize) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete(void* p, std::align_val_t) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete[](void* p, std::align_val_t) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete(void* p, rt0::usize, std::align_val_t) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete[](void* p, rt0::usize, std::align_val_t) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete(void* p, const std::nothrow_t&) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { rt0::program_free(p, RT0_CALLER); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { rt0::program_free(p, RT0_CALLER); }
