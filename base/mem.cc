// memcpy and the like. Compilers call them on their own, even in freestanding code, so every binary must have them.
//
// All but the first and last few bytes go word by word, at every alignment. Only aligned words are read and written:
// some CPUs have no unaligned access, or a slow one. A word that lies across two aligned ones is put together by shifts
// (struct Shift). No byte outside the caller's memory is touched, except that strlen reads to the end of the word that
// has the NUL. -fno-tree-loop-distribute-patterns (tools/rt0.cmake) keeps the compiler from turning the loops into
// calls of these functions themselves.
#include "base/types.h"

namespace rt0 {
namespace {
using Word = uintptr __attribute__((__may_alias__));
constexpr usize kWord = sizeof(Word);
constexpr usize kSmall = 3 * kWord;  // shorter memory is done byte by byte: it may have no whole word
constexpr Word kOnes = static_cast<Word>(-1) / 255, kHighs = kOnes << 7;

usize offset(const void* p) { return reinterpret_cast<uintptr>(p) & (kWord - 1); }
const Word* word_at(const void* p) { return static_cast<const Word*>(p); }

// The word that begins `offset` bytes after the beginning of the aligned word `first`. `second` is the aligned word
// after `first`.
struct Shift {
  u32 bits;
  explicit Shift(usize offset) : bits(static_cast<u32>(8 * offset)) {}

  Word join(Word first, Word second) const {
    // The second shift is in two steps: with offset 0 it is by all bits of a word, which one step may not be.
    constexpr u32 kMost = 8 * kWord - 1;
    if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) return first >> bits | second << 1 << (kMost - bits);
    return first << bits | second >> 1 >> (kMost - bits);
  }
};

// Whether one of the bytes is zero. It does not say which: a byte above the lowest zero byte may look like zero, too.
bool has_zero(Word w) { return ((w - kOnes) & ~w & kHighs) != 0; }

// Copies from the lowest byte up. Also right if the memory overlaps and dst is below src: a store overwrites only bytes
// that have been read, since `first` is always a word ahead.
void copy_up(u8* d, const u8* s, usize n) {
  if (n >= kSmall) {
    // Copies bytes until d is aligned, and a word more if s will not be aligned then: so the aligned word in which s
    // lies begins within the caller's memory, and may be read.
    usize lead = kWord;
    if (offset(d) == offset(s)) lead = 0;
    for (lead += (0 - offset(d)) & (kWord - 1); lead != 0; lead--, n--) *d++ = *s++;
    if (offset(s) == 0) {
      for (; n >= kWord; n -= kWord, d += kWord, s += kWord) *reinterpret_cast<Word*>(d) = *word_at(s);
    } else {
      const Shift shift(offset(s));
      const Word* from = word_at(s - offset(s));
      const usize words = (n - (kWord - offset(s))) / kWord;  // those whose second part lies within the memory
      Word first = *from++;
      n -= words * kWord;
      s += words * kWord;
      for (u8* const end = d + words * kWord; d != end; d += kWord) {
        const Word second = *from++;
        *reinterpret_cast<Word*>(d) = shift.join(first, second);
        first = second;
      }
    }
  }
  for (; n != 0; n--) *d++ = *s++;
}

// Copies from the highest byte down: for overlapping memory with dst above src. A function of its own, so that memmove
// has a frame: see fill_up.
[[gnu::noinline]] void copy_down(u8* dst, const u8* src, usize n) {
  u8* d = dst + n;
  const u8* s = src + n;
  if (n >= kSmall) {
    usize tail = kWord;
    if (offset(d) == offset(s)) tail = 0;
    for (tail += offset(d); tail != 0; tail--, n--) *--d = *--s;
    if (offset(s) == 0) {
      while (n >= kWord) n -= kWord, d -= kWord, s -= kWord, *reinterpret_cast<Word*>(d) = *word_at(s);
    } else {
      const Shift shift(offset(s));
      const Word* from = word_at(s - offset(s));
      const usize words = (n - offset(s)) / kWord;
      Word second = *from;
      n -= words * kWord;
      s -= words * kWord;
      for (u8* const end = d - words * kWord; d != end;) {
        const Word first = *--from;
        *reinterpret_cast<Word*>(d -= kWord) = shift.join(first, second);
        second = first;
      }
    }
  }
  while (n != 0) n--, *--d = *--s;
}

constexpr usize kAtOnce = 8 * kWord;

// Writes n times kAtOnce bytes. A function of its own: memset, which calls it, then has its return address in a frame
// on every ISA, where preemption can find it (sched/preempt.h).
[[gnu::noinline]] void fill_up(Word* w, usize n, Word fill) {
  for (; n != 0; n--, w += 8) w[0] = w[1] = w[2] = w[3] = w[4] = w[5] = w[6] = w[7] = fill;
}

}  // namespace
}  // namespace rt0

