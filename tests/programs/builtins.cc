// Every function that a compiler calls for arithmetic: each operation and conversion of C++, on each type that the
// compiler has, is done at run time (operands are volatile, and one build is without optimisation) and compared with
// the compiler's own result. A function that is missing is an error when the program is linked.
#include <rt0/rt0.h>

namespace {

int failed = 0;

void expect(bool ok, const char* what, const char* types, int line) {
  if (ok) return;
  rt0::println("line", line, what, types);
  failed++;
}
#define EXPECT(x) expect((x), #x, __PRETTY_FUNCTION__, __LINE__)

// Values that are difficult to convert: around the limits of types and of mantissas. They have 64 bits, and each type
// gets its own version of them.
constexpr unsigned long long kBits[] = {0,
                                        1,
                                        2,
                                        3,
                                        7,
                                        100,
                                        127,
                                        128,
                                        255,
                                        256,
                                        2047,
                                        2049,
                                        32767,
                                        32768,
                                        65535,
                                        65536,
                                        16777215,
                                        16777217,
                                        0x7fffffff,
                                        0x80000000,
                                        0xffffffff,
                                        0x100000000,
                                        0x100000001,
                                        0x1fffffffffffff,
                                        0x20000000000001,
                                        0x7fffffffffffffff,
                                        0x8000000000000000,
                                        0x8000000000000001,
                                        0xfedcba9876543211,
                                        0xfffffffffffffbff,
                                        0xffffffffffffffff};
constexpr int kNumBits = sizeof(kBits) / sizeof(kBits[0]);

template <class A, class B>
constexpr bool kSame = false;
template <class A>
constexpr bool kSame<A, A> = true;

template <class T>
constexpr bool kInteger = T(1) / T(2) == T(0);
template <class T>
constexpr bool kSigned = T(-1) < T(0);
template <class T>
constexpr int kWidth = 8 * sizeof(T);

// Integers of this many bits are in the range of T, though a floating type may round them. Only integers in the range
// of both types are converted, because the result for others is undefined.
template <class T>
constexpr int kMagnitude = kInteger<T>      ? kWidth<T> - kSigned<T>
                           : sizeof(T) == 2 ? 15
                                            : 127;

template <class T>
constexpr T value(int i) {
  if constexpr (kInteger<T>) {
    return static_cast<T>(kBits[i]) | static_cast<T>(static_cast<T>(kBits[kNumBits - 1 - i]) << (kWidth<T> / 2));
  } else if constexpr (sizeof(T) == 2) {
    return static_cast<T>(static_cast<float>(kBits[i] % 2000));
  } else {
    return static_cast<T>(kBits[i]);
  }
}

// The expected results, computed by the compiler.
template <class T>
struct Table {
  T at[kNumBits];
};

// A value for the conversion From to To: its magnitude fits both; it may be negative if both are signed.
template <class From, class To>
constexpr From convertible(int i) {
  constexpr int bits = (kMagnitude<From> < kMagnitude<To> ? kMagnitude<From> : kMagnitude<To>)-1;
  unsigned long long v = kBits[i];
  if (bits < 64) v &= (1ull << (bits < 64 ? bits : 0)) - 1;
  if constexpr (kSigned<From> && kSigned<To>) {
    if (i % 2 != 0) return static_cast<From>(-static_cast<From>(v));
  }
  return static_cast<From>(v);
}
template <class From, class To>
constexpr Table<To> converted() {
  Table<To> t = {};
  for (int i = 0; i < kNumBits; i++) t.at[i] = static_cast<To>(convertible<From, To>(i));
  return t;
}
template <class From, class To>
void conversion() {
  static constexpr Table<To> want = converted<From, To>();
  for (int i = 0; i < kNumBits; i++) {
    volatile From from = convertible<From, To>(i);
    EXPECT(static_cast<To>(from) == want.at[i]);
  }
}

template <class From, class... To>
void conversions_to() {
  (conversion<From, To>(), ...);
}
template <class... T>
void conversions() {
  (conversions_to<T, T...>(), ...);
}

#define TABLE(name, T, expression)                                        \
  template <class T>                                                      \
  constexpr Table<T> name##_table() {                                     \
    Table<T> t = {};                                                      \
    for (int i = 0; i < kNumBits; i++) {                                  \
      const T a = value<T>(i), b = value<T>((i * 7 + 3) % kNumBits);      \
      [[maybe_unused]] const int n = i % kWidth<T>;                       \
      t.at[i] = static_cast<T>(expression);                               \
    }                                                                     \
    return t;                                                             \
  }                                                                       \
  template <class T>                                                      \
  void name() {                                                           \
    static constexpr Table<T> want = name##_table<T>();                   \
    for (int i = 0; i < kNumBits; i++) {                                  \
      volatile T va = value<T>(i), vb = value<T>((i * 7 + 3) % kNumBits); \
      volatile int vn = i % kWidth<T>;                                    \
      const T a = va, b = vb;                                             \
      [[maybe_unused]] const int n = vn;                                  \
      const T got = static_cast<T>(expression);                           \
      EXPECT(got == want.at[i]);                                          \
    }                                                                     \
  }

