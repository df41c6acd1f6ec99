// Size classes: which slot an object gets. Go: sizeclasses.go. Differs: the classes are computed, not listed.
//
// 8 bytes, then 16, 32, 48, … 128 in steps of 16, then four classes to each doubling up to 32 KiB: an object wastes at most a fifth of
// its slot. The 8-byte class is what is left of Go's tiny allocator: there, small pointer-free objects share a block that only the
// collector frees; here each can be deleted, so each needs a slot of its own.
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

// Of n in [0, kMaxSmallSize].
constexpr u32 size_to_class(usize n) {
  if (n <= kTinySize) return 0;
  if (n <= 128) return static_cast<u32>((n + kSizeStep - 1) / kSizeStep);
  u32 doubling = 0;
  while ((usize{256} << doubling) < n) doubling++;  // at most seven times
  const usize quarter = (usize{128} << doubling) / 4;
  return kLinearClasses + doubling * 4 + static_cast<u32>((n - 1) / quarter) - 4;
}
static_assert(size_to_class(1) == 0 && size_to_class(9) == 1 && size_to_class(129) == 9 && size_to_class(257) == 13);
static_assert(size_to_class(kMaxSmallSize) == kNumSizeClasses - 1);

// Pages of a span: at least four objects, and no more than an eighth is left over.
constexpr usize class_to_pages(u32 c) {
  const usize size = class_to_size(c);
  usize pages = align_up(4 * size, kHeapPage) / kHeapPage;
  while (pages * kHeapPage % size > pages * kHeapPage / 8) pages++;
  return pages;
}
inline constexpr usize kMostObjects = kHeapPage / kTinySize;  // in a span

}  // namespace rt0
