// The offsets and sizes of C++ structs that the assembly of this build was compiled with; checkASM compares them at
// boot.
#include "arch/asm.h"
#include "go_asm.h"

        .section .rodata
        .p2align 1
        .globl  runtime.asm_beliefs
        .type   runtime.asm_beliefs, %object
runtime.asm_beliefs:
        .2byte  GO_ASM_BELIEFS
        .size   runtime.asm_beliefs, . - runtime.asm_beliefs
