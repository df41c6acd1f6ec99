// A global that says when it is made, and whether a destructor of it ever runs.
#pragma once

#include <rt0/rt0.h>

struct Says {
  const char* name;
  explicit Says(const char* n) : name(n) { rt0::println(n); }
  ~Says() { rt0::println("destroyed", name); }
};
