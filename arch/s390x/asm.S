// Boot and context switches on s390x: the macros of arch/generic/asm.S, as this ISA has them. Go: asm_s390x.s.
//
// From rt0_go on the thread pointer is valid and the word below it is the current G. A goroutine's callee-saved
// registers lie on its own stack while it is stopped. Above the stack pointer of a function that calls another there is
// always a save area, for the registers of the function that is called.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

#define ARG0 %r2
#define ARG1 %r3
#define T0 %r1
#define T1 %r4
#define T2 %r5
#define SAVED0 %r6
#define SAVED1 %r7
#define SAVED2 %r8
#define FRAME %r15
#define LINK %r14
#define G_TLS -8

#define MOVE(to, from) lgr to, from
#define SET(to, number) lgfi to, number
#define ADD(to, number) aghi to, number
#define SUB(to, from) sgr to, from
#define ADDRESS(to, symbol) larl to, symbol
#define LOAD(to, base, offset) lg to, offset(base)
#define STORE(from, base, offset) stg from, offset(base)
#define LOAD_SP(base, offset) lg %r15, offset(base)
#define STORE_SP(base, offset) stg %r15, offset(base)
#define TP(to) ear to, %a0; sllg to, to, 32; ear to, %a1
#define GET_G(to) TP(to); lg to, G_TLS(to)
#define SET_G(from) TP(%r14); stg from, G_TLS(%r14)
#define IF_EQUAL(one, other, label) cgr one, other; je label
#define IF_ZERO(value, label) ltgr value, value; jz label
#define GOTO(label) j label
#define CALL(function) brasl %r14, function
#define CALL_REG(address) basr %r14, address
#define JUMP(function) jg function
#define JUMP_REG(address) br address
#define RETURN br %r14
#define NOP nopr %r7
#define BREAK .2byte 1
#define TRAP .2byte 0

#define FIRST_FRAME aghi %r15, -SAVE_AREA; xc 0(8,%r15), 0(%r15)
#define PUSH_FRAME stg %r14, RETURN_ADDRESS(%r15); .cfi_offset %r14, -48
#define POP_FRAME lg %r14, RETURN_ADDRESS(%r15)
#define PUSH_KEPT aghi %r15, -KEPT; KEEP st, std, %r15; stfpc KEPT_R15(%r15)
#define POP_KEPT KEEP l, ld, %r15; lfpc KEPT_R15(%r15); aghi %r15, KEPT
#define SAVE_KEPT KEEP st, std, %r2; stg %r15, KEPT_R15(%r2)
#define LOAD_KEPT KEEP l, ld, %r2; lg %r15, KEPT_R15(%r2)

        .macro  KEEP op, fop, base
        \op\()mg   %r6, %r14, 0(\base)
        .irp    n, 8, 9, 10, 11, 12, 13, 14, 15
        \fop    %f\n, 8 + 8 * \n(\base)
        .endr
        .endm

#include "arch/generic/asm.S"
