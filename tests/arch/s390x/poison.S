// Shows that a call preserves what the ABI demands: each callee-saved register gets a pattern before it and is compared
// after it.
#include "arch/asm.h"
#include "kept.h"

#define SEED      224
#define FRAME     232

        .macro  EXPECT reg, n
        la      %r1, \n + 1(%r5)
        cgr     \reg, %r1
        je      1f
        oill    %r2, 1 << \n
1:
        .endm
        .macro  DAMAGE reg, n
        chi     %r2, \n
        jne     1f
        xilf    \reg, 0xffffffff
1:
        .endm
// u64 poisoned_call(r2 = fn, r3 = arg, r4 = seed): calls fn(arg). Bit i of the result is set if register i of this list
// was changed: r6–r13 are 0–7, f8–f15 are 8–15.
//   The frame: a save area, f8–f15 as the caller had them, seed.
FUNC(poisoned_call)
        ENTER   FRAME
        stg     %r4, SEED(%r15)
        .irp    n, 6, 7, 8, 9, 10, 11, 12, 13
        la      %r\n, \n - 5(%r4)
        .endr
        .irp    n, 8, 9, 10, 11, 12, 13, 14, 15
        la      %r1, \n + 1(%r4)
        ldgr    %f\n, %r1
        .endr
        lgr     %r1, %r2
        lgr     %r2, %r3
        basr    %r14, %r1

        lg      %r5, SEED(%r15)
        lghi    %r2, 0
        .irp    n, 6, 7, 8, 9, 10, 11, 12, 13
        EXPECT  %r\n, (\n - 6)
        .endr
        .irp    n, 8, 9, 10, 11, 12, 13, 14, 15
        lgdr    %r3, %f\n
        EXPECT  %r3, \n
        .endr
        LEAVE   FRAME
END(poisoned_call)

// poison_damage(r2 = n): changes register n of the list, which no function may do.
FUNC(poison_damage)
        .irp    n, 6, 7, 8, 9, 10, 11, 12, 13
        DAMAGE  %r\n, (\n - 6)
        .endr
        .irp    n, 8, 9, 10, 11, 12, 13, 14, 15
        lgdr    %r3, %f\n
        DAMAGE  %r3, \n
        ldgr    %f\n, %r3
        .endr
        br      %r14
END(poison_damage)

        .section .rodata
        .globl  poison_registers
        .p2align 2
poison_registers:
        .long   16
