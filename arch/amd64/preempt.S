#include "arch/asm.h"
#include "go_asm.h"
#include "x86.h"

#include "arch/x86/preempt.S"
