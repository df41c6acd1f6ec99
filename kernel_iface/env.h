// Arguments, environment and auxiliary vector, which the kernel left on the first thread's stack. args()
// (runtime/boot/args.cc) finds them and checks their bounds before any other code reads them; they do not change
// afterwards. Go: runtime1.go, env_posix.go.
#pragma once

#include "base/types.h"
#include "kernel_iface/kernel.h"

namespace rt0 {

extern Span<char*> argslice;  // argv[0] … argv[argc - 1]
extern Span<char*> envs;      // "KEY=value" each
extern Auxv auxv;

// The value of an environment variable, NUL-terminated; null if it is not set.
const char* env_value(Str key);
// The same as a Str: empty if the variable is not set or its value is empty. If it is set, a NUL follows its last byte.
Str gogetenv(Str key);

// True in a setuid program and the like: its environment comes from another user and must not be trusted.
bool isSecureMode();

}  // namespace rt0
