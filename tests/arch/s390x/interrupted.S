// Shows that asynchronous preemption preserves all registers: a loop fills every register, the condition code and fpc
// with patterns, runs for a while where it may be interrupted at any instruction, and then compares them all.
#include "arch/asm.h"
#include "kept.h"

// The frame, from sp up: a save area, f8–f15, then what follows.
#define SEED      224
#define ROUNDS    232
#define CC        240
#define FPC       244
#define OWN_FPC   248
#define VECTOR    256
#define REGS      272                           /* r0–r14; in r2's place the loop counter's last value */
#define FRAME     400

// u64 interrupted_loop(r2 = rounds, r3 = seed): returns 0, or the number of what was damaged first: 1–15 a general
// register (r0 counts as 15), 40 the condition code, 41 fpc, 50–81 a vector register.
FUNC(interrupted_loop)
        ENTER   FRAME
        stg     %r2, ROUNDS(%r15)
        stg     %r3, SEED(%r15)
        stfpc   OWN_FPC(%r15)

1:      lg      %r2, SEED(%r15)
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        la      %r1, 100 + \n(%r2)
        vlvgp   %v\n, %r1, %r1
        .endr
        lg      %r1, ROUNDS(%r15)
        lgr     %r3, %r1
        nill    %r1, 3                          // any of the four condition codes
        sll     %r1, 28
        st      %r1, CC(%r15)
        lghi    %r4, 0
        nill    %r3, 1
        jz      2f
        llilf   %r4, 0x00f80001                 // all exception flags set, round towards zero
2:      st      %r4, FPC(%r15)
        lfpc    FPC(%r15)
        spm     %r1                             // no condition code is set from here to ipm
        .irp    n, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
        la      %r\n, 16 + \n(%r2)
        .endr
        lghi    %r2, 200
3:      nopr    %r7
        nopr    %r7
        brctg   %r2, 3b

        stmg    %r0, %r14, REGS(%r15)
        ipm     %r0
        lgr     %r3, %r0
        stfpc   FRAME - 8(%r15)
        lfpc    OWN_FPC(%r15)

        lg      %r5, SEED(%r15)
        lghi    %r2, 2
        lg      %r1, REGS + 16(%r15)
        ltgr    %r1, %r1
        jne     9f
        lghi    %r2, 15
        la      %r1, 16(%r5)
        cg      %r1, REGS(%r15)
        jne     9f
        .irp    n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
        lghi    %r2, \n
        la      %r1, 16 + \n(%r5)
        cg      %r1, REGS + 8 * \n(%r15)
        jne     9f
        .endr
        lghi    %r2, 40
        nilf    %r3, 0x30000000
        c       %r3, CC(%r15)
        jne     9f
        lghi    %r2, 41
        l       %r1, FRAME - 8(%r15)
        c       %r1, FPC(%r15)
        jne     9f
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        lghi    %r2, 50 + \n
        la      %r1, 100 + \n(%r5)
        vst     %v\n, VECTOR(%r15)
        cg      %r1, VECTOR(%r15)
        jne     9f
        cg      %r1, VECTOR + 8(%r15)
        jne     9f
        .endr
        aghi    %r5, 1000
        stg     %r5, SEED(%r15)
        lg      %r1, ROUNDS(%r15)
        aghi    %r1, -1
        stg     %r1, ROUNDS(%r15)
        jne     1b
        lghi    %r2, 0
9:      LEAVE   FRAME
END(interrupted_loop)
