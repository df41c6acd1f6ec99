// rt0's own: the types that musl generates for each ISA, taken from the compiler's macros instead.
#ifndef RT0_MUSL_ALLTYPES
#define RT0_MUSL_ALLTYPES
#include <stdarg.h>
#include <stddef.h>
#define __BIG_ENDIAN 4321
#define __LITTLE_ENDIAN 1234
#define __BYTE_ORDER (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __BIG_ENDIAN : __LITTLE_ENDIAN)
typedef float float_t;
typedef double double_t;
typedef __WINT_TYPE__ wint_t;
typedef unsigned long wctype_t;
typedef __builtin_va_list __isoc_va_list;
typedef struct { unsigned opaque[2]; } mbstate_t;
typedef struct _IO_FILE FILE;
typedef struct __locale_struct* locale_t;
#endif
