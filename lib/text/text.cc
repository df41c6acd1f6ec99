#include "rt0/text.h"

#include "lib/text/utf8.h"
#include "mem/malloc.h"
#include "mem/sysmem.h"

namespace rt0 {

namespace utf8 {

namespace {

// How a character begins: its length, 0 if no character begins with that byte; and the range of its second byte, which
// excludes overlong forms, surrogates and numbers beyond 0x10ffff.
struct Lead {
  u8 size, low, high;
};
Lead lead(u8 b) {
  if (b < 0x80) return {1, 0, 0};
  if (b < 0xc2 || b > 0xf4) return {0, 0, 0};
  if (b < 0xe0) return {2, 0x80, 0xbf};
  if (b < 0xf0) return {3, static_cast<u8>(b == 0xe0 ? 0xa0 : 0x80), static_cast<u8>(b == 0xed ? 0x9f : 0xbf)};
  return {4, static_cast<u8>(b == 0xf0 ? 0x90 : 0x80), static_cast<u8>(b == 0xf4 ? 0x8f : 0xbf)};
}
// How many bytes at the beginning of s can belong to one character, at most its length; 0: none.
usize well_formed(Str s, const Lead& l) {
  if (l.size < 2) return l.size;
  usize n = 1;
  for (; n < l.size && n < s.len; n++) {
    const u8 b = static_cast<u8>(s[n]);
    if (b < (n == 1 ? l.low : 0x80) || b > (n == 1 ? l.high : 0xbf)) return 0;
  }
  return n;
}

}  // namespace

Rune decode(Str s) {
  if (s.empty()) return {kRuneError, 0};
  const u8 first = static_cast<u8>(s[0]);
  const Lead l = lead(first);
  if (l.size == 0 || well_formed(s, l) != l.size) return {kRuneError, 1};
  if (l.size == 1) return {first, 1};
  u32 r = first & (0x7fu >> l.size);
  for (usize i = 1; i < l.size; i++) r = r << 6 | (static_cast<u8>(s[i]) & 0x3fu);
  return {static_cast<i32>(r), l.size};
}

bool full_rune(Str s) {
  if (s.empty()) return false;
  const Lead l = lead(static_cast<u8>(s[0]));
  const usize n = well_formed(s, l);
  return n == 0 || n == l.size;
}

usize encode(char* out, i32 rune) {
  const u32 r = static_cast<u32>(valid_rune(rune) ? rune : kRuneError);
  if (r < 0x80) {
    out[0] = static_cast<char>(r);
    return 1;
  }
  const usize n = r < 0x800 ? 2 : r < 0x10000 ? 3 : 4;
  for (usize i = n - 1; i > 0; i--) out[i] = static_cast<char>(0x80 | (r >> 6 * (n - 1 - i) & 0x3f));
  out[0] = static_cast<char>((0xf00u >> n & 0xf0) | r >> 6 * (n - 1));
  return n;
}

}  // namespace utf8

namespace builtin {

void String::release() { heap_free(p_); }

// Room for n bytes and a NUL. At least doubles the room, so that many appends take time in proportion to their bytes.
void String::reserve(size_t n) {
  if (n <= cap_) return;
  const usize cap = max<usize>(n, max<usize>(2 * cap_, 15));
  if (cap + 1 < n) fatal_out_of_memory(n);
  char* p = static_cast<char*>(mallocgc_noscan(cap + 1, 1));
  if (p == nullptr) fatal_out_of_memory(cap + 1);
  if (p_ != nullptr) __builtin_memcpy(p, p_, len_);
  heap_free(p_);
  p_ = p;
  cap_ = cap;
}

String& String::append(StrArg s) {
  if (s.len == 0) return *this;
  if (len_ + s.len > cap_) {
    String grown;
    grown.reserve(max<usize>(len_ + s.len, 2 * cap_));
    __builtin_memcpy(grown.p_, data(), len_);
    __builtin_memcpy(grown.p_ + len_, s.ptr, s.len);  // s may lie in the old memory
    grown.len_ = len_ + s.len;
    *this = static_cast<String&&>(grown);
  } else {
    __builtin_memcpy(p_ + len_, s.ptr, s.len);
    len_ += s.len;
  }
  p_[len_] = '\0';
  return *this;
}

String& String::push(char c) { return append({&c, 1}); }

String& String::push_rune(int32_t r) {
  char text[utf8::kMax];
  return append({text, utf8::encode(text, r)});
}

void String::resize(size_t n) {
  if (n > len_) {
    reserve(n);
    __builtin_memset(p_ + len_, 0, n - len_);
  }
  len_ = n;
  if (p_ != nullptr) p_[n] = '\0';
}

}  // namespace builtin
}  // namespace rt0
