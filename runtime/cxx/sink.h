// Where the formatting functions of C's library put their text.
#pragma once

#include "base/types.h"

namespace rt0 {

// Counts all bytes, and stores those that fit.
struct Sink {
  char* buf;
  usize cap;
  usize n = 0;

  void put(char c) {
    if (n < cap) buf[n] = c;
    n++;
  }
  void put(Str s) {
    for (const char c : s) put(c);
  }
  void fill(char c, i64 times) {
    for (; times > 0; times--) put(c);
  }
};

}  // namespace rt0
