// The pages of the process that are in memory, including QEMU's if it runs the program; -1 if the kernel does not tell.
// For programs that use the runtime's internals: no goroutine waits in this function.
#pragma once

#include "kernel_iface/kernel.h"
#include "words.h"

inline long resident_pages() {
  const rt0::SysResult fd = rt0::kernel->open("/proc/self/statm", false);
  char text[128] = {};
  if (!fd.ok() || !rt0::kernel->read(static_cast<rt0::i32>(fd.value), text, sizeof(text) - 1).ok()) return -1;
  (void)rt0::kernel->close(static_cast<rt0::i32>(fd.value));
  const char* s = text;
  while (*s != ' ' && *s != '\0') s++;
  return number(s + 1);
}
