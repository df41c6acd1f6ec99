// Asynchronous preemption on amd64. Go: preempt_amd64.s, which is generated; here xsave takes what the CPU has.
#include "arch/asm.h"
#include "go_asm.h"

// asyncPreempt(): the signal handler made the interrupted code "call" this, at any instruction.
//   frame  RED_ZONE bytes that are the interrupted function's, the pc to go on at, rbp, flags, 14 registers, the vector state
//   keeps  everything; nothing between the entry and pushfq changes a flag
//   order  the vector state's size is a multiple of 64 bytes and its header must be zero before xsave, or xrstor refuses it
FUNC(runtime.asyncPreempt)
        pushq   %rbp
        movq    %rsp, %rbp                      // a frame like any other, for tracebacks
        pushfq
        pushq   %rax
        pushq   %rcx
        pushq   %rdx
        pushq   %rbx
        pushq   %rsi
        pushq   %rdi
        pushq   %r8
        pushq   %r9
        pushq   %r10
        pushq   %r11
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        cld
        movl    runtime.xsaveBytes(%rip), %ebx  // kept across the call
        testl   %ebx, %ebx
        jz      1f

        subq    %rbx, %rsp
        andq    $~63, %rsp
        xorl    %eax, %eax
        leaq    XSAVE_HEADER(%rsp), %rdi
        movl    $8, %ecx
        rep stosq
        movl    $-1, %eax                       // all that xcr0 has
        movl    $-1, %edx
        xsave64 (%rsp)
        call    runtime.asyncPreempt2
        movl    $-1, %eax
        movl    $-1, %edx
        xrstor64 (%rsp)
        jmp     2f

1:      subq    $XSAVE_HEADER, %rsp
        andq    $~15, %rsp
        fxsave64 (%rsp)
        call    runtime.asyncPreempt2
        fxrstor64 (%rsp)

2:      leaq    -ASYNC_PREEMPT_REGS(%rbp), %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %r11
        popq    %r10
        popq    %r9
        popq    %r8
        popq    %rdi
        popq    %rsi
        popq    %rbx
        popq    %rdx
        popq    %rcx
        popq    %rax
        popfq
        popq    %rbp
        ret     $RED_ZONE
END(runtime.asyncPreempt)
