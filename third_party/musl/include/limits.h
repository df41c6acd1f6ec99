// rt0's own, from the compiler's macros: the compiler's file would include a C library's.
#pragma once
#define CHAR_BIT 8
#define UCHAR_MAX 255
#define INT_MAX __INT_MAX__
#define INT_MIN (-__INT_MAX__ - 1)
#define UINT_MAX (2U * __INT_MAX__ + 1)
#define LONG_MAX __LONG_MAX__
#define LONG_MIN (-__LONG_MAX__ - 1)
#define ULONG_MAX (2UL * __LONG_MAX__ + 1)
#define LLONG_MAX __LONG_LONG_MAX__
#define LLONG_MIN (-__LONG_LONG_MAX__ - 1)
#define ULLONG_MAX (2ULL * __LONG_LONG_MAX__ + 1)
