// Offsets of C++ structs as the assembly of a stale build would have them: the first one is wrong by one word.
#include "arch/asm.h"
#include "go_asm.h"

#define FIRST_WRONG(first, ...) first + GO_ASM_PTRSIZE, __VA_ARGS__
#define EXPANDED(...) FIRST_WRONG(__VA_ARGS__)

        .section .rodata
        .p2align 3
        .globl  runtime.asm_beliefs
        .type   runtime.asm_beliefs, %object
runtime.asm_beliefs:
        .2byte EXPANDED(GO_ASM_BELIEFS)
        .size   runtime.asm_beliefs, . - runtime.asm_beliefs
