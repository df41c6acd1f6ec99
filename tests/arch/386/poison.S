// Shows that a call preserves what the ABI demands: each callee-saved register gets a pattern before it and is compared
// after it.
#include "arch/asm.h"

        .macro  EXPECT reg, n
        leal    \n + 1(%ecx), %edx
        cmpl    %edx, \reg
        je      1f
        orl     $1 << \n, %eax
1:
        .endm
        .macro  DAMAGE reg, n
        cmpl    $\n, %eax
        jne     1f
        notl    \reg
1:
        .endm

// u64 poisoned_call(fn, arg, u64 seed): calls fn(arg). Bit i of the result is set if register i of the list ebx, esi,
// edi, ebp was changed. Only the low half of the seed is used.
//   The frame: arg, fn, a word for alignment; edi esi ebx ebp as the caller had them; above the return address fn, arg,
//   seed.
FUNC(poisoned_call)
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        subl    $12, %esp
        movl    36(%esp), %eax                  // arg
        movl    %eax, (%esp)
        movl    32(%esp), %eax                  // fn
        movl    40(%esp), %ecx                  // seed
        leal    1(%ecx), %ebx
        leal    2(%ecx), %esi
        leal    3(%ecx), %edi
        leal    4(%ecx), %ebp
        call    *%eax

        movl    40(%esp), %ecx
        xorl    %eax, %eax
        EXPECT  %ebx, 0
        EXPECT  %esi, 1
        EXPECT  %edi, 2
        EXPECT  %ebp, 3
        xorl    %edx, %edx
        addl    $12, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret
END(poisoned_call)

// poison_damage(n): changes register n of the list, which no function may do.
FUNC(poison_damage)
        movl    4(%esp), %eax
        DAMAGE  %ebx, 0
        DAMAGE  %esi, 1
        DAMAGE  %edi, 2
        DAMAGE  %ebp, 3
        ret
END(poison_damage)

        .section .rodata
        .globl  poison_registers
        .p2align 2
poison_registers:
        .long   4