// Signed types must not overflow: only parts of their values are used, and some operations only with unsigned types.
TABLE(add, T, a / 2 + b / 2)
TABLE(subtract, T, a / 2 - b / 2)
TABLE(multiply, T, (a / 2) * (b != 0))
TABLE(product, T, sizeof(T) < sizeof(int) ? a : a * b)
TABLE(scaled, T, (a / 64) * (b / 64))
TABLE(divide, T, b == 0 || b == T(-1) ? a : a / b)
TABLE(remainder, T, b == 0 || b == T(-1) ? a : a % b)
TABLE(divide_by_7, T, a / 7)
TABLE(remainder_by_100, T, a % 100)
TABLE(shift_left, T, a << n)
TABLE(shift_right, T, a >> n)
TABLE(less, T, (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a != b) + 16 * (a > b))
TABLE(negate, T, -(a / 2))
TABLE(quotient, T, b == 0 ? a : a / b)

template <class T>
void integers() {
  add<T>(), subtract<T>(), multiply<T>(), divide<T>(), remainder<T>(), divide_by_7<T>(), remainder_by_100<T>();
  shift_right<T>(), less<T>(), negate<T>();
  if constexpr (!kSigned<T>) shift_left<T>(), product<T>();
}
template <class T>
void floats() {
  add<T>(), subtract<T>(), scaled<T>(), quotient<T>(), less<T>(), negate<T>();
}

TABLE(ones, T, __builtin_popcountll(a))
TABLE(parity, T,
      __builtin_parityll(a) + 2 * __builtin_parity(static_cast<unsigned>(a)) +
          4 * __builtin_parityl(static_cast<unsigned long>(a)))
TABLE(first_bit, T, __builtin_ffsll(static_cast<long long>(a)) + 100 * __builtin_ffs(static_cast<int>(a)))
TABLE(leading, T, a == 0 ? 0 : __builtin_clzll(a) + 100 * __builtin_clz(static_cast<unsigned>(a) | 1))
TABLE(trailing, T, a == 0 ? 0 : __builtin_ctzll(a) + 100 * __builtin_ctz(static_cast<unsigned>(a) | 0x80000000))
TABLE(signs, T, __builtin_clrsbll(static_cast<long long>(a)) + 100 * __builtin_clrsb(static_cast<int>(a)))
TABLE(swapped, T,
      __builtin_bswap64(a) ^ __builtin_bswap32(static_cast<unsigned>(a)) ^
          __builtin_bswap16(static_cast<unsigned short>(a)))

template <class T>
constexpr T overflows(T a, T b) {
  T sum = 0, difference = 0, product = 0;
  const bool s = __builtin_add_overflow(a, b, &sum), d = __builtin_sub_overflow(a, b, &difference),
             p = __builtin_mul_overflow(a, b, &product);
  return static_cast<T>(sum ^ difference ^ product ^ static_cast<T>(s + 2 * d + 4 * p));
}
TABLE(overflow, T, overflows<T>(a, b))

void builtins() {
  using U = unsigned long long;
  ones<U>(), parity<U>(), first_bit<U>(), leading<U>(), trailing<U>(), signs<U>(), swapped<U>();
  overflow<int>(), overflow<unsigned>(), overflow<long long>(), overflow<U>();
}

// GCC's extensions: powers with an integer exponent, complex numbers.
#define COMPLEX(name, T)                                    \
  void name() {                                             \
    volatile T re = 3, im = 4;                              \
    __complex__ T x;                                        \
    __real__ x = re;                                        \
    __imag__ x = im;                                        \
    const __complex__ T square = x * x, one = x / x;        \
    EXPECT(__real__ square == -7 && __imag__ square == 24); \
    EXPECT(__real__ one == 1 && __imag__ one == 0);         \
  }
COMPLEX(complex_float, float)
COMPLEX(complex_double, double)
COMPLEX(complex_long_double, long double)
void powers() {
  volatile int n = 10;
  volatile double d = 2;
  volatile float f = 2;
  volatile long double l = 2;
  EXPECT(__builtin_powi(d, n) == 1024 && __builtin_powif(f, n) == 1024 && __builtin_powil(l, n) == 1024);
}

}  // namespace

int main() {
  integers<signed char>(), integers<unsigned char>(), integers<short>(), integers<unsigned short>();
  integers<int>(), integers<unsigned>(), integers<long>(), integers<unsigned long>(), integers<long long>(),
      integers<unsigned long long>();
  floats<float>(), floats<double>(), floats<long double>();
  conversions<signed char, unsigned char, short, unsigned short, int, unsigned, long, unsigned long, long long,
              unsigned long long, float, double, long double>();
#if defined(__SIZEOF_INT128__)
  integers<__int128>(), integers<unsigned __int128>();
  conversions<int, long long, unsigned long long, __int128, unsigned __int128, float, double, long double>();
#endif
#if defined(__FLT16_MANT_DIG__) && (defined(__clang__) || __GNUC__ >= 13)
  conversions<_Float16, int, long long, unsigned long long, float, double, long double>();
  floats<_Float16>();
#endif
#if defined(__SIZEOF_FLOAT128__)
  conversions<__float128, int, long long, unsigned long long, float, double>();
  floats<__float128>();
#endif
  builtins();
  complex_float(), complex_double(), complex_long_double();
  powers();
  if (failed != 0) rt0::exit(1);
  rt0::println("builtins ok");
}
