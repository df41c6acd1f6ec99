// Boot and context switches on riscv64: the macros of arch/generic/asm.S, as this ISA has them. Go: asm_riscv64.s.
//
// From rt0_go on the thread pointer is valid and points at the current G. A goroutine's callee-saved registers lie on
// its own stack while it is stopped.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

#define ARG0 a0
#define ARG1 a1
#define T0 t0
#define T1 t1
#define T2 t2
#define SAVED0 s1
#define SAVED1 s2
#define SAVED2 s3
#define FRAME s0
#define LINK ra

#define MOVE(to, from) mv to, from
#define SET(to, number) li to, number
#define ADD(to, number) addi to, to, number
#define SUB(to, from) sub to, to, from
#define ADDRESS(to, symbol) lla to, symbol
#define LOAD(to, base, offset) ld to, offset(base)
#define STORE(from, base, offset) sd from, offset(base)
#define LOAD_SP(base, offset) ld sp, offset(base)
#define STORE_SP(base, offset) sd sp, offset(base)
#define GET_G(to) ld to, 0(tp)
#define SET_G(from) sd from, 0(tp)
#define IF_EQUAL(one, other, label) beq one, other, label
#define IF_ZERO(value, label) beqz value, label
#define GOTO(label) j label
#define CALL(function) call function
#define CALL_REG(address) jalr address
#define JUMP(function) tail function
#define JUMP_REG(address) jr address
#define RETURN ret
#define NOP nop
#define BREAK ebreak
#define TRAP ebreak

#define FIRST_FRAME li s0, 0
#define PUSH_FRAME addi sp, sp, -16; .cfi_def_cfa_offset 16; sd s0, 0(sp); sd ra, 8(sp); .cfi_offset s0, -16; \
        .cfi_offset ra, -8; \
        addi s0, sp, 16
#define POP_FRAME ld s0, 0(sp); ld ra, 8(sp); addi sp, sp, 16
#define PUSH_KEPT addi sp, sp, -KEPT; KEEP sd, sp; frrm t6; sd t6, RECOVER_SP(sp)
#define POP_KEPT KEEP ld, sp; ld t6, RECOVER_SP(sp); fsrm t6; addi sp, sp, KEPT
#define SAVE_KEPT KEEP sd, a0; sd sp, RECOVER_SP(a0)
#define LOAD_KEPT KEEP ld, a0; ld sp, RECOVER_SP(a0)

        .macro  KEEP op, base
        \op     ra, 0(\base)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        \op     s\n, 8 + 8 * \n(\base)
        f\op    fs\n, 104 + 8 * \n(\base)
        .endr
        .endm

#include "arch/generic/asm.S"
