// Shows that asynchronous preemption preserves all registers: a loop fills every register and the flags with patterns,
// runs for a while where it may be interrupted at any instruction, and then compares them all.
#include "arch/asm.h"
#include "kept.h"

// The frame, from sp up: x29 x30, x19–x28, d8–d15, then what follows.
#define SEED      160
#define ROUNDS    168
#define FLAGS     176
#define FPSR      184
#define FPCR      192
#define REGS      208                           /* x0–x30; in x0's place the loop counter's last value */
#define VECTOR    464
#define FRAME     480

// u64 interrupted_loop(x0 = rounds, x1 = seed): returns 0, or the number of what was damaged first: 1–31 a general
// register (x0 counts as 31), 40 the flags, 41 fpsr, 42 fpcr, 50–81 a vector register.
FUNC(interrupted_loop)
        sub     sp, sp, FRAME
        KEPT_AT_SP st
        str     x1, [sp, SEED]
        str     x0, [sp, ROUNDS]
        mrs     x9, fpcr
        str     x9, [sp, FPCR]

1:      ldr     x0, [sp, SEED]
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        add     x1, x0, (100 + \n)
        dup     v\n\().2d, x1
        .endr
        ldr     x1, [sp, ROUNDS]
        tst     x1, 1
        mov     x2, 0xf0000000                  // n z c v, all or none
        csel    x2, x2, xzr, ne
        mov     x3, 0x9f                        // all exception flags of fpsr
        csel    x3, x3, xzr, ne
        mov     x4, 0x1c00000                   // flush to zero, round towards zero
        csel    x4, x4, xzr, ne
        str     x2, [sp, FLAGS]
        str     x3, [sp, FPSR]
        msr     fpsr, x3
        msr     fpcr, x4
        msr     nzcv, x2                        // no instruction changes a flag from here to mrs
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        add     x\n, x0, \n
        .endr
        mov     x0, 200
2:      sub     x0, x0, 1
        cbz     x0, 3f
        nop
        b       2b

3:      stp     x0, x1, [sp, REGS]
        .irp    n, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
        str     x\n, [sp, REGS + 8 * \n]
        .endr
        .irp    n, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29
        str     x\n, [sp, REGS + 8 * \n]
        .endr
        str     x30, [sp, REGS + 240]
        mrs     x12, nzcv
        mrs     x13, fpsr
        mrs     x14, fpcr
        ldr     x9, [sp, FPCR]
        msr     fpcr, x9

        ldr     x9, [sp, SEED]
        mov     x0, 31
        ldr     x10, [sp, REGS]
        cbnz    x10, 9f
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        mov     x0, \n
        add     x10, x9, \n
        ldr     x11, [sp, REGS + 8 * \n]
        cmp     x10, x11
        b.ne    9f
        .endr
        mov     x0, 40
        ldr     x10, [sp, FLAGS]
        cmp     x10, x12
        b.ne    9f
        mov     x0, 41
        ldr     x10, [sp, FPSR]
        cmp     x10, x13
        b.ne    9f
        mov     x0, 42
        cmp     x10, 0                          // where fpsr was set, so was fpcr
        mov     x11, 0x1c00000
        csel    x11, x11, xzr, ne
        cmp     x11, x14
        b.ne    9f
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        mov     x0, (50 + \n)
        add     x10, x9, (100 + \n)
        str     q\n, [sp, VECTOR]
        ldp     x11, x12, [sp, VECTOR]
        cmp     x10, x11
        b.ne    9f
        cmp     x10, x12
        b.ne    9f
        .endr
        add     x9, x9, 1000
        str     x9, [sp, SEED]
        ldr     x9, [sp, ROUNDS]
        subs    x9, x9, 1
        str     x9, [sp, ROUNDS]
        b.ne    1b
        mov     x0, xzr
9:      KEPT_AT_SP ld
        add     sp, sp, FRAME
        ret
END(interrupted_loop)
