// rt0's own: all ISAs have an instruction for it, whose result is exact.
float sqrtf(float x) { return __builtin_sqrtf(x); }
