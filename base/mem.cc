// memcpy and its kin: a compiler may call them on its own, even freestanding, so every binary must have them.
//
// Word loops, not byte loops; nothing here is on a hot path yet. -fno-tree-loop-distribute-patterns (CMakeLists.txt) keeps
// the compiler from turning the loops into calls of themselves.
#include "base/types.h"

namespace rt0 {
namespace {
using Word = uintptr __attribute__((__may_alias__));
constexpr usize kWord = sizeof(Word);
bool aligned(const void* a, const void* b) {
  return ((reinterpret_cast<uintptr>(a) | reinterpret_cast<uintptr>(b)) & (kWord - 1)) == 0;
}
}  // namespace
}  // namespace rt0

using namespace rt0;

extern "C" {

void* memcpy(void* dst, const void* src, usize n) {
  u8* d = static_cast<u8*>(dst);
  const u8* s = static_cast<const u8*>(src);
  if (aligned(d, s))
    for (; n >= kWord; n -= kWord, d += kWord, s += kWord)
      *reinterpret_cast<Word*>(d) = *reinterpret_cast<const Word*>(s);
  for (; n != 0; n--) *d++ = *s++;
  return dst;
}

void* memmove(void* dst, const void* src, usize n) {
  u8* d = static_cast<u8*>(dst);
  const u8* s = static_cast<const u8*>(src);
  if (d == s || d < s || d >= s + n) {
    // Forwards. Its word loop runs only if both are aligned, and then they are a word apart at least, or the same.
    return memcpy(dst, src, n);
  }
  while (n != 0) n--, d[n] = s[n];
  return dst;
}

void* memset(void* dst, int c, usize n) {
  u8* d = static_cast<u8*>(dst);
  const Word fill = static_cast<Word>(-1) / 255 * static_cast<u8>(c);
  if (aligned(d, d)) {
    constexpr usize kAtOnce = 8 * kWord;
    for (; n >= kAtOnce; n -= kAtOnce, d += kAtOnce) {
      Word* w = reinterpret_cast<Word*>(d);
      w[0] = w[1] = w[2] = w[3] = w[4] = w[5] = w[6] = w[7] = fill;
    }
    for (; n >= kWord; n -= kWord, d += kWord) *reinterpret_cast<Word*>(d) = fill;
  }
  for (; n != 0; n--) *d++ = static_cast<u8>(c);
  return dst;
}

int memcmp(const void* a, const void* b, usize n) {
  const u8* x = static_cast<const u8*>(a);
  const u8* y = static_cast<const u8*>(b);
  for (; n != 0; n--, x++, y++)
    if (*x != *y) return *x < *y ? -1 : 1;
  return 0;
}

const void* memchr(const void* p, int c, usize n);
const void* memchr(const void* p, int c, usize n) {
  const u8* at = static_cast<const u8*>(p);
  for (; n != 0; n--, at++)
    if (*at == static_cast<u8>(c)) return at;
  return nullptr;
}

usize strlen(const char* s) { return cstr(s).len; }

}  // extern "C"
