// Shows that asynchronous preemption preserves all registers: a loop fills every register, the flags and the red zone
// with patterns, runs for a while where it may be interrupted at any instruction, and then compares them all.
#include "arch/asm.h"
#include "tests/arch/x87.h"

// The frame, from rsp up. The red zone lies below rsp.
#define SEED      0
#define ROUNDS    8
#define AVX       16
#define WANT      24                            /* flags */
#define GOT       32
#define REGS      40                            /* 15 general registers */
#define ZONE      160                           /* copies of the 16 words of the red zone */
#define VECTOR    288
#define FRAME     328                           /* with 6 registers and the return address a multiple of 16 */
#define FLAGS     0xcd5                         /* carry parity adjust zero sign direction overflow */

// u64 interrupted_loop(rdi = rounds, rsi = seed, rdx = 1 if there is AVX): returns 0, or the number of what was damaged
// first: 1–15 a general register, 20 the flags, 30–45 the red zone, 46 the x87 control word, 50–65 a vector register,
// 70–85 the upper half of a vector register, 90–97 an x87 register.
FUNC(interrupted_loop)
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        subq    $FRAME, %rsp
        movq    %rsi, SEED(%rsp)
        movq    %rdi, ROUNDS(%rsp)
        movq    %rdx, AVX(%rsp)

1:      movq    SEED(%rsp), %rax
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        leaq    (100 + \n)(%rax), %rcx
        movq    %rcx, %xmm\n
        punpcklqdq %xmm\n, %xmm\n
        .endr
        cmpq    $0, AVX(%rsp)
        je      2f
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        vinsertf128 $1, %xmm\n, %ymm\n, %ymm\n
        .endr
2:      X87_SET %rax, GOT(%rsp)
        movq    $FLAGS, WANT(%rsp)
        testl   $1, ROUNDS(%rsp)
        jz      3f
        movq    $0, WANT(%rsp)
3:      pushq   WANT(%rsp)
        popfq                                   // no instruction changes a flag from here to pushfq
        leaq    2(%rax), %rbx
        leaq    4(%rax), %rdx
        leaq    5(%rax), %rsi
        leaq    6(%rax), %rdi
        leaq    7(%rax), %rbp
        leaq    8(%rax), %r8
        leaq    9(%rax), %r9
        leaq    10(%rax), %r10
        leaq    11(%rax), %r11
        leaq    12(%rax), %r12
        leaq    13(%rax), %r13
        leaq    14(%rax), %r14
        leaq    15(%rax), %r15
        leaq    1(%rax), %rax
        .irp    n, 1, 3, 5, 7, 9, 11, 13, 15
        movq    %rbx, -8 * \n(%rsp)
        movq    %r15, -8 * (\n + 1)(%rsp)
        .endr
        movl    $200, %ecx
4:      leaq    -1(%rcx), %rcx
        jrcxz   5f
        nop
        jmp     4b

5:      movq    %rax, (REGS + 0)(%rsp)
        movq    %rbx, (REGS + 8)(%rsp)
        movq    %rdx, (REGS + 24)(%rsp)
        movq    %rsi, (REGS + 32)(%rsp)
        movq    %rdi, (REGS + 40)(%rsp)
        movq    %rbp, (REGS + 48)(%rsp)
        movq    %r8, (REGS + 56)(%rsp)
        movq    %r9, (REGS + 64)(%rsp)
        movq    %r10, (REGS + 72)(%rsp)
        movq    %r11, (REGS + 80)(%rsp)
        movq    %r12, (REGS + 88)(%rsp)
        movq    %r13, (REGS + 96)(%rsp)
        movq    %r14, (REGS + 104)(%rsp)
        movq    %r15, (REGS + 112)(%rsp)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movq    -8 * (\n + 1)(%rsp), %rax
        movq    %rax, (ZONE + 8 * \n)(%rsp)
        .endr
        pushfq
        popq    GOT(%rsp)
        cld
        movq    SEED(%rsp), %r8
        addq    $3, %r8                         // the loop ended, so rcx was 0: record the value expected for it
        movq    %r8, (REGS + 16)(%rsp)
        movq    SEED(%rsp), %r8

        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movl    $\n, %eax
        leaq    \n(%r8), %rcx
        cmpq    %rcx, (REGS + 8 * (\n - 1))(%rsp)
        jne     9f
        .endr
        movl    $20, %eax
        movq    GOT(%rsp), %rcx
        andl    $FLAGS, %ecx
        cmpq    %rcx, WANT(%rsp)
        jne     9f
        .irp    n, 0, 2, 4, 6, 8, 10, 12, 14
        movl    $(30 + \n), %eax
        leaq    2(%r8), %rcx
        cmpq    %rcx, (ZONE + 8 * \n)(%rsp)
        jne     9f
        movl    $(31 + \n), %eax
        leaq    15(%r8), %rcx
        cmpq    %rcx, (ZONE + 8 * \n + 8)(%rsp)
        jne     9f
        .endr
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movl    $(50 + \n), %eax
        leaq    (100 + \n)(%r8), %rcx
        movdqu  %xmm\n, VECTOR(%rsp)
        cmpq    %rcx, VECTOR(%rsp)
        jne     9f
        cmpq    %rcx, (VECTOR + 8)(%rsp)
        jne     9f
        .endr
        X87_EXPECT %r8, GOT(%rsp), 90
        cmpq    $0, AVX(%rsp)
        je      6f
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movl    $(70 + \n), %eax
        leaq    (100 + \n)(%r8), %rcx
        vextractf128 $1, %ymm\n, VECTOR(%rsp)
        cmpq    %rcx, VECTOR(%rsp)
        jne     9f
        cmpq    %rcx, (VECTOR + 8)(%rsp)
        jne     9f
        .endr
6:      addq    $1000, SEED(%rsp)
        decq    ROUNDS(%rsp)
        jnz     1b
        xorl    %eax, %eax
9:      X87_RESET
        addq    $FRAME, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        ret
END(interrupted_loop)
