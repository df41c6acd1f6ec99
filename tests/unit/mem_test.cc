// base/mem.cc, compiled under other names, against simple byte loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <vector>

extern "C" {
void* rt0_memcpy(void*, const void*, size_t);
void* rt0_memmove(void*, const void*, size_t);
void* rt0_memset(void*, int, size_t);
int rt0_memcmp(const void*, const void*, size_t);
const void* rt0_memchr(const void*, int, size_t);
size_t rt0_strlen(const char*);
}

namespace {

using Bytes = std::vector<uint8_t>;

Bytes pattern(size_t n) {
  Bytes b(n);
  for (size_t i = 0; i < n; i++) b[i] = static_cast<uint8_t>(i * 37 + i / 251 + 1);
  return b;
}
// Copies byte by byte from a second copy, so that overlap does not matter.
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

// Reads and writes no byte too many: the memory after the buffer is not mapped.
TEST(mem, no_byte_too_many) {
  for (size_t n = 0; n < 70; n++) {
    Bytes a = pattern(n), b = pattern(n);
    rt0_memcpy(b.data(), a.data(), n);
    rt0_memmove(b.data(), a.data(), n);
    rt0_memset(b.data(), 3, n);
    rt0_memcmp(a.data(), b.data(), n);
    rt0_memchr(a.data(), 0x100, n);
    for (size_t skip = 0; skip <= n && skip < 16; skip++) {
      rt0_memcpy(b.data() + skip, a.data(), n - skip);
      rt0_memcpy(b.data(), a.data() + skip, n - skip);
      rt0_memmove(a.data() + skip, a.data(), n - skip);
      rt0_memmove(a.data(), a.data() + skip, n - skip);
      rt0_memset(a.data() + skip, 7, n - skip);
      rt0_memset(b.data(), 7, n);
      rt0_memcmp(b.data() + skip, a.data() + skip, n - skip);
      rt0_memcmp(b.data(), a.data() + skip, n - skip);
      rt0_memchr(a.data() + skip, 8, n - skip);
    }
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
        b[at + n] ^= 0xff;  // after the end: must not matter
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

TEST(mem, memcmp_at_all_alignments) {
  for (size_t i = 0; i < 16; i++)
    for (size_t j = 0; j < 16; j++)
      for (size_t n = 0; n < 60; n++)
        for (size_t differ = 0; differ <= n; differ++) {
          const Bytes text = pattern(100);
          Bytes a(100, 1), b(100, 2);
          std::copy_n(text.begin(), n, a.begin() + i);
          std::copy_n(text.begin(), n, b.begin() + j);
          if (differ < n) b[j + differ] ^= 0x80;
          const int want = differ == n ? 0 : a[i + differ] < b[j + differ] ? -1 : 1;
          ASSERT_EQ(rt0_memcmp(&a[i], &b[j], n), want) << i << " " << j << " n " << n << " differ " << differ;
        }
}

TEST(mem, memchr_finds_the_first) {
  for (int c : {0, 1, 0x7f, 0x80, 0xff})
    for (size_t at = 0; at < 16; at++)
      for (size_t n = 0; n < 60; n++)
        for (size_t where = 0; where <= n; where++) {
          // A search by words may mistake c + 1 after a c for another c.
          Bytes b(100, static_cast<uint8_t>(c + 1));
          for (size_t i = where; i < 80; i += 3) b[at + i] = static_cast<uint8_t>(c);
          const void* want = where < n ? &b[at + where] : nullptr;
          ASSERT_EQ(rt0_memchr(&b[at], c - 256, n), want) << "c " << c << " at " << at << " n " << n;
        }
}

// Word loops at every alignment: none takes more than a few times as long as the fastest.
TEST(mem, no_alignment_is_slow) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "each access is checked, and that takes the time";
#endif
  constexpr size_t kBytes = 1 << 16;
  std::vector<uint64_t> room(3 * kBytes / 8, 0x0101010101010101);
  auto* p = reinterpret_cast<uint8_t*>(room.data());
  uint8_t* q = p + kBytes + 64;
  const auto ns = [&](auto&& f) {
    double best = 1e18;
    for (int round = 0; round < 20; round++) {
      timespec a, b;
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
      for (int i = 0; i < 4; i++) f();
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
      best = std::min(best, 1e9 * (b.tv_sec - a.tv_sec) + (b.tv_nsec - a.tv_nsec));
    }
    return best / 4;
  };
  volatile int sink;
  const double bytes = ns([&] {
    for (size_t i = 0; i < kBytes; i++) reinterpret_cast<volatile uint8_t*>(p)[i] = q[i];
  });
  const auto fast = [&](const char* what, double t) {
    if (getenv("RT0_SPEED") != nullptr) printf("%-24s %6.2f GB/s\n", what, kBytes / t);
    EXPECT_LT(t * 2, bytes) << what << " is as slow as a loop over bytes";
  };
  fast("memcpy", ns([&] { rt0_memcpy(p, q, kBytes); }));
  fast("memcpy, both at 3", ns([&] { rt0_memcpy(p + 3, q + 3, kBytes); }));
  fast("memcpy to 1", ns([&] { rt0_memcpy(p + 1, q, kBytes); }));
  fast("memcpy from 5", ns([&] { rt0_memcpy(p, q + 5, kBytes); }));
  fast("memmove up by 8", ns([&] { rt0_memmove(p + 8, p, kBytes); }));
  fast("memmove up by 1", ns([&] { rt0_memmove(p + 1, p, kBytes); }));
  fast("memmove down by 1", ns([&] { rt0_memmove(p, p + 1, kBytes); }));
  rt0_memset(p, 1, 3 * kBytes);
  fast("memset at 3", ns([&] { rt0_memset(p + 3, 1, kBytes); }));
  fast("memcmp", ns([&] { sink = rt0_memcmp(p, q, kBytes); }));
  fast("memcmp with 3", ns([&] { sink = rt0_memcmp(p, q + 3, kBytes); }));
  fast("memchr at 3", ns([&] { sink = rt0_memchr(p + 3, 2, kBytes) != nullptr; }));
  (void)sink;
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
