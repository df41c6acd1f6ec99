// Steps of the boot that find and check the arguments and the environment; kernel_iface/env.h has the results.
// Go: runtime1.go, os_linux.go, security_unix.go, fds_unix.go.
#pragma once

#include "base/check.h"
#include "kernel_iface/env.h"

namespace rt0 {

// Steps of schedinit.
void goargs() RT0_SYM("runtime.goargs");
void goenvs() RT0_SYM("runtime.goenvs");
void secure() RT0_SYM("runtime.secure");
void checkfds() RT0_SYM("runtime.checkfds");

}  // namespace rt0
