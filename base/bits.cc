// Counting bits, for ISAs that have no instruction for it: compilers call these functions, for example in std::sort.
// Linked in only where they are called. Written in steps of halves: a compiler might recognise a simpler loop as the
// builtin, and make the function call itself.
#include "base/types.h"

namespace rt0 {
namespace {

// v must not be 0, as for the builtins.
int leading_zeroes(u64 v, u32 bits) {
  int n = 0;
  for (u32 half = bits / 2; half != 0; half /= 2) {
    if ((v >> (bits - half)) != 0) continue;
    v = v << half & (~u64{0} >> (64 - bits));
    n += static_cast<int>(half);
  }
  return n;
}
int trailing_zeroes(u64 v) {
  int n = 0;
  for (u32 half = 32; half != 0; half /= 2) {
    if ((v & ((u64{1} << half) - 1)) != 0) continue;
    v >>= half;
    n += static_cast<int>(half);
  }
  return n;
}
int ones(u64 v) {
  v = (v & 0x5555555555555555u) + (v >> 1 & 0x5555555555555555u);
  v = (v & 0x3333333333333333u) + (v >> 2 & 0x3333333333333333u);
  v = (v & 0x0f0f0f0f0f0f0f0fu) + (v >> 4 & 0x0f0f0f0f0f0f0f0fu);
  return static_cast<int>(v * 0x0101010101010101u >> 56);
}

}  // namespace

extern "C" {
int __clzdi2(u64 v);
int __clzsi2(u32 v);
int __ctzdi2(u64 v);
int __ctzsi2(u32 v);
int __popcountdi2(u64 v);
int __popcountsi2(u32 v);
int ffs(int v);

int __clzdi2(u64 v) { return leading_zeroes(v, 64); }
int __clzsi2(u32 v) { return leading_zeroes(v, 32); }
int __ctzdi2(u64 v) { return trailing_zeroes(v); }
int __ctzsi2(u32 v) { return trailing_zeroes(v); }
int __popcountdi2(u64 v) { return ones(v); }
int __popcountsi2(u32 v) { return ones(v); }
// Compilers call it for __builtin_ffs. For all other builtins of the kind they call libgcc's names.
int ffs(int v) { return v == 0 ? 0 : trailing_zeroes(static_cast<u32>(v)) + 1; }
}

}  // namespace rt0
