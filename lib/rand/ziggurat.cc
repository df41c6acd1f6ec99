// Random numbers of the normal and the exponential distribution, by the ziggurat of Marsaglia and Tsang. Go:
// math/rand/v2: normal.go, exp.go.
//
// A seed gives Go's numbers to the last bit, on every ISA. So the logarithm is the one of Go's package math, which is
// that of FreeBSD's msun (fdlibm), and it is computed without fused operations (-ffp-contract=off).
#include "base/types.h"
#include "rt0/rand.h"

namespace rt0::rand {

namespace {

struct Layer {
  u32 k;
  float w, f;
};
#define LAYER(k, w, f) {k, w, f},
#define NORMAL
constexpr Layer kNormal[] = {
#include "lib/rand/ziggurat.def"
};
#undef NORMAL
#define EXPONENTIAL
constexpr Layer kExponential[] = {
#include "lib/rand/ziggurat.def"
};
#undef EXPONENTIAL
#undef LAYER
static_assert(sizeof(kNormal) / sizeof(Layer) == 128 && sizeof(kExponential) / sizeof(Layer) == 256);

constexpr double kNormalTail = 3.442619855899, kExponentialTail = 7.69711747013104972;
constexpr double kLn2Hi = 6.93147180369123816490e-01, kLn2Lo = 1.90821492927058770002e-10;

u64 bits(double x) { return __builtin_bit_cast(u64, x); }

// The natural logarithm of x in [0, 1): x = 2^k * (1 + f) with 1 + f near 1.
double log_of(double x) {
  if (x == 0) return -__builtin_inf();
  constexpr double kHalfSqrt2 = 0.70710678118654752440;
  constexpr u64 kMantissa = (u64{1} << 52) - 1;
  i32 k = static_cast<i32>(bits(x) >> 52) - 1022;  // x is 0, or at least 2^-53: not denormal
  double m = __builtin_bit_cast(double, (bits(x) & kMantissa) | u64{1022} << 52);  // in [0.5, 1)
  if (m < kHalfSqrt2) m *= 2, k--;
  const double f = m - 1, n = k, s = f / (2 + f), s2 = s * s, s4 = s2 * s2;
  const double odd =
      s2 * (6.666666666666735130e-01 +
            s4 * (2.857142874366239149e-01 + s4 * (1.818357216161805012e-01 + s4 * 1.479819860511658591e-01)));
  const double even = s4 * (3.999999999940941908e-01 + s4 * (2.222219843214978396e-01 + s4 * 1.531383769920937332e-01));
  const double half = 0.5 * f * f;
  return n * kLn2Hi - ((half - (s * (half + (odd + even)) + n * kLn2Lo)) - f);
}

// e to the power of x, for x in (-8, 0]; it is compared as a float only, so the last bits do not matter.
double exp_of(double x) {
  const i32 k = static_cast<i32>(x * 1.44269504088896338700 - 0.5);
  const double hi = x - k * kLn2Hi, lo = k * kLn2Lo, r = hi - lo, t = r * r;
  const double c =
      r -
      t * (1.66666666666666657415e-01 +
           t * (-2.77777777770155933842e-03 +
                t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  const double y = 1 - ((lo - (r * c) / (2 - c)) - hi);
  return y * __builtin_bit_cast(double, static_cast<u64>(1023 + k) << 52);
}

// Whether a point in the part of a layer that is not wholly below the curve lies below the curve. The point's height is
// random, between the layer's two edges. density: the height of the curve there.
bool below_curve(const Layer& upper, const Layer& lower, double random, double density) {
  return upper.f + static_cast<float>(random) * (lower.f - upper.f) < static_cast<float>(density);
}

}  // namespace

double Rand::norm_float64() const {
  for (;;) {
    const u64 u = uint64();
    const i32 j = static_cast<i32>(static_cast<u32>(u));
    const u32 i = static_cast<u32>(u >> 32) & 0x7f;
    const double x = j * static_cast<double>(kNormal[i].w);
    if ((j < 0 ? 0 - static_cast<u32>(j) : static_cast<u32>(j)) < kNormal[i].k) return x;
    if (i == 0) {
      double tail, y;
      do {
        tail = -log_of(float64()) * (1.0 / kNormalTail);
        y = -log_of(float64());
      } while (!(y + y >= tail * tail));
      return j > 0 ? kNormalTail + tail : -kNormalTail - tail;
    }
    if (below_curve(kNormal[i], kNormal[i - 1], float64(), exp_of(-0.5 * x * x))) return x;
  }
}

double Rand::exp_float64() const {
  for (;;) {
    const u64 u = uint64();
    const u32 j = static_cast<u32>(u), i = static_cast<u32>(u >> 32) & 0xff;
    const double x = j * static_cast<double>(kExponential[i].w);
    if (j < kExponential[i].k) return x;
    if (i == 0) return kExponentialTail - log_of(float64());
    if (below_curve(kExponential[i], kExponential[i - 1], float64(), exp_of(-x))) return x;
  }
}

}  // namespace rt0::rand
