// What the assembly files of this build were compiled to believe of the C++ structs: checkASM compares it at boot.
#include "arch/asm.h"
#include "go_asm.h"

        .section .rodata
        .p2align 1
        .globl  runtime.asm_beliefs
        .type   runtime.asm_beliefs, %object
runtime.asm_beliefs:
        .2byte  GO_ASM_BELIEFS
        .size   runtime.asm_beliefs, . - runtime.asm_beliefs
