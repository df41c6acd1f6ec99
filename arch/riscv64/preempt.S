// Asynchronous preemption on riscv64. Go: preempt_riscv64.s, which may overwrite a register on its way back, because
// Go's compiler keeps one free. C++ code uses all registers, and a jump back needs one for its target. Only the kernel
// can load all of them, so asyncPreempt ends with rt_sigreturn.
#include "arch/asm.h"
#include "go_asm.h"

// asyncPreempt(): the signal handler made the interrupted code "call" this, at any instruction.
//   frame  a copy of the signal frame, made by Ucontext::interrupt: all registers as they were, the pc to go on at
//   keeps  everything: rt_sigreturn loads it from the copy
//   order  the goroutine may continue on another thread. So the thread pointer and the signal mask of that thread are
//          written to the frame. The frame's alternate stack is invalid (copy_signal_frame), so the kernel keeps the
//          one of that thread
FUNC(runtime.asyncPreempt)
        ld      ra, SIGFRAME_PC(sp)
        addi    sp, sp, -32                     // a frame like any other, for tracebacks; below that of push_link
        sd      s0, 0(sp)
        sd      ra, 8(sp)
        addi    s0, sp, 16
        fscsr   zero                            // default rounding, as the runtime expects it
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
