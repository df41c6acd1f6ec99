#include "rt0/gomap.h"

#include "base/types.h"
#include "sched/above.h"
#include "sched/rand.h"

namespace rt0::detail {

size_t random_below(size_t n) { return cheaprandn(static_cast<u32>(min<usize>(n, UINT32_MAX))); }

void map_fatal(const char* why) { fatal(cstr(why)); }

}  // namespace rt0::detail
