// Boot and context switches on arm: the macros of arch/generic/asm.S, as this ISA has them. Go: asm_arm.s.
//
// From rt0_go on the thread pointer is valid and G_TLS bytes above it is the current G. A goroutine's callee-saved
// registers lie on its own stack while it is stopped: r4–r11, lr, d8–d15 and a word for a recover point's sp.
#include "arch/asm.h"
#include "frame.h"
#include "go_asm.h"
#include "trace_early.h"
        .syntax unified

#define ARG0 r0
#define ARG1 r1
#define T0 r2
#define T1 r3
#define T2 ip
#define SAVED0 r4
#define SAVED1 r5
#define SAVED2 r6
#define FRAME fp
#define LINK lr

#define MOVE(to, from) mov to, from
#define SET(to, number) ldr to, =number
#define ADD(to, number) add to, to, number
#define SUB(to, from) sub to, to, from
#define ADDRESS(to, symbol) movw to, :lower16:symbol; movt to, :upper16:symbol
#define LOAD(to, base, offset) ldr to, [base, offset]
#define STORE(from, base, offset) str from, [base, offset]
#define LOAD_SP(base, offset) ldr sp, [base, offset]
#define STORE_SP(base, offset) str sp, [base, offset]
#define TP(to) mrc p15, 0, to, c13, c0, 3
#define GET_G(to) TP(to); ldr to, [to, G_TLS]
#define SET_G(from) TP(lr); str from, [lr, G_TLS]
#define IF_EQUAL(one, other, label) cmp one, other; beq label
#define IF_ZERO(value, label) cmp value, 0; beq label
#define GOTO(label) b label
#define CALL(function) bl function
#define CALL_REG(address) blx address
#define JUMP(function) b function
#define JUMP_REG(address) bx address
#define RETURN bx lr
#define NOP nop
#define BREAK bkpt 0
#define TRAP udf 0

#define FIRST_FRAME mov fp, 0
#define PUSH_KEPT sub sp, sp, 4; vpush {d8-d15}; push {r4-r11, lr}; vmrs lr, fpscr; str lr, [sp, KEPT - 4]
#define POP_KEPT ldr lr, [sp, KEPT - 4]; vmsr fpscr, lr; pop {r4-r11, lr}; vpop {d8-d15}; add sp, sp, 4
#define SAVE_KEPT stmia r0!, {r4-r11, lr}; vstmia r0!, {d8-d15}; str sp, [r0]
#define LOAD_KEPT ldmia r0!, {r4-r11, lr}; vldmia r0!, {d8-d15}; ldr sp, [r0]

#include "arch/generic/asm.S"
