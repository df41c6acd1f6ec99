// Size classes: the size of the slot that an object gets. Go: sizeclasses.go. Differs: the classes are computed, not
// listed.
//
// The sizes are 8 bytes, then 16 to 128 in steps of 16, then four classes to each doubling up to 32 KiB; so of a slot
// of more than 128 bytes at most a fifth is unused. The 8-byte class takes the place of Go's tiny allocator. There,
// small objects without pointers share a block that only the collector frees; here each object can be deleted, so each
// needs a slot of its own.
#pragma once

#include "base/types.h"

namespace rt0 {

inline constexpr usize kHeapPage = 8 * 1024;
inline constexpr usize kTinySize = 8;
inline constexpr usize kSizeStep = 16;
inline constexpr usize kMaxSmallSize = 32 * 1024;
inline constexpr u32 kLinearClasses = 9;                        // 8, 16 … 128
inline constexpr u32 kNumSizeClasses = kLinearClasses + 8 * 4;  // … 32 KiB

constexpr usize class_to_size(u32 c) {
  if (c == 0) return kTinySize;
  if (c < kLinearClasses) return c * kSizeStep;
  const u32 doubling = (c - kLinearClasses) / 4, quarter = (c - kLinearClasses) % 4;
  return (usize{128} << doubling) / 4 * (5 + quarter);
}
static_assert(class_to_size(8) == 128 && class_to_size(9) == 160 && class_to_size(12) == 256);
static_assert(class_to_size(kNumSizeClasses - 1) == kMaxSmallSize);

// The class of an object of n bytes, for n in [0, kMaxSmallSize].
constexpr u32 size_to_class(usize n) {
  if (n <= kTinySize) return 0;
  if (n <= 128) return static_cast<u32>((n + kSizeStep - 1) / kSizeStep);
  u32 c = kLinearClasses, shift = 5;              // a quarter of 128
  for (; usize{8} << shift < n; shift++) c += 4;  // at most seven times
  return c + static_cast<u32>((n - 1) >> shift) - 4;
}
static_assert(size_to_class(1) == 0 && size_to_class(9) == 1 && size_to_class(129) == 9 && size_to_class(257) == 13);
static_assert(size_to_class(kMaxSmallSize) == kNumSizeClasses - 1);

// The pages of a span of the class: they hold at least four objects, and at most an eighth of their bytes is left over.
constexpr usize class_to_pages(u32 c) {
  const usize size = class_to_size(c);
  usize pages = align_up(4 * size, kHeapPage) / kHeapPage;
  while (pages * kHeapPage % size > pages * kHeapPage / 8) pages++;
  return pages;
}
inline constexpr usize kMostObjects = kHeapPage / kTinySize;  // in a span

// How many objects of a class go to a cache at once, at most.
constexpr u32 max_batch(u32 c) { return static_cast<u32>(max<usize>(2, min<usize>(64, kHeapPage / class_to_size(c)))); }

// A table, which is shorter than the code that computes it.
struct SizeClass {
  u16 eighths;  // of the objects' size
  u8 pages, batch;
  constexpr usize size() const { return usize{8} * eighths; }
};
struct SizeClasses {
  SizeClass at[kNumSizeClasses];
};
constexpr SizeClasses make_size_classes() {
  SizeClasses t = {};
  for (u32 c = 0; c < kNumSizeClasses; c++)
    t.at[c] = {static_cast<u16>(class_to_size(c) / 8), static_cast<u8>(class_to_pages(c)),
               static_cast<u8>(max_batch(c))};
  return t;
}
inline constexpr SizeClasses kSizeClasses = make_size_classes();

// The class of each size up to 1024, in steps of 8.
inline constexpr usize kTableMax = 1024;
struct ClassTable {
  u8 of[kTableMax / 8 + 1];
};
constexpr ClassTable make_class_table() {
  ClassTable t = {};
  for (usize i = 0; i <= kTableMax / 8; i++) t.of[i] = static_cast<u8>(size_to_class(i * 8));
  return t;
}
inline constexpr ClassTable kClassTable = make_class_table();

}  // namespace rt0
