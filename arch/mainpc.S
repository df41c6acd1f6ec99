// runtime.mainPC, which rt0_go hands to newproc: a Funcval, a word in memory that holds the address of runtime.main.
#include "arch/asm.h"

        .section .rodata
        .p2align 3
        .globl  runtime.mainPC
        .type   runtime.mainPC, %object
runtime.mainPC:
        .dc.a   runtime.main
        .size   runtime.mainPC, . - runtime.mainPC
