// Asynchronous preemption on 386. Go: preempt_386.s, which is generated; here xsave takes what the CPU has.
#include "arch/asm.h"
#include "go_asm.h"

// asyncPreempt(): the signal handler made the interrupted code "call" this, at any instruction.
//   frame  the pc to go on at, ebp, flags, 6 registers, the vector state
//   keeps  everything; nothing between the entry and pushfl changes a flag
//   order  the vector state's size is a multiple of 64 bytes and its header must be zero before xsave, or xrstor refuses it
FUNC(runtime.asyncPreempt)
        pushl   %ebp
        movl    %esp, %ebp                      // a frame like any other, for tracebacks
        pushfl
        pushl   %eax
        pushl   %ecx
        pushl   %edx
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        cld
        movl    runtime.xsaveBytes, %ebx        // kept across the call
        testl   %ebx, %ebx
        jz      1f

        subl    %ebx, %esp
        andl    $~63, %esp
        xorl    %eax, %eax
        leal    XSAVE_HEADER(%esp), %edi
        movl    $16, %ecx
        rep stosl
        movl    $-1, %eax                       // all that xcr0 has
        movl    $-1, %edx
        xsave   (%esp)
        call    runtime.asyncPreempt2
        movl    $-1, %eax
        movl    $-1, %edx
        xrstor  (%esp)
        jmp     2f

1:      subl    $XSAVE_HEADER, %esp
        andl    $~15, %esp
        fxsave  (%esp)
        call    runtime.asyncPreempt2
        fxrstor (%esp)

2:      leal    -ASYNC_PREEMPT_REGS(%ebp), %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %edx
        popl    %ecx
        popl    %eax
        popfl
        popl    %ebp
        ret
END(runtime.asyncPreempt)
