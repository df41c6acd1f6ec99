// The collector's controller: its parameters, as the environment sets them at boot, before the first object is made.
// Go: mgcpacer.go. There is no collector yet that frees memory by itself; runtime/gc has gc(), which finds finalizers.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

inline constexpr u64 kDefaultHeapMinimum = 4 << 20;

// memoryLimit's value when there is no limit.
inline constexpr i64 kMemoryLimitOff = 0x7fffffffffffffff;

struct gcControllerState {
  u64 heapMinimum;        // below this the heap is never collected
  i32 gcPercent;          // GOGC; -1: off
  i64 memoryLimit;        // GOMEMLIMIT, bytes
  u64 triggered;          // the heap size that started the running cycle; ~0: none
  u64 gcPercentHeapGoal;  // made of the fields above by commit; ~0: no goal

  void init(i32 percent, i64 limit) RT0_SYM("runtime.gcControllerState.init");
  void setGCPercent(i32 percent);
  void setMemoryLimit(i64 limit);
  void commit();
};
extern gcControllerState gcController;
// Whether a collection may start: not before runtime.main has said so. Go: memstats.enablegc.
extern bool enablegc;

// GOGC: a number, "off"; anything else counts as 100.
i32 parse_gogc(Str value);
// GOMEMLIMIT: a number with B, KiB, MiB, GiB or TiB, or "off"; empty is off. False if it is malformed.
bool parse_gomemlimit(Str value, i64* limit);

}  // namespace rt0
