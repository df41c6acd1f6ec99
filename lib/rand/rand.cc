// Random numbers. Go: math/rand/v2, internal/chacha8rand. Differs: there is one way to draw a number below n, that of
// Go's on 64-bit machines, so that a seed gives the same numbers on every ISA.
#include "rt0/rand.h"

#include "base/types.h"
#include "rt0/panic.h"
#include "sched/rand.h"

namespace rt0::rand {

namespace {

struct Wide {
  u64 hi, lo;
};
// The product of 128 bits; 32-bit machines have no type for it.
Wide mul(u64 a, u64 b) {
  const u64 a0 = static_cast<u32>(a), a1 = a >> 32, b0 = static_cast<u32>(b), b1 = b >> 32;
  const u64 low = a0 * b0;
  const u64 mid = a1 * b0 + (low >> 32);
  const u64 mid2 = a0 * b1 + static_cast<u32>(mid);
  return {a1 * b1 + (mid >> 32) + (mid2 >> 32), mid2 << 32 | static_cast<u32>(low)};
}

u64 load_le(const u8* p) {
  u64 v = 0;
  for (u32 i = 0; i < 8; i++) v |= static_cast<u64>(p[i]) << (8 * i);
  return v;
}
void store_le(u8* p, u64 v) {
  for (u32 i = 0; i < 8; i++) p[i] = static_cast<u8>(v >> (8 * i));
}

u32 rotate(u32 v, u32 by) { return v << by | v >> (32 - by); }
void quarter_round(u32* x, u32 a, u32 b, u32 c, u32 d) {
  x[a] += x[b];
  x[d] = rotate(x[d] ^ x[a], 16);
  x[c] += x[d];
  x[b] = rotate(x[b] ^ x[c], 12);
  x[a] += x[b];
  x[d] = rotate(x[d] ^ x[a], 8);
  x[c] += x[d];
  x[b] = rotate(x[b] ^ x[c], 7);
}

constexpr u32 kNumbers = 32;     // made at a time, by four blocks of ChaCha
constexpr u32 kCounterEnd = 16;  // after this many blocks the last four numbers become the new seed
constexpr u32 kReseed = 4;

}  // namespace

uint64_t PCG::uint64() {
  constexpr u64 kMulHi = 2549297995355413924u, kMulLo = 4865540595714422341u;
  constexpr u64 kIncHi = 6364136223846793005u, kIncLo = 1442695040888963407u;
  const Wide product = mul(lo_, kMulLo);
  u64 hi = product.hi + hi_ * kMulLo + lo_ * kMulHi;
  lo_ = product.lo + kIncLo;
  hi += kIncHi + (lo_ < kIncLo ? 1 : 0);
  hi_ = hi;
  // DXSM: double xorshift, multiply.
  hi ^= hi >> 32;
  hi *= 0xda942042e4dd58b5u;
  hi ^= hi >> 48;
  return hi * (lo_ | 1);
}

void ChaCha8::seed(StrArg seed_bytes) {
  u8 bytes[32] = {};
  for (usize i = 0; i < min<usize>(seed_bytes.len, sizeof(bytes)); i++) bytes[i] = static_cast<u8>(seed_bytes.ptr[i]);
  for (u32 i = 0; i < 4; i++) seed_[i] = load_le(bytes + usize{8} * i);
  counter_ = 0;
  rest_n_ = 0;
  block();
}

// Makes the next 32 numbers out of four blocks. Number 2 * w has word w of block 0 as its low half, and word w of block
// 1 as its high half. Number 2 * w + 1 has word w of the blocks 2 and 3 in the same way.
void ChaCha8::block() {
  constexpr u32 kConstants[] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  for (u32 b = 0; b < 4; b++) {
    u32 start[16] = {}, x[16];
    for (u32 i = 0; i < 4; i++) start[i] = kConstants[i];
    for (u32 i = 0; i < 8; i++) start[4 + i] = static_cast<u32>(seed_[i / 2] >> (32 * (i % 2)));
    start[12] = counter_ + b;
    for (u32 i = 0; i < 16; i++) x[i] = start[i];
    for (u32 round = 0; round < 4; round++) {
      for (u32 i = 0; i < 4; i++) quarter_round(x, i, 4 + i, 8 + i, 12 + i);
      for (u32 i = 0; i < 4; i++) quarter_round(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
    }
    for (u32 i = 4; i < 12; i++) x[i] += start[i];  // only the words of the seed
    for (u32 i = 0; i < 16; i++) {
      u64& number = buf_[2 * i + b / 2];
      number = b % 2 == 0 ? x[i] : number | static_cast<u64>(x[i]) << 32;
    }
  }
  at_ = 0;
  end_ = counter_ == kCounterEnd - 4 ? kNumbers - kReseed : kNumbers;
}

uint64_t ChaCha8::uint64() {
  if (at_ == end_) {
    counter_ += 4;
    if (counter_ == kCounterEnd) {
      for (u32 i = 0; i < kReseed; i++) seed_[i] = buf_[kNumbers - kReseed + i];
      counter_ = 0;
    }
    block();
  }
  return buf_[at_++];
}

void ChaCha8::read(void* p, size_t n) {
  u8* out = static_cast<u8*>(p);
  for (; n > 0; n--) {
    if (rest_n_ == 0) {
      store_le(rest_, uint64());
      rest_n_ = sizeof(rest_);
    }
    *out++ = rest_[sizeof(rest_) - rest_n_--];
  }
}

constinit const Rand runtime_source([](void*) { return random64(); });

// Lemire's method ("Fast Random Integer Generation in an Interval", 2019). The high half of the product is the result.
// All results are equally probable, because a number whose product has too small a low half is drawn again.
uint64_t Rand::below(uint64_t n) const {
  if ((n & (n - 1)) == 0) return uint64() & (n - 1);
  Wide x = mul(uint64(), n);
  if (x.lo < n) {
    const u64 least = (0 - n) % n;
    while (x.lo < least) x = mul(uint64(), n);
  }
  return x.hi;
}

int Rand::int_n(int n) const {
  if (n <= 0) panic("invalid argument to IntN");
  return static_cast<int>(below(static_cast<u64>(n)));
}
int32_t Rand::int32_n(int32_t n) const {
  if (n <= 0) panic("invalid argument to Int32N");
  return static_cast<i32>(below(static_cast<u64>(n)));
}
int64_t Rand::int64_n(int64_t n) const {
  if (n <= 0) panic("invalid argument to Int64N");
  return static_cast<i64>(below(static_cast<u64>(n)));
}
uint32_t Rand::uint32_n(uint32_t n) const {
  if (n == 0) panic("invalid argument to Uint32N");
  return static_cast<u32>(below(n));
}
uint64_t Rand::uint64_n(uint64_t n) const {
  if (n == 0) panic("invalid argument to Uint64N");
  return below(n);
}
void Rand::must_shuffle(ptrdiff_t n) {
  if (n < 0) panic("invalid argument to Shuffle");
}

}  // namespace rt0::rand
