// Shows that a call preserves what the ABI demands: each callee-saved register gets a pattern before it and is compared
// after it.
#include "arch/asm.h"

// u64 poisoned_call(rdi = fn, rsi = arg, rdx = seed): calls fn(arg). Bit i of the result is set if register i of the
// list below was changed.
//   The frame: (%rsp) seed; then r15 r14 r13 r12 rbx rbp as the caller had them.
FUNC(poisoned_call)
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        pushq   %rdx                            // aligned to 16 again
        leaq    1(%rdx), %rbp                   // 0
        leaq    2(%rdx), %rbx                   // 1
        leaq    3(%rdx), %r12                   // 2
        leaq    4(%rdx), %r13                   // 3
        leaq    5(%rdx), %r14                   // 4
        leaq    6(%rdx), %r15                   // 5
        movq    %rdi, %rax
        movq    %rsi, %rdi
        call    *%rax

        movq    (%rsp), %rdx
        xorl    %eax, %eax
        .macro  EXPECT reg, n
        leaq    (\n + 1)(%rdx), %rcx
        cmpq    %rcx, \reg
        je      1f
        orl     $1 << \n, %eax
1:
        .endm
        EXPECT  %rbp, 0
        EXPECT  %rbx, 1
        EXPECT  %r12, 2
        EXPECT  %r13, 3
        EXPECT  %r14, 4
        EXPECT  %r15, 5
        popq    %rdx
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        ret
END(poisoned_call)

// poison_damage(rdi = n): changes register n of the list, which no function may do.
FUNC(poison_damage)
        .macro  DAMAGE reg, n
        cmpl    $\n, %edi
        jne     1f
        notq    \reg
1:
        .endm
        DAMAGE  %rbp, 0
        DAMAGE  %rbx, 1
        DAMAGE  %r12, 2
        DAMAGE  %r13, 3
        DAMAGE  %r14, 4
        DAMAGE  %r15, 5
        ret
END(poison_damage)

        .section .rodata
        .globl  poison_registers
        .p2align 2
poison_registers:
        .long   6
