// Test programs that have many parts, one of which their argument names.
#pragma once

#include <rt0/rt0.h>

#include "words.h"

struct Named {
  const char* name;
  void (*run)();
};

// The program's main: runs the part that the argument names, and returns 0. Without one it prints all names, and
// returns 1.
template <size_t N>
int run_named(const Named (&parts)[N], int argc, char** argv) {
  for (const Named& part : parts)
    if (argc == 2 && same(argv[1], part.name)) {
      part.run();
      return 0;
    }
  for (const Named& part : parts) rt0::println(part.name);
  return 1;
}
