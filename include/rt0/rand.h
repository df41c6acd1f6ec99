// Go's package math/rand/v2: random numbers, from the runtime or from a source with a seed. Not for secrets.
//
//   const int dice = rand::int_n(6) + 1;
//   rand::PCG source(1, 2);
//   rand::Rand r(source);                  // the same numbers in every run, those of Go's rand.New(rand.NewPCG(1, 2))
//
// The functions of the namespace may be called by many goroutines at once. In a simulated run their numbers come from
// the seed, and are the same on every ISA. A Rand and its source are not for several goroutines at once.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/error.h"

namespace rt0::rand {

// A source with a state of 128 bits: O'Neill's PCG-DXSM. Go: rand.PCG.
class PCG {
 public:
  PCG(uint64_t seed1, uint64_t seed2) : hi_(seed1), lo_(seed2) {}
  void seed(uint64_t seed1, uint64_t seed2) { hi_ = seed1, lo_ = seed2; }
  uint64_t uint64();

 private:
  uint64_t hi_, lo_;
};

// A source that uses the cipher ChaCha with eight rounds. Go: rand.ChaCha8.
class ChaCha8 {
 public:
  // seed: 32 bytes; missing ones are 0, more are not used.
  explicit ChaCha8(StrArg seed_bytes) { seed(seed_bytes); }
  void seed(StrArg seed_bytes);
  uint64_t uint64();
  // Fills p with n random bytes. They are made eight at a time; those that a call does not need are the next call's.
  void read(void* p, size_t n);

 private:
  void block();

  uint64_t seed_[4];
  uint64_t buf_[32];
  uint32_t at_, end_, counter_;
  unsigned char rest_[8];
  uint32_t rest_n_;
};

// Random numbers out of a source: any object with uint64_t uint64(), which must live as long as the Rand. Functions
// with _n(n) return numbers from 0 to n - 1, each with the same probability (Lemire's method), and panic if n is 0 or
// less. Go: rand.Rand.
class Rand {
 public:
  template <class S>
    requires requires(S& s) { static_cast<uint64_t>(s.uint64()); }
  explicit Rand(S& source)
      : next_([](void* s) -> uint64_t { return static_cast<S*>(s)->uint64(); }), source_(&source) {}
  // For the runtime.
  constexpr explicit Rand(uint64_t (*next)(void* source)) : next_(next), source_(nullptr) {}

  [[gnu::always_inline]] uint64_t uint64() const { return next_(source_); }
  uint32_t uint32() const { return static_cast<uint32_t>(uint64() >> 32); }
  int64_t int64() const { return static_cast<int64_t>(uint64() & ~(uint64_t{1} << 63)); }  // not negative
  int32_t int32() const { return static_cast<int32_t>(uint64() >> 33); }                   // not negative
  int int_n(int n) const;
  int32_t int32_n(int32_t n) const;
  int64_t int64_n(int64_t n) const;
  uint32_t uint32_n(uint32_t n) const;
  uint64_t uint64_n(uint64_t n) const;
  // In [0, 1).
  double float64() const { return static_cast<double>(uint64() & ((uint64_t{1} << 53) - 1)) / 0x1p53; }
  float float32() const { return static_cast<float>(uint32() & ((1u << 24) - 1)) / 0x1p24f; }
  // Of the normal distribution, with mean 0 and standard deviation 1, by Marsaglia and Tsang's ziggurat.
  double norm_float64() const;
  // Of the exponential distribution with mean 1, by the same algorithm.
  double exp_float64() const;
  // Puts n things in a random order: calls swap(i, j) to exchange two (Fisher and Yates). Panics if n is negative.
  template <class F>
  void shuffle(ptrdiff_t n, F&& swap) const {
    must_shuffle(n);
    for (ptrdiff_t i = n - 1; i > 0; i--) swap(i, static_cast<ptrdiff_t>(below(static_cast<uint64_t>(i) + 1)));
  }
  // Fills p[0] to p[n - 1] with the numbers 0 to n - 1 in a random order. Panics if n is negative.
  template <class T>
  void perm(T* p, ptrdiff_t n) const {
    for (ptrdiff_t i = 0; i < n; i++) p[i] = static_cast<T>(i);
    shuffle(n, [&](ptrdiff_t i, ptrdiff_t j) {
      const T t = p[i];
      p[i] = p[j];
      p[j] = t;
    });
  }

 private:
  uint64_t below(uint64_t n) const;
  static void must_shuffle(ptrdiff_t n);

  uint64_t (*next_)(void* source);
  void* source_;
};

// The same functions with the runtime's numbers.
extern const Rand runtime_source;
inline uint64_t uint64() { return runtime_source.uint64(); }
inline uint32_t uint32() { return runtime_source.uint32(); }
inline int64_t int64() { return runtime_source.int64(); }
inline int32_t int32() { return runtime_source.int32(); }
inline int int_n(int n) { return runtime_source.int_n(n); }
inline int32_t int32_n(int32_t n) { return runtime_source.int32_n(n); }
inline int64_t int64_n(int64_t n) { return runtime_source.int64_n(n); }
inline uint32_t uint32_n(uint32_t n) { return runtime_source.uint32_n(n); }
inline uint64_t uint64_n(uint64_t n) { return runtime_source.uint64_n(n); }
inline double float64() { return runtime_source.float64(); }
inline float float32() { return runtime_source.float32(); }
inline double norm_float64() { return runtime_source.norm_float64(); }
inline double exp_float64() { return runtime_source.exp_float64(); }
template <class F>
void shuffle(ptrdiff_t n, F&& swap) {
  runtime_source.shuffle(n, static_cast<F&&>(swap));
}
template <class T>
void perm(T* p, ptrdiff_t n) {
  runtime_source.perm(p, n);
}

}  // namespace rt0::rand
