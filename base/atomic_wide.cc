// Atomic operations on objects that no instruction of the ISA can change as a whole: 16 bytes, structures of any size,
// and 8 bytes on CPUs without a wider instruction. Programs without rt0 get them from libatomic. Linked only into
// programs that use them. The names are the compilers' ABI: https://gcc.gnu.org/wiki/Atomic/GCCMM/LIbrary.
//
// Each operation holds the lock of the object's address. Safe, because every operation on such an object comes here:
// std::atomic<T> is not lock-free for any of these T, and a compiler never mixes these calls with instructions.
#include "base/address_lock.h"

namespace rt0 {

namespace {

u8* bytes(volatile void* p) { return static_cast<u8*>(const_cast<void*>(p)); }
const u8* bytes(const volatile void* p) { return static_cast<const u8*>(const_cast<const void*>(p)); }

void copy(u8* to, const u8* from, usize n) {
  for (usize i = 0; i < n; i++) to[i] = from[i];
}
bool equal(const u8* a, const u8* b, usize n) {
  for (usize i = 0; i < n; i++)
    if (a[i] != b[i]) return false;
  return true;
}

void load(usize n, const volatile void* p, void* to) {
  Locked l(address_lock(p));
  copy(bytes(to), bytes(p), n);
}
void store(usize n, volatile void* p, const void* from) {
  Locked l(address_lock(p));
  copy(bytes(p), bytes(from), n);
}
void exchange(usize n, volatile void* p, const void* from, void* to) {
  Locked l(address_lock(p));
  copy(bytes(to), bytes(p), n);
  copy(bytes(p), bytes(from), n);
}
bool compare_exchange(usize n, volatile void* p, void* expected, const void* wanted) {
  Locked l(address_lock(p));
  if (equal(bytes(p), bytes(expected), n)) {
    copy(bytes(p), bytes(wanted), n);
    return true;
  }
  copy(bytes(expected), bytes(p), n);
  return false;
}

}  // namespace

void generic_load(usize n, const volatile void* p, void* to, int) __asm__("__atomic_load");
void generic_load(usize n, const volatile void* p, void* to, int) { load(n, p, to); }
void generic_store(usize n, volatile void* p, const void* from, int) __asm__("__atomic_store");
void generic_store(usize n, volatile void* p, const void* from, int) { store(n, p, from); }
void generic_exchange(usize n, volatile void* p, const void* from, void* to, int) __asm__("__atomic_exchange");
void generic_exchange(usize n, volatile void* p, const void* from, void* to, int) { exchange(n, p, from, to); }
bool generic_cas(usize n, volatile void* p, void* e, const void* w, int, int) __asm__("__atomic_compare_exchange");
bool generic_cas(usize n, volatile void* p, void* e, const void* w, int, int) { return compare_exchange(n, p, e, w); }

bool is_lock_free(usize n, const volatile void* p) __asm__("__atomic_is_lock_free");
bool is_lock_free(usize n, const volatile void*) { return n == 1 || n == 2 || n == 4 || n == sizeof(void*); }

// NOLINTBEGIN(bugprone-macro-parentheses): T is a type
#define RT0_FETCH(T, bits, name, op)                                                \
  T name##_##bits(volatile void* p, T v, int) __asm__("__atomic_" #name "_" #bits); \
  T name##_##bits(volatile void* p, T v, int) {                                     \
    Locked l(address_lock(p));                                                      \
    T* at = static_cast<T*>(const_cast<void*>(p));                                  \
    const T old = *at;                                                              \
    *at = op;                                                                       \
    return old;                                                                     \
  }
// NOLINTEND(bugprone-macro-parentheses)
#define RT0_WIDTH(T, bits)                                                                                    \
  T load_##bits(const volatile void* p, int) __asm__("__atomic_load_" #bits);                                 \
  T load_##bits(const volatile void* p, int) {                                                                \
    T v;                                                                                                      \
    load(sizeof(T), p, &v);                                                                                   \
    return v;                                                                                                 \
  }                                                                                                           \
  void store_##bits(volatile void* p, T v, int) __asm__("__atomic_store_" #bits);                             \
  void store_##bits(volatile void* p, T v, int) { store(sizeof(T), p, &v); }                                  \
  T exchange_##bits(volatile void* p, T v, int) __asm__("__atomic_exchange_" #bits);                          \
  T exchange_##bits(volatile void* p, T v, int) {                                                             \
    T old;                                                                                                    \
    exchange(sizeof(T), p, &v, &old);                                                                         \
    return old;                                                                                               \
  }                                                                                                           \
  bool cas_##bits(volatile void* p, void* e, T w, int, int) __asm__("__atomic_compare_exchange_" #bits);      \
  bool cas_##bits(volatile void* p, void* e, T w, int, int) { return compare_exchange(sizeof(T), p, e, &w); } \
  RT0_FETCH(T, bits, fetch_add, old + v)                                                                      \
  RT0_FETCH(T, bits, fetch_sub, old - v)                                                                      \
  RT0_FETCH(T, bits, fetch_and, old& v)                                                                       \
  RT0_FETCH(T, bits, fetch_or, old | v)                                                                       \
  RT0_FETCH(T, bits, fetch_xor, old ^ v)                                                                      \
  RT0_FETCH(T, bits, fetch_nand, ~(old & v))

// Where there is an instruction for 8 bytes, compilers use it and never call these.
RT0_WIDTH(u64, 8)
#ifdef __SIZEOF_INT128__
__extension__ using u128 = unsigned __int128;
RT0_WIDTH(u128, 16)
#endif
#undef RT0_WIDTH
#undef RT0_FETCH

}  // namespace rt0
