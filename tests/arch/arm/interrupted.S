// Shows that asynchronous preemption preserves all registers: a loop fills every register and the flags with patterns,
// runs for a while where it may be interrupted at any instruction, and then compares them all.
#include "arch/asm.h"
        .syntax unified

// The frame, from sp up.
#define SEED      0
#define ROUNDS    4
#define FLAGS     8
#define FPSCR     12
#define OWN_FPSCR 16
#define REGS      24                            /* r0–r12, lr */
#define FRAME     80

// u64 interrupted_loop(r0:r1 = rounds, r2:r3 = seed): returns 0, or the number of what was damaged first: 1–14 a
// general register (r0 counts as 14, lr as 13), 40 the flags, 41 fpscr, 50–81 a floating-point register. Only the low
// halves of the arguments are used.
FUNC(interrupted_loop)
        push    {r3, r4-r11, lr}
        vpush   {d8-d15}
        sub     sp, sp, FRAME
        str     r2, [sp, SEED]
        str     r0, [sp, ROUNDS]
        vmrs    r3, fpscr
        str     r3, [sp, OWN_FPSCR]

1:      ldr     r0, [sp, SEED]
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        add     r1, r0, (100 + \n)
        vmov    s\n, r1
        .endr
        ldr     r1, [sp, ROUNDS]
        tst     r1, 1
        ldr     r2, =0xf8000000                 // n z c v q, all or none
        ldr     r3, =0xf1c0001f                 // its own flags, flush to zero, towards zero, all exception flags set
        moveq   r2, 0
        moveq   r3, 0
        str     r2, [sp, FLAGS]
        str     r3, [sp, FPSCR]
        vmsr    fpscr, r3
        .irp    n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
        add     r\n, r0, \n
        .endr
        add     lr, r0, 13
        msr     apsr_nzcvq, r2                  // no instruction changes a flag from here to mrs
        add     r2, r0, 2
        add     r0, r0, 14
        .rept   400                             // not a loop: counting and branching would change the flags
        nop
        .endr

        str     r0, [sp, REGS]
        add     r0, sp, REGS + 4
        stm     r0, {r1-r12, lr}
        mrs     r3, apsr
        vmrs    r4, fpscr
        ldr     r5, [sp, OWN_FPSCR]
        vmsr    fpscr, r5
        b       2f
        .ltorg

2:      ldr     r2, [sp, SEED]
        mov     r0, 14
        add     r5, r2, 14
        ldr     r6, [sp, REGS]
        cmp     r5, r6
        bne     9f
        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
        mov     r0, \n
        add     r5, r2, \n
        ldr     r6, [sp, (REGS + 4 * \n)]
        cmp     r5, r6
        bne     9f
        .endr
        mov     r0, 40
        ldr     r5, [sp, FLAGS]
        and     r3, r3, 0xf8000000
        cmp     r3, r5
        bne     9f
        mov     r0, 41
        ldr     r5, [sp, FPSCR]
        cmp     r4, r5
        bne     9f
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        mov     r0, (50 + \n)
        add     r5, r2, (100 + \n)
        vmov    r6, s\n
        cmp     r5, r6
        bne     9f
        .endr
        add     r2, r2, 1000
        str     r2, [sp, SEED]
        ldr     r2, [sp, ROUNDS]
        subs    r2, r2, 1
        str     r2, [sp, ROUNDS]
        bne     1b
        mov     r0, 0
9:      mov     r1, 0
        add     sp, sp, FRAME
        vpop    {d8-d15}
        pop     {r3, r4-r11, pc}
END(interrupted_loop)
