// Compares and parses the arguments of test programs without a C library.
#pragma once

inline bool same(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}

// The value if s is "<key>=<value>", else null.
inline const char* value_of(const char* s, const char* key) {
  while (*key != '\0' && *s == *key) s++, key++;
  return *key == '\0' && *s == '=' ? s + 1 : nullptr;
}

inline long number(const char* s) {
  const bool negative = *s == '-';
  long n = 0;
  for (s += negative; *s >= '0' && *s <= '9'; s++) n = n * 10 + (*s - '0');
  return negative ? -n : n;
}
