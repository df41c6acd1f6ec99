// Shows that asynchronous preemption preserves all registers: a loop fills every register and the flags with patterns,
// runs for a while where it may be interrupted at any instruction, and then compares them all.
#include "arch/asm.h"
#include "tests/arch/x87.h"

// The frame, from esp up. Above it: edi esi ebx ebp as the caller had them, the return address, rounds, seed.
#define FLAGS     0
#define MXCSR     4
#define OWN_MXCSR 8
#define GOT       12
#define REGS      16                            /* eax ebx edx esi edi ebp ecx */
#define VECTOR    48
#define FRAME     76
#define ROUNDS    FRAME + 20
#define SEED      FRAME + 28
#define AVX       FRAME + 36

// u64 interrupted_loop(u64 rounds, u64 seed, u64 avx): returns 0, or the number of what was damaged first: 1–7 a
// general register in the order of REGS, 40 the flags, 41 mxcsr, 46 the x87 control word, 50–57 a vector register,
// 60–67 an x87 register, 70–77 the upper half of a vector register, if avx is 1. Only the low halves of the arguments
// are used.
FUNC(interrupted_loop)
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        subl    $FRAME, %esp
        stmxcsr OWN_MXCSR(%esp)

1:      movl    SEED(%esp), %eax
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        leal    100 + \n(%eax), %ecx
        movd    %ecx, %xmm\n
        pshufd  $0, %xmm\n, %xmm\n
        .endr
        cmpl    $0, AVX(%esp)
        je      2f
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        vinsertf128 $1, %xmm\n, %ymm\n, %ymm\n
        .endr
2:      X87_SET %eax, GOT(%esp)
        movl    $0x202, %ecx                    // interrupts are on, always
        movl    $0x1f80, %edx                   // the usual mxcsr
        testl   $1, ROUNDS(%esp)
        jz      3f
        movl    $0xed7, %ecx                    // carry parity adjust zero sign direction overflow as well
        movl    $0x7fbf, %edx                   // towards zero, all exception flags set
3:      movl    %edx, MXCSR(%esp)
        movl    %ecx, FLAGS(%esp)
        ldmxcsr MXCSR(%esp)
        pushl   %ecx
        popfl                                   // no instruction changes a flag from here to pushfl
        leal    1(%eax), %ebx
        leal    2(%eax), %edx
        leal    3(%eax), %esi
        leal    4(%eax), %edi
        leal    5(%eax), %ebp
        movl    $200, %ecx
4:      nop
        nop
        loop    4b

        pushfl
        popl    GOT(%esp)
        cld
        movl    %eax, REGS(%esp)
        movl    %ebx, REGS + 4(%esp)
        movl    %edx, REGS + 8(%esp)
        movl    %esi, REGS + 12(%esp)
        movl    %edi, REGS + 16(%esp)
        movl    %ebp, REGS + 20(%esp)
        movl    %ecx, REGS + 24(%esp)

        movl    SEED(%esp), %ebx
        movl    $7, %eax
        cmpl    $0, REGS + 24(%esp)
        jne     9f
        .irp    n, 0, 1, 2, 3, 4, 5
        movl    $\n + 1, %eax
        leal    \n(%ebx), %ecx
        cmpl    %ecx, REGS + 4 * \n(%esp)
        jne     9f
        .endr
        movl    $40, %eax
        movl    GOT(%esp), %ecx
        cmpl    %ecx, FLAGS(%esp)
        jne     9f
        movl    $41, %eax
        stmxcsr GOT(%esp)
        movl    GOT(%esp), %ecx
        cmpl    %ecx, MXCSR(%esp)
        jne     9f
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        movl    $50 + \n, %eax
        leal    100 + \n(%ebx), %ecx
        movups  %xmm\n, VECTOR(%esp)
        .irp    m, 0, 4, 8, 12
        cmpl    %ecx, VECTOR + \m(%esp)
        jne     9f
        .endr
        .endr
        X87_EXPECT %ebx, GOT(%esp), 60
        cmpl    $0, AVX(%esp)
        je      5f
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        movl    $70 + \n, %eax
        leal    100 + \n(%ebx), %ecx
        vextractf128 $1, %ymm\n, VECTOR(%esp)
        .irp    m, 0, 4, 8, 12
        cmpl    %ecx, VECTOR + \m(%esp)
        jne     9f
        .endr
        .endr
        vzeroupper
5:      addl    $1000, SEED(%esp)
        decl    ROUNDS(%esp)
        jnz     1b
        xorl    %eax, %eax
9:      ldmxcsr OWN_MXCSR(%esp)
        X87_RESET
        xorl    %edx, %edx
        addl    $FRAME, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret
END(interrupted_loop)
