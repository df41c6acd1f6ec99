// Provisional: a goroutine in a system call keeps its P.
#include "sched/syscall.h"

namespace rt0 {

void entersyscall() {}
void entersyscallblock() {}
void exitsyscall() {}

}  // namespace rt0
