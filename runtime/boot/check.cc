// runtime.check: checks this build's assumptions about the machine on the machine, before other code relies on them.
#include "sched/gmp.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

static_assert(sizeof(i8) == 1 && sizeof(u16) == 2 && sizeof(i32) == 4 && sizeof(u64) == 8);
static_assert(sizeof(float) == 4 && sizeof(double) == 8 && sizeof(uintptr) == sizeof(void*));
static_assert(static_cast<i32>(-1) >> 1 == -1, "right shifts of negative numbers keep the sign");
static_assert(is_power_of_two(Isa::kStackAlign) && is_power_of_two(Isa::kCacheLine));

constexpr u16 kCcBeliefs[] = {
#define OFFSET(name, type, field) offsetof(type, field),
#include "runtime/boot/asm_offsets.def"
#undef OFFSET
};

// Hides the value from the compiler. Otherwise the compiler would compute the result itself, and the machine's
// instructions would not be tested.
template <class T>
T opaque(T v) {
  __asm__ volatile("" : "+m"(v));
  return v;
}

void check_endian() {
  const u32 word = opaque<u32>(0x01020304);
  const u8 first = *reinterpret_cast<const u8*>(&word);
  check(first == (Isa::kBigEndian ? 1 : 4), "check: byte order");
}

void check_layout() {
  struct Pair {
    u8 a;
    u64 b;
  };
  check(offsetof(Pair, b) == alignof(u64) && sizeof(Pair) == offsetof(Pair, b) + sizeof(u64), "check: padding");
  check(reinterpret_cast<uintptr>(&g0) % alignof(G) == 0 && reinterpret_cast<uintptr>(&m0) % alignof(M) == 0,
        "check: alignment of g0, m0");
  check(opaque<i64>(-7) / opaque<i64>(2) == -3, "check: 64-bit division");
  check(opaque<u64>(1) << opaque<u32>(40) == u64{1} << 40, "check: 64-bit shift");
}

// One word width is enough: narrower atomics are made of the same instructions.
void check_atomics() {
  Atomic<uintptr> z{opaque<uintptr>(1)};
  bool good = z.cas_acqrel(1, 2) && !z.cas_acqrel(5, 6) && z.load_acquire() == 2;
  good = good && z.xchg_acqrel(~uintptr{0}) == 2 && z.add_acqrel(3) == 2;
  z.store_release(0xf0);
  good = good && z.or_acqrel(0x0f) == 0xf0 && z.and_acqrel(0x3c) == 0xff && z.load_acquire() == 0x3c;
  check(good, "check: atomics");
}

void check_floats() {
  const double nan = opaque<double>(__builtin_nan(""));
  check(nan != nan && !(nan == nan) && !(nan < 1) && !(nan > 1), "check: NaN compares");
  check(opaque<float>(0.5f) * opaque<float>(4.0f) == 2.0f, "check: float arithmetic");
}

void checkASM() RT0_SYM("runtime.checkASM");
void checkASM() {
  trace_boot(Ev::checkASM);
  for (usize i = 0; i < countof(kCcBeliefs); i++)
    check(opaque(asm_beliefs[i]) == kCcBeliefs[i], "checkASM: struct layout");
}

}  // namespace

void check_boot() {
  trace_boot(Ev::check);
  check_endian();
  check_layout();
  check_atomics();
  check_floats();
  check(getg() == &g0 && g0.m == &m0 && m0.g0 == &g0, "check: g0 and m0");
  m0.booting = true;
  const uintptr sp = Isa::frame_pointer();
  check(sp > g0.stack.lo && sp <= g0.stack.hi, "check: not on g0's stack");
  checkASM();
}

}  // namespace rt0
