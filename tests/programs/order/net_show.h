// Shared by the programs about files and sockets: prints an error as Go's recorded programs do, with ports that the
// kernel chose masked as P; and waits for a goroutine.
#pragma once

#include <rt0/rt0.h>

inline void show(rt0::StrArg what, const rt0::net::Error& err) {
  char text[1024];
  size_t n = 0, host = 0;  // host: how many digits and dots came just before
  const char* s = err.data();
  for (size_t i = 0; i < err.size() && n + 2 < sizeof(text); i++) {
    text[n++] = s[i];
    const bool after_host = s[i] == ':' && (host >= 9 || (i > 0 && s[i - 1] == ']'));
    host = (s[i] >= '0' && s[i] <= '9') || s[i] == '.' ? host + 1 : 0;
    size_t digits = 0;
    while (i + 1 + digits < err.size() && s[i + 1 + digits] >= '0' && s[i + 1 + digits] <= '9') digits++;
    if (!after_host || digits < 4) continue;
    text[n++] = 'P';
    i += digits;
    host = 0;
  }
  text[n] = '\0';
  rt0::println(what, text);
}

struct Done {
  int n = 0;

  void done() { __atomic_add_fetch(&n, 1, __ATOMIC_RELEASE); }
  void wait() {
    while (__atomic_load_n(&n, __ATOMIC_ACQUIRE) == 0) rt0::sleep(rt0::us(200));
    n = 0;
  }
};

// Bytes that were read, as a string for println.
struct Bytes {
  const char* p;
  size_t n;
  const char* data() const { return p; }
  size_t size() const { return n; }
};

template <class T>
void show(rt0::StrArg what, const rt0::net::Result<T>& r) {
  show(what, r.err);
}
