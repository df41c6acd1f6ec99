// Boot and context switches on arm64: the macros of arch/generic/asm.S, as this ISA has them. Go: asm_arm64.s.
//
// From rt0_go on the thread pointer is valid and G_TLS bytes above it is the current G. A goroutine's callee-saved
// registers lie on its own stack while it is stopped.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

#define ARG0 x0
#define ARG1 x1
#define T0 x9
#define T1 x10
#define T2 x11
#define SAVED0 x19
#define SAVED1 x20
#define SAVED2 x21
#define FRAME x29
#define LINK x30

#define MOVE(to, from) mov to, from
#define SET(to, number) mov to, number
#define ADD(to, number) add to, to, number
#define SUB(to, from) sub to, to, from
#define ADDRESS(to, symbol) adrp to, symbol; add to, to, :lo12:symbol
#define LOAD(to, base, offset) ldr to, [base, offset]
#define STORE(from, base, offset) str from, [base, offset]
#define LOAD_SP(base, offset) ldr x16, [base, offset]; mov sp, x16
#define STORE_SP(base, offset) mov x16, sp; str x16, [base, offset]
#define GET_G(to) mrs to, tpidr_el0; ldr to, [to, G_TLS]
#define SET_G(from) mrs x16, tpidr_el0; str from, [x16, G_TLS]
#define IF_EQUAL(one, other, label) cmp one, other; b.eq label
#define IF_ZERO(value, label) cbz value, label
#define GOTO(label) b label
#define CALL(function) bl function
#define CALL_REG(address) blr address
#define JUMP(function) b function
#define JUMP_REG(address) br address
#define RETURN ret
#define NOP nop
#define BREAK brk 0
#define TRAP brk 0

#define FIRST_FRAME mov x29, xzr
#define PUSH_FRAME stp x29, x30, [sp, -16]!; .cfi_def_cfa_offset 16; .cfi_offset x29, -16; .cfi_offset x30, -8; \
        mov x29, sp
#define POP_FRAME ldp x29, x30, [sp], 16
#define PUSH_KEPT sub sp, sp, KEPT; KEEP st, sp; mrs x16, fpcr; str x16, [sp, 160]
// A write of fpcr is slow on some CPUs, a read is not.
#define POP_KEPT KEEP ld, sp; ldr x16, [sp, 160]; mrs x17, fpcr; cmp x16, x17; b.eq 9f; msr fpcr, x16; \
9:      add sp, sp, KEPT
#define SAVE_KEPT KEEP st, x0; STORE_SP(x0, KEPT)
#define LOAD_KEPT KEEP ld, x0; LOAD_SP(x0, KEPT)

        .macro  KEEP op, base
        \op\()p    x19, x20, [\base]
        \op\()p    x21, x22, [\base, 16]
        \op\()p    x23, x24, [\base, 32]
        \op\()p    x25, x26, [\base, 48]
        \op\()p    x27, x28, [\base, 64]
        \op\()p    x29, x30, [\base, 80]
        \op\()p    d8, d9, [\base, 96]
        \op\()p    d10, d11, [\base, 112]
        \op\()p    d12, d13, [\base, 128]
        \op\()p    d14, d15, [\base, 144]
        .endm

#include "arch/generic/asm.S"

// For compiled code that rt0 did not compile, such as the toolchain's C++ library: it calls libgcc's functions for
// atomic operations, which ask this byte whether the CPU has the LSE instructions (Arm ARM, FEAT_LSE). libgcc's own
// byte comes with a constructor that asks a C library, and that would be an init task which programs have on no other
// ISA. 0: they always use exclusive loads and stores, which every CPU has. Here, because the linker must have it before
// libgcc; it is left out of programs that do not use it.
        .section .rodata.have_lse_atomics, "a", %progbits
        .globl  __aarch64_have_lse_atomics
        .type   __aarch64_have_lse_atomics, %object
        .size   __aarch64_have_lse_atomics, 1
__aarch64_have_lse_atomics:
        .byte   0
