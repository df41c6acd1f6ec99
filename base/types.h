// Types that every room shares: fixed-width integers, views of memory, and the types of ids.
//
// This header includes the compiler's own freestanding headers and nothing else, and compiles both freestanding (target
// binaries) and hosted (unit tests, host tools).
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace rt0 {

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i8 = int8_t;
using i16 = int16_t;
using i32 = int32_t;
using i64 = int64_t;
using usize = size_t;
using uintptr = uintptr_t;

inline constexpr usize kPtrSize = sizeof(void*);

template <class A, class B>
inline constexpr bool kSame = false;
template <class A>
inline constexpr bool kSame<A, A> = true;
template <class A, class B>
concept SameAs = kSame<A, B>;

// A view of `len` objects, which it does not own.
template <class T>
struct Span {
  T* ptr = nullptr;
  usize len = 0;

  constexpr T& operator[](usize i) const { return ptr[i]; }
  constexpr T* begin() const { return ptr; }
  constexpr T* end() const { return ptr + len; }
  constexpr bool empty() const { return len == 0; }
};

// A view of a string of `len` bytes, not NUL-terminated, which it does not own.
struct Str {
  const char* ptr = nullptr;
  usize len = 0;

  constexpr Str() = default;
  constexpr Str(const char* p, usize n) : ptr(p), len(n) {}
  template <usize N>
  consteval Str(const char (&literal)[N]) : ptr(literal), len(N - 1) {}

  constexpr char operator[](usize i) const { return ptr[i]; }
  constexpr const char* begin() const { return ptr; }
  constexpr const char* end() const { return ptr + len; }
  constexpr bool empty() const { return len == 0; }
  constexpr Str sub(usize from) const { return {ptr + from, len - from}; }
  constexpr Str sub(usize from, usize n) const { return {ptr + from, n}; }

  friend constexpr bool operator==(Str a, Str b) {
    if (a.len != b.len) return false;
    for (usize i = 0; i < a.len; i++)
      if (a.ptr[i] != b.ptr[i]) return false;
    return true;
  }
};

// The Str of a NUL-terminated string; an empty one for a null pointer.
constexpr Str cstr(const char* s) {
  usize n = 0;
  if (s != nullptr)
    while (s[n] != '\0') n++;
  return {s, n};
}

// v rounded up, or down, to a multiple of `align` (a power of two).
constexpr uintptr align_up(uintptr v, uintptr align) { return (v + align - 1) & ~(align - 1); }
constexpr uintptr align_down(uintptr v, uintptr align) { return v & ~(align - 1); }
constexpr bool is_power_of_two(uintptr v) { return v != 0 && (v & (v - 1)) == 0; }

template <class T>
constexpr T min(T a, T b) {
  return b < a ? b : a;
}
template <class T>
constexpr T max(T a, T b) {
  return a < b ? b : a;
}

template <class T, usize N>
constexpr usize countof(const T (&)[N]) {
  return N;
}

// Ids of Ms and Ps. A goroutine's id is a u64, as in Go.
using MId = i32;
using PId = i32;

}  // namespace rt0
