#include "arch/x86/thread_pointer.h"  // IWYU pragma: export
