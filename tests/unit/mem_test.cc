// base/mem.cc, compiled under other names, against byte loops that cannot be wrong.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

extern "C" {
void* rt0_memcpy(void*, const void*, size_t);
void* rt0_memmove(void*, const void*, size_t);
void* rt0_memset(void*, int, size_t);
int rt0_memcmp(const void*, const void*, size_t);
size_t rt0_strlen(const char*);
}

namespace {

using Bytes = std::vector<uint8_t>;

Bytes pattern(size_t n) {
  Bytes b(n);
  for (size_t i = 0; i < n; i++) b[i] = static_cast<uint8_t>(i * 37 + i / 251 + 1);
  return b;
}
// Copied one by one from a second copy, so that overlapping does not matter.
Bytes moved(const Bytes& before, size_t to, size_t from, size_t n) {
  Bytes after = before;
  for (size_t i = 0; i < n; i++) after[to + i] = before[from + i];
  return after;
}

TEST(mem, memmove_at_all_distances_and_alignments) {
  constexpr size_t kRoom = 16, kMost = 72;
  const Bytes before = pattern(2 * kRoom + kMost + 80);
  for (size_t from = 0; from < 80; from++)
    for (size_t to = from < kRoom ? 0 : from - kRoom; to <= from + kRoom; to++)
      for (size_t n = 0; n <= kMost; n += n < 34 ? 1 : 19) {
        Bytes b = before;
        ASSERT_EQ(rt0_memmove(&b[to], &b[from], n), &b[to]);
        ASSERT_EQ(b, moved(before, to, from, n)) << "to " << to << " from " << from << " n " << n;
      }
}

TEST(mem, memcpy_at_all_alignments) {
  for (size_t from = 0; from < 16; from++)
    for (size_t to = 0; to < 16; to++)
      for (size_t n = 0; n < 70; n++) {
        const Bytes source = pattern(100);
        Bytes b(100, 0xee), want = b;
        for (size_t i = 0; i < n; i++) want[to + i] = source[from + i];
        ASSERT_EQ(rt0_memcpy(&b[to], &source[from], n), &b[to]);
        ASSERT_EQ(b, want) << "to " << to << " from " << from << " n " << n;
      }
}

TEST(mem, memset_writes_just_that) {
  for (int c : {0, 1, 0x7f, 0x80, 0xff, -1, 256 + 3})
    for (size_t at = 0; at < 16; at++)
      for (size_t n = 0; n < 70; n++) {
        Bytes b = pattern(100), want = b;
        for (size_t i = 0; i < n; i++) want[at + i] = static_cast<uint8_t>(c);
        ASSERT_EQ(rt0_memset(&b[at], c, n), &b[at]);
        ASSERT_EQ(b, want) << "at " << at << " n " << n << " c " << c;
      }
}

// Exactly as long as it says: memory behind is not there.
TEST(mem, no_byte_too_many) {
  for (size_t n = 0; n < 70; n++) {
    Bytes a = pattern(n), b = pattern(n);
    rt0_memcpy(b.data(), a.data(), n);
    rt0_memmove(b.data(), a.data(), n);
    rt0_memset(b.data(), 3, n);
    rt0_memcmp(a.data(), b.data(), n);
    if (n > 0) {
      a.back() = 0;
      ASSERT_LE(rt0_strlen(reinterpret_cast<const char*>(a.data())), n - 1);
    }
  }
}

TEST(mem, memcmp_orders_by_the_first_difference) {
  for (size_t at = 0; at < 16; at++)
    for (size_t n = 0; n < 40; n++)
      for (size_t differ = 0; differ <= n; differ++) {
        const Bytes a = pattern(64);
        Bytes b = a;
        b[at + n] ^= 0xff;  // behind the end: must not matter
        int want = 0;
        if (differ < n) {
          b[at + differ] = static_cast<uint8_t>(a[at + differ] + 0x80);
          if (differ + 1 < n) b[at + differ + 1] ^= 0xff;
          want = a[at + differ] < b[at + differ] ? -1 : 1;
        }
        const int ab = rt0_memcmp(&a[at], &b[at], n), ba = rt0_memcmp(&b[at], &a[at], n);
        ASSERT_EQ((ab > 0) - (ab < 0), want) << "at " << at << " n " << n << " differ " << differ;
        ASSERT_EQ((ba > 0) - (ba < 0), -want);
      }
}

TEST(mem, strlen_counts_to_the_first_nul) {
  for (size_t n = 0; n < 50; n++) {
    std::vector<char> s(n, static_cast<char>(0x80));
    s.push_back('\0');
    s.push_back('x');
    EXPECT_EQ(rt0_strlen(s.data()), n);
  }
}

}  // namespace
