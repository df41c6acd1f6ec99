// The environment as the program has changed it.
#pragma once

#include "base/atomic.h"
#include "base/types.h"
#include "rt0/runtime.h"

namespace rt0::os {

// The functions that read the environment once os::setenv, unsetenv or clearenv has been called. A program that calls
// none of these three is linked without this code.
struct ChangedEnv {
  const char* (*value)(Str key);  // null if the variable is not set
  Args (*all)();                  // ends in a null pointer
};
// Null while the environment is the one that the kernel has passed. It is set once, with a release store after the
// changed environment has been made; readers load it with acquire, so they find that environment whole.
extern Atomic<const ChangedEnv*> changed_env;

// Where the name in an entry "NAME=value" ends; the entry's length if it has no "=".
inline usize env_name_len(Str entry) {
  usize n = 0;
  while (n < entry.len && entry[n] != '=') n++;
  return n;
}

// The same as os::getenv with the key as a Str; empty if the variable is not set.
Str env_text(Str key);

}  // namespace rt0::os
