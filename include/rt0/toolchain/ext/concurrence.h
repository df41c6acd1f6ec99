// In front of libstdc++'s header of this name, which has the mutex that std::weak_ptr locks where GCC has no atomic
// operations on single bytes (riscv64). It is no operation of the program's, so it must not be a point of the simulated
// kernel: otherwise the traces of a program would differ between ISAs.
#pragma once
#pragma GCC system_header

#include <bits/c++config.h>
#include <bits/gthr.h>

extern "C" {
int rt0_quiet_mutex_lock(__gthread_mutex_t*);
int rt0_quiet_mutex_unlock(__gthread_mutex_t*);
}
#define __gthread_mutex_lock rt0_quiet_mutex_lock
#define __gthread_mutex_unlock rt0_quiet_mutex_unlock
#include_next <ext/concurrence.h>
#undef __gthread_mutex_lock
#undef __gthread_mutex_unlock
