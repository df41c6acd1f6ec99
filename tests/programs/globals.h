// A global that prints when it is made, and when it is destroyed, if it ever is.
#pragma once

#include <rt0/rt0.h>

struct Says {
  const char* name;
  explicit Says(const char* n) : name(n) { rt0::println(n); }
  ~Says() { rt0::println("destroyed", name); }
};
