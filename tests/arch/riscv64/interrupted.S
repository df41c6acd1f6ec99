// Shows that asynchronous preemption preserves all registers: a loop fills every register and fcsr with patterns, runs
// for a while where it may be interrupted at any instruction, and then compares them all.
#include "arch/asm.h"
#include "kept.h"

// The frame, from sp up: ra, s0–s11, fs0–fs11, then what follows.
#define SEED      208
#define ROUNDS    216
#define FCSR      224
#define OWN_FCSR  232
#define OWN_GP    240
#define REGS      256                       /* x0–x31 without x2 and x4; in x10's place the loop counter's last value */
#define FRAME     512

// u64 interrupted_loop(a0 = rounds, a1 = seed): returns 0, or the number of what was damaged first: 1–31 a general
// register, 40 fcsr, 50–81 a floating-point register.
FUNC(interrupted_loop)
        addi    sp, sp, -FRAME
        KEEP    sd
        sd      a1, SEED(sp)
        sd      a0, ROUNDS(sp)
        csrr    t0, fcsr
        sd      t0, OWN_FCSR(sp)
        sd      gp, OWN_GP(sp)

1:      ld      a0, SEED(sp)
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        addi    t0, a0, 100 + \n
        fmv.d.x f\n, t0
        .endr
        ld      t0, ROUNDS(sp)
        andi    t0, t0, 1
        neg     t0, t0
        andi    t0, t0, 0x3f                    // all exceptions raised and round towards zero, or neither
        sd      t0, FCSR(sp)
        csrw    fcsr, t0
        .irp    n, 1,3,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        addi    x\n, a0, \n
        .endr
        li      a0, 200
2:      addi    a0, a0, -1
        beqz    a0, 3f
        nop
        j       2b

3:      .irp    n, 1,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd      x\n, REGS + 8 * \n(sp)
        .endr
        ld      gp, OWN_GP(sp)
        csrr    t1, fcsr
        ld      t0, OWN_FCSR(sp)
        csrw    fcsr, t0

        ld      t2, SEED(sp)
        li      a0, 10
        ld      t3, REGS + 80(sp)
        bnez    t3, 8f
        .irp    n, 1,3,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        li      a0, \n
        addi    t3, t2, \n
        ld      t4, REGS + 8 * \n(sp)
        bne     t3, t4, 8f
        .endr
        li      a0, 40
        ld      t3, FCSR(sp)
        bne     t1, t3, 8f
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        li      a0, 50 + \n
        addi    t3, t2, 100 + \n
        fmv.x.d t4, f\n
        bne     t3, t4, 8f
        .endr
        addi    t2, t2, 1000
        sd      t2, SEED(sp)
        ld      t2, ROUNDS(sp)
        addi    t2, t2, -1
        sd      t2, ROUNDS(sp)
        bnez    t2, 1b
        li      a0, 0
8:      KEEP    ld
        addi    sp, sp, FRAME
        ret
END(interrupted_loop)
