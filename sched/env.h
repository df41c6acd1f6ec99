// Arguments and environment, as the kernel laid them on the stack. Go: runtime1.go, os_linux.go, security_unix.go.
#pragma once

#include "base/check.h"
#include "base/types.h"
#include "kernel_iface/kernel.h"

namespace rt0 {

extern Auxv auxv;

// The value of an environment variable, empty if it is not set (or set to nothing). NUL-terminated behind its end.
Str gogetenv(Str key);

// True for setuid and the like: the environment is not to be trusted.
bool isSecureMode();

// Steps of schedinit.
void goargs() RT0_SYM("runtime.goargs");
void goenvs() RT0_SYM("runtime.goenvs");
void secure() RT0_SYM("runtime.secure");
void checkfds() RT0_SYM("runtime.checkfds");
// What checkfds does; also before anything else is opened, or that would become the program's stdout.
void fill_std_fds();

}  // namespace rt0
