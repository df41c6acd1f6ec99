// Asynchronous preemption on riscv64. Go: preempt_riscv64.s, which may lose a register on its way back, for Go's
// compiler keeps one free. C++ code uses all of them, and no instruction can jump without one: only the kernel can set
// them all, so it does.
#include "arch/asm.h"
#include "go_asm.h"

// asyncPreempt(): the signal handler made the interrupted code "call" this, at any instruction.
//   frame  a copy of the signal frame, made by Ucontext::call: all registers as they were, the pc to go on at
//   keeps  everything: rt_sigreturn loads it from the copy
//   order  the goroutine may go on on another M: the thread pointer and the signal mask in the frame must be that
//          thread's own, and its alternate stack stays, for the one in the frame is invalid
FUNC(runtime.asyncPreempt)
        ld      ra, SIGFRAME_PC(sp)
        addi    sp, sp, -32                     // a frame like any other, for tracebacks; under Ucontext's link
        sd      s0, 0(sp)
        sd      ra, 8(sp)
        addi    s0, sp, 16
        fscsr   zero                            // rounding as a program's start has it: others run now
        call    runtime.asyncPreempt2
        addi    sp, sp, 32
        sd      tp, SIGFRAME_TP(sp)
        li      a0, 0                           // SIG_BLOCK with no set: only asks
        li      a1, 0
        addi    a2, sp, SIGFRAME_MASK
        li      a3, SIGSET_BYTES
        li      a7, SYS_rt_sigprocmask
        ecall
        li      a7, SYS_rt_sigreturn
        ecall
        ebreak
END(runtime.asyncPreempt)
