// Random numbers and hashes of the runtime. Go: rand.go, alg.go.
#pragma once

#include "base/check.h"
#include "base/types.h"
#include "sched/gmp.h"

namespace rt0 {

// Seeds the process from the kernel's 16 random bytes (AT_RANDOM), or asks it for some. Go: randinit.
void randinit() RT0_SYM("runtime.randinit");
// Keys the hash. Go: alginit.
void alginit() RT0_SYM("runtime.alginit");
// Seeds an M's own generator. Go: mrandinit.
void mrandinit(M* mp) RT0_SYM("runtime.mrandinit") REQUIRES(sched.lock);

// The M's own generator: fast, not for secrets. cheaprandn(n) is in [0, n).
u32 cheaprand();
u32 cheaprandn(u32 n);

// A number for programs that ask the runtime for a random one; not for secrets. In a simulation it comes from the seed.
u64 random64();

// A keyed hash of n bytes. It differs from run to run, so a trace must not depend on it.
u64 memhash(const void* p, usize n);

}  // namespace rt0
