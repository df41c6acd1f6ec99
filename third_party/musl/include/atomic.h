// rt0's own: of musl's atomic.h the sources here need only these.
#pragma once
#include <stdint.h>
static inline int a_clz_64(uint64_t x) { return __builtin_clzll(x); }
static inline int a_ctz_l(unsigned long x) { return __builtin_ctzl(x); }
