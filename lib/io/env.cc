// Reading the environment. Go: syscall/env_unix.go.
#include "lib/io/env.h"

#include "kernel_iface/env.h"

namespace rt0::os {

constinit Atomic<const ChangedEnv*> changed_env{nullptr};

namespace {

const char* value_of(Str key) {
  // As in Go no variable has an empty name or one with a "=": in an entry "A=B=C" the name is A.
  if (key.empty() || env_name_len(key) < key.len) return nullptr;
  const ChangedEnv* const changed = changed_env.load_acquire();
  return changed != nullptr ? changed->value(key) : env_value(key);
}

}  // namespace

Args environ_of_program() {
  const ChangedEnv* const changed = changed_env.load_acquire();
  return changed != nullptr ? changed->all() : Args{envs.ptr, envs.len};
}

const char* getenv(const char* key) { return value_of(cstr(key)); }

Str env_text(Str key) {
  const char* const value = value_of(key);
  return value != nullptr ? cstr(value) : Str();
}

}  // namespace rt0::os
