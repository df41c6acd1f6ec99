// What most ISAs' thread pointers have in common, for arch/tls_block.h: two words there are free, and the variables of
// the thread follow. An ISA's thread_pointer.h has ThreadPointer: what differs, and set(tp, AT_HWCAP2).
#pragma once

#include "base/types.h"

namespace rt0 {

struct ThreadPointer;
struct GenericThreadPointer {
  static constexpr bool kVariablesBelow = false;  // the variables lie below the thread pointer
  static constexpr usize kHead = 2 * kPtrSize;    // from the thread pointer on, before what follows
  static constexpr uintptr kOffsetBias = 0;       // what offsets for __tls_get_addr lack
};

}  // namespace rt0
