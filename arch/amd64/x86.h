// The macros of arch/x86/*.S on amd64.
#pragma once

#define g_tls %fs:-8
#define AX %rax
#define BX %rbx
#define CX %rcx
#define DX %rdx
#define DI %rdi
#define BP %rbp
#define SP %rsp
#define PC rip

#define LOAD_ARG0(to) movq %rdi, to
#define LOAD_ARG1(to) movq %rsi, to
#define FIRST_ARG(from) movq from, %rdi
#define CALL_WITH(fn, a) movq a, %rdi; call fn
#define CALL_ALIKE(fn, a, b) call fn  // the arguments are still in their registers
#define CALL_ARG movq %rdi, %rax; movq %rsi, %rdi; call *%rax
#define TAIL_CALL_ARG movq %rdi, %rax; movq %rsi, %rdi; jmp *%rax
#define GOGO(buf) movq buf, %rdi; jmp runtime.gogo

#define PUSH_KEPT EACH push, rbp, rbx, r12, r13, r14, r15; PUSH_CONTROL
#define POP_KEPT POP_CONTROL; EACH pop, r15, r14, r13, r12, rbx, rbp
#define SAVE_KEPT(base) movq %rbx, (base); movq %rbp, 8(base); movq %r12, 16(base); movq %r13, 24(base); \
        movq %r14, 32(base); movq %r15, 40(base)
#define LOAD_KEPT(base) movq (base), %rbx; movq 8(base), %rbp; movq 16(base), %r12; movq 24(base), %r13; \
        movq 32(base), %r14; movq 40(base), %r15
#define PUSH_ALL EACH push, rax, rcx, rdx, rbx, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
#define POP_ALL EACH pop, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbx, rdx, rcx, rax
#define GLOBAL(name) name(%rip)
#define WIDE(instruction) instruction##64

        .macro  EACH op, regs:vararg
        .irp    r, \regs
        \op     %\r
        .endr
        .endm
