// Shows that a call preserves what the ABI demands: each callee-saved register gets a pattern before it and is compared
// after it.
#include "arch/asm.h"
        .syntax unified

        .macro  EXPECT reg, n
        add     r3, r2, (\n + 1)
        cmp     \reg, r3
        orrne   r0, r0, (1 << \n)
        .endm
        .macro  DAMAGE reg, n
        cmp     r0, \n
        mvneq   \reg, \reg
        .endm

// u64 poisoned_call(r0 = fn, r1 = arg, r2:r3 = seed): calls fn(arg). Bit i of the result is set if register i of this
// list was changed: r4–r11 are 0–7, the halves of d8–d15 are 8–23. Only the low half of the seed is used.
//   The frame: seed and a word; r4–r11, lr and a word, d8–d15 as the caller had them.
FUNC(poisoned_call)
        push    {r3, r4-r11, lr}
        vpush   {d8-d15}
        push    {r2, r3}
        .irp    n, 4, 5, 6, 7, 8, 9, 10, 11
        add     r\n, r2, (\n - 3)
        .endr
        .irp    n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        add     r3, r2, (\n - 7)
        vmov    s\n, r3
        .endr
        mov     r3, r0
        mov     r0, r1
        blx     r3

        ldr     r2, [sp]
        mov     r0, 0
        .irp    n, 4, 5, 6, 7, 8, 9, 10, 11
        EXPECT  r\n, (\n - 4)
        .endr
        .irp    n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        vmov    r1, s\n
        EXPECT  r1, (\n - 8)
        .endr
        mov     r1, 0
        add     sp, sp, 8
        vpop    {d8-d15}
        pop     {r3, r4-r11, pc}
END(poisoned_call)

// poison_damage(r0 = n): changes register n of the list, which no function may do.
FUNC(poison_damage)
        .irp    n, 4, 5, 6, 7, 8, 9, 10, 11
        DAMAGE  r\n, (\n - 4)
        .endr
        .irp    n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        vmov    r1, s\n
        DAMAGE  r1, (\n - 8)
        vmov    s\n, r1
        .endr
        bx      lr
END(poison_damage)

        .section .rodata
        .globl  poison_registers
        .p2align 2
poison_registers:
        .long   24
