// rt0's own: what musl's sources and headers expect of this file.
#ifndef RT0_MUSL_FEATURES
#define RT0_MUSL_FEATURES
#define __restrict restrict
#define __inline inline
#define _Noreturn __attribute__((__noreturn__))
#define _BSD_SOURCE
#define hidden
#define weak __attribute__((__weak__))
#define weak_alias(old, new) extern __typeof(old) new __attribute__((__weak__, __alias__(#old)))
#endif
