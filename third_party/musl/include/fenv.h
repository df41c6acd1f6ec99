// rt0's own. Programs of rt0 always round to nearest and never look at the flags of floating-point exceptions, so the
// branches of musl that change the rounding or restore flags are left out. fmal asks for the rounding that there is.
#pragma once
#define FE_TONEAREST 0
static inline int fegetround(void) { return FE_TONEAREST; }
static inline int fesetround(int mode) { return mode; }
