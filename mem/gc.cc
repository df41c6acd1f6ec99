#include "mem/gc.h"

#include "base/format.h"
#include "trace/trace.h"

namespace rt0 {

constinit gcControllerState gcController{};
constinit bool enablegc = false;

void gcControllerState::setGCPercent(i32 percent) {
  gcPercent = percent < 0 ? -1 : percent;
  heapMinimum = percent < 0 ? kDefaultHeapMinimum : kDefaultHeapMinimum * static_cast<u64>(percent) / 100;
}

void gcControllerState::setMemoryLimit(i64 limit) { memoryLimit = limit; }

// With nothing marked yet the goal is the minimum heap.
void gcControllerState::commit() { gcPercentHeapGoal = gcPercent < 0 ? ~u64{0} : heapMinimum; }

void gcControllerState::init(i32 percent, i64 limit) {
  trace_boot(Ev::gcControllerState_init);
  heapMinimum = kDefaultHeapMinimum;
  triggered = ~u64{0};
  setGCPercent(percent);
  setMemoryLimit(limit);
  commit();
}

i32 parse_gogc(Str value) {
  if (value == Str("off")) return -1;
  i64 n;
  if (!parse_i64(value, &n) || n != static_cast<i32>(n)) return 100;
  return static_cast<i32>(n);
}

bool parse_gomemlimit(Str value, i64* limit) {
  *limit = kMemoryLimitOff;
  if (value.empty() || value == Str("off")) return true;
  u32 shift = 0;
  if (value[value.len - 1] == 'B') {
    value = value.sub(0, value.len - 1);
    if (value.len >= 2 && value[value.len - 1] == 'i') {
      constexpr Str kUnits = "KMGT";
      for (usize i = 0; i < kUnits.len; i++)
        if (value[value.len - 2] == kUnits[i]) shift = static_cast<u32>(10 * (i + 1));
      if (shift == 0) return false;
      value = value.sub(0, value.len - 2);
    }
  }
  i64 n;
  if (!parse_i64(value, &n) || n < 0 || n > (kMemoryLimitOff >> shift)) return false;
  *limit = n << shift;
  return true;
}

}  // namespace rt0
