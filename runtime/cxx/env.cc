// C's getenv and exit, which libraries for command lines and tests call. Linked only into programs that use them.
#include "rt0/runtime.h"

namespace rt0 {

// rt0::os::getenv, which sees what os::setenv has changed.
char* c_getenv(const char* name) __asm__("getenv");
char* c_getenv(const char* name) { return const_cast<char*>(os::getenv(name)); }

// As os::exit: neither destructors of globals nor functions of atexit run.
[[noreturn]] void c_exit(int status) __asm__("exit");
void c_exit(int status) { os::exit(status); }
[[noreturn]] void c_exit_now(int status) __asm__("_exit");
void c_exit_now(int status) { os::exit(status); }
[[noreturn]] void c_exit_at_once(int status) __asm__("_Exit");
void c_exit_at_once(int status) { os::exit(status); }

}  // namespace rt0
