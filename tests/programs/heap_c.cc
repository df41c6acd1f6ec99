// malloc, calloc, realloc and free for C code; and new with alignment.
#include <rt0/rt0.h>

extern "C" {
void* malloc(size_t);
void free(void*);
void* calloc(size_t, size_t);
void* realloc(void*, size_t);
void* aligned_alloc(size_t, size_t);
int posix_memalign(void**, size_t, size_t);
void* memalign(size_t, size_t);
void* reallocarray(void*, size_t, size_t);
char* strdup(const char*);
char* strndup(const char*, size_t);
void free_sized(void*, size_t);
void free_aligned_sized(void*, size_t, size_t);
size_t malloc_usable_size(void*);
}

namespace {

void expect(bool ok, const char* what, size_t n) {
  if (ok) return;
  rt0::println(what, n);
  rt0::exit(1);
}

unsigned long address(void* p) { return reinterpret_cast<unsigned long>(p); }

void arrays() {
  auto* p = static_cast<int*>(reallocarray(nullptr, 10, sizeof(int)));
  for (int i = 0; i < 10; i++) p[i] = i;
  expect(reallocarray(p, ~size_t{0} / 2, 3) == nullptr, "reallocarray overflows", 0);
  p = static_cast<int*>(reallocarray(p, 100000, sizeof(int)));
  for (int i = 0; i < 10; i++) expect(p[i] == i, "reallocarray", i);
  // If there is not enough memory, realloc leaves the object as it was.
  expect(realloc(p, ~size_t{0} - 4096) == nullptr && p[9] == 9, "realloc of too much", 0);
  free(p);
}

// Large objects lie side by side. Each is made longer by a page of the heap's: no other one may change.
void neighbours() {
  constexpr size_t kObjects = 8, kBytes = 65536, kMore = 8192;
  unsigned char* p[kObjects];
  size_t bytes[kObjects];
  auto fill = [&](size_t i) {
    for (size_t k = 0; k < bytes[i]; k++) p[i][k] = static_cast<unsigned char>(i * 16 + k % 13);
  };
  for (size_t i = 0; i < kObjects; i++) {
    p[i] = static_cast<unsigned char*>(malloc(bytes[i] = kBytes));
    fill(i);
  }
  for (size_t i = 0; i < kObjects; i++) {
    p[i] = static_cast<unsigned char*>(realloc(p[i], bytes[i] += kMore));
    for (size_t k = 0; k < kBytes; k++) expect(p[i][k] == i * 16 + k % 13, "realloc of one of many", i);
    fill(i);
    for (size_t j = 0; j < kObjects; j++)
      for (size_t k = 0; k < bytes[j]; k++) expect(p[j][k] == j * 16 + k % 13, "a longer neighbour", j);
  }
  for (void* q : p) free(q);
}

bool is(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}
void strings() {
  const char text[] = "text", no_end[] = {'a', 'b'};
  char* p[] = {strdup(text), strdup(""), strndup(text, 100), strndup(text, 2), strndup(no_end, 2), strndup("", 7)};
  const char* const want[] = {"text", "", "text", "te", "ab", ""};
  for (size_t i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
    expect(p[i] != text && is(p[i], want[i]), "strdup", i);
    free(p[i]);
  }
}

}  // namespace

int main() {
  for (size_t n = 0; n < 100000; n = n * 5 / 4 + 1) {
    auto* p = static_cast<unsigned char*>(malloc(n));
    expect(p != nullptr && malloc_usable_size(p) >= n, "malloc", n);
    for (size_t i = 0; i < n; i++) p[i] = static_cast<unsigned char>(i * 7);
    p = static_cast<unsigned char*>(realloc(p, 3 * n + 1));
    for (size_t i = 0; i < n; i++) expect(p[i] == static_cast<unsigned char>(i * 7), "realloc up", n);
    p = static_cast<unsigned char*>(realloc(p, n / 4));
    for (size_t i = 0; i < n / 4; i++) expect(p[i] == static_cast<unsigned char>(i * 7), "realloc down", n);
    for (size_t i = 0; i < n / 4; i++) p[i] = 0xff;
    free(p);
    auto* z = static_cast<unsigned char*>(calloc(n, 3));
    for (size_t i = 0; i < 3 * n; i++) expect(z[i] == 0, "calloc", n);
    for (size_t i = 0; i < 3 * n; i++) z[i] = 0xff;
    free(z);
  }
  for (size_t align = 1; align <= 1 << 20; align *= 2) {
    const size_t sizes[] = {1, align, 3 * align + 5, 40000};
    for (size_t n : sizes) {
      void* p = aligned_alloc(align, n);
      expect(p != nullptr && address(p) % align == 0, "aligned_alloc", align);
      void* q = nullptr;
      if (align >= sizeof(void*)) {
        expect(posix_memalign(&q, align, n) == 0 && address(q) % align == 0, "posix_memalign", align);
      }
      free(q);
      free_aligned_sized(p, align, n);
      p = memalign(align, n);
      expect(p != nullptr && address(p) % align == 0, "memalign", align);
      free_sized(p, n);
    }
  }
  expect(calloc(~size_t{0} / 2, 3) == nullptr, "calloc overflows", 0);
  expect(aligned_alloc(24, 1) == nullptr, "aligned_alloc 24", 0);
  expect(memalign(24, 1) == nullptr, "memalign 24", 0);
  free(nullptr);
  arrays();
  neighbours();
  strings();
  rt0::println("malloc ok");
}
