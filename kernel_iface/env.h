// What the kernel left on the first thread's stack: arguments, environment, auxiliary vector. args() has found and
// bounded them before anybody reads them (runtime/boot/args.cc); they do not change afterwards. Go: runtime1.go,
// env_posix.go.
#pragma once

#include "base/types.h"
#include "kernel_iface/kernel.h"

namespace rt0 {

extern Span<char*> argslice;  // argv[0] … argv[argc - 1]
extern Span<char*> envs;      // "KEY=value" each
extern Auxv auxv;

// The value of an environment variable, NUL-terminated; null if it is not set.
const char* env_value(Str key);
// The same, empty if it is not set or set to nothing. NUL-terminated behind its end.
Str gogetenv(Str key);

// True for setuid and the like: the environment is not to be trusted.
bool isSecureMode();

}  // namespace rt0