using namespace rt0;

extern "C" {

void* memcpy(void* dst, const void* src, usize n) {
  copy_up(static_cast<u8*>(dst), static_cast<const u8*>(src), n);
  return dst;
}

void* memmove(void* dst, const void* src, usize n) {
  // The difference is unsigned, so this is also true if dst is below src.
  if (reinterpret_cast<uintptr>(dst) - reinterpret_cast<uintptr>(src) >= n) return memcpy(dst, src, n);
  copy_down(static_cast<u8*>(dst), static_cast<const u8*>(src), n);
  return dst;
}

void* memset(void* dst, int c, usize n) {
  u8* d = static_cast<u8*>(dst);
  const Word fill = kOnes * static_cast<u8>(c);
  if (n >= kSmall) {
    for (; offset(d) != 0; n--) *d++ = static_cast<u8>(c);
    if (n >= kAtOnce) {
      fill_up(reinterpret_cast<Word*>(d), n / kAtOnce, fill);
      d += n & ~(kAtOnce - 1);
      n &= kAtOnce - 1;
    }
    for (; n >= kWord; n -= kWord, d += kWord) *reinterpret_cast<Word*>(d) = fill;
  }
  for (; n != 0; n--) *d++ = static_cast<u8>(c);
  return dst;
}

int memcmp(const void* a, const void* b, usize n) {
  const u8* x = static_cast<const u8*>(a);
  const u8* y = static_cast<const u8*>(b);
  if (n >= kSmall) {
    // Compares bytes until x is aligned, and so many that the aligned word in which y then lies does not begin before
    // b. If there is a difference, here or in a word, the loop over bytes at the end finds it again and says which is
    // less.
    usize lead = kWord;
    if (offset(x) == offset(y)) lead = 0;
    for (lead += (0 - offset(x)) & (kWord - 1); lead != 0 && *x == *y; lead--) n--, x++, y++;
    if (lead == 0 && offset(y) == 0) {
      for (; n >= kWord && *word_at(x) == *word_at(y); n -= kWord) x += kWord, y += kWord;
    } else if (lead == 0) {
      const Shift shift(offset(y));
      const usize rest = kWord - offset(y);
      const Word* from = word_at(y - offset(y));
      for (Word first = *from++; n >= rest + kWord; n -= kWord, x += kWord, y += kWord) {
        const Word second = *from++;
        if (*word_at(x) != shift.join(first, second)) break;
        first = second;
      }
    }
  }
  for (; n != 0; n--, x++, y++)
    if (*x != *y) return *x < *y ? -1 : 1;
  return 0;
}

const void* memchr(const void* p, int c, usize n);
const void* memchr(const void* p, int c, usize n) {
  const u8* at = static_cast<const u8*>(p);
  const u8 wanted = static_cast<u8>(c);
  if (n >= kSmall) {
    for (; offset(at) != 0 && *at != wanted; n--) at++;
    if (offset(at) == 0)
      for (; n >= kWord && !has_zero(*word_at(at) ^ kOnes * wanted); n -= kWord) at += kWord;
  }
  for (; n != 0; n--, at++)
    if (*at == wanted) return at;
  return nullptr;
}

// An aligned word lies in one page. So if it contains a byte of the text, reading it past the NUL can't fault.
__attribute__((no_sanitize_address)) usize strlen(const char* s) {
  const char* at = s;
  for (; offset(at) != 0; at++)
    if (*at == '\0') return static_cast<usize>(at - s);
  while (!has_zero(*word_at(at))) at += kWord;
  while (*at != '\0') at++;
  return static_cast<usize>(at - s);
}

}  // extern "C"
