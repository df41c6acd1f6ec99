// rt0's own: the product is exact in double, and so is the sum but for one rounding. If that has hit the midpoint
// between two floats although the sum is none, the second rounding would go the wrong way: one step toward the error.
#include <stdint.h>
float fmaf(float x, float y, float z) {
  const double xy = (double)x * y;
  union { double f; uint64_t i; } u = {xy + z};
  const int exponent = u.i >> 52 & 0x7ff;
  if ((u.i & 0x1fffffff) != 0x10000000 || exponent == 0x7ff || (u.f - xy == z && u.f - z == xy)) return u.f;
  const int negative = u.i >> 63;
  const double error = negative == (z > xy) ? xy - u.f + z : z - u.f + xy;
  if (negative == (error < 0)) u.i++;
  else u.i--;
  return u.f;
}
