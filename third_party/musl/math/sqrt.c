// rt0's own: all ISAs have an instruction for it, whose result is exact.
double sqrt(double x) { return __builtin_sqrt(x); }
