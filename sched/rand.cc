#include "sched/rand.h"

#include "kernel_iface/choice.h"
#include "kernel_iface/env.h"
#include "kernel_iface/kernel.h"
#include "sched/gmp.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

// splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014): any state is a good one.
u64 splitmix64(u64* state) {
  u64 z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

constinit u64 global_rand GUARDED_BY(sched.lock) = 0;
constinit u64 hashkey[2] = {};

}  // namespace

// Not analysed: at boot, before there is a second thread.
void randinit() NO_LOCK_ANALYSIS {
  trace_boot(Ev::randinit);
  u64 seed[2] = {};
  u8 drawn[16];
  const u8* bytes = auxv.random;
  if (bytes == nullptr && kernel->getrandom(drawn, sizeof(drawn))) bytes = drawn;
  if (bytes != nullptr) {
    for (u32 i = 0; i < 16; i++) seed[i / 8] |= static_cast<u64>(bytes[i]) << (i % 8 * 8);
  } else {
    // No secret depends on it, so a weak seed is better than a program that ends.
    seed[0] = static_cast<u64>(kernel->nanotime());
    seed[1] = simulated != 0 ? 0 : Isa::cputicks();
  }
  global_rand = seed[0];
  global_rand = splitmix64(&global_rand) ^ seed[1];
}

// Not analysed, like randinit.
void alginit() NO_LOCK_ANALYSIS {
  trace_boot(Ev::alginit);
  for (u64& k : hashkey) k = splitmix64(&global_rand);
}

void mrandinit(M* mp) {
  trace_boot(Ev::mrandinit);
  mp->rand_state = splitmix64(&global_rand);
}

u32 cheaprand() { return static_cast<u32>(splitmix64(&getg()->m->rand_state) >> 32); }

// Multiply-shift instead of modulo (Lemire): a bias of n/2^32, which does not matter for choosing victims.
u32 cheaprandn(u32 n) {
  if (RT0_UNLIKELY(simulated != 0)) return choose(Choice::random, n, {'g', static_cast<i64>(getg()->goid)});
  return static_cast<u32>((static_cast<u64>(cheaprand()) * n) >> 32);
}

u64 random64() {
  if (RT0_LIKELY(simulated == 0)) return splitmix64(&getg()->m->rand_state);
  u8 bytes[8];
  u64 v = 0;
  if (!kernel->getrandom(bytes, sizeof(bytes))) {  // the fault "nosys"
    for (u32 i = 0; i < 4; i++) v = v << 16 | cheaprandn(1 << 16);
    return v;
  }
  for (u32 i = 0; i < 8; i++) v |= static_cast<u64>(bytes[i]) << (8 * i);
  return v;
}

u64 memhash(const void* p, usize n) {
  const u8* bytes = static_cast<const u8*>(p);
  u64 h = hashkey[0] ^ n;
  for (usize i = 0; i < n; i += 8) {
    u64 w = 0;
    for (usize k = 0; k < 8 && i + k < n; k++) w |= static_cast<u64>(bytes[i + k]) << (k * 8);
    h = (h ^ w) + hashkey[1];
    h = splitmix64(&h);
  }
  return h;
}

}  // namespace rt0
