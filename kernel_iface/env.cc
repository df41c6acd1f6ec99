#include "kernel_iface/env.h"

namespace rt0 {

constinit Span<char*> argslice{};
constinit Span<char*> envs{};
constinit Auxv auxv{};

const char* env_value(Str key) {
  for (const char* e : envs) {
    usize i = 0;
    while (i < key.len && e[i] == key[i]) i++;
    if (i == key.len && e[i] == '=') return e + i + 1;
  }
  return nullptr;
}

Str gogetenv(Str key) {
  const char* value = env_value(key);
  return value != nullptr ? cstr(value) : Str();
}

bool isSecureMode() { return auxv.secure; }

}  // namespace rt0
