// Asynchronous preemption on arm64. Go: preempt_arm64.s, which may overwrite a register on its way back, because Go's
// compiler keeps one free. C++ code uses all registers, and a jump back needs one for its target. Only the kernel can
// load all of them, so asyncPreempt ends with rt_sigreturn.
#include "arch/asm.h"
#include "go_asm.h"

// asyncPreempt(): the signal handler made the interrupted code "call" this, at any instruction.
//   frame  a copy of the signal frame, made by Ucontext::interrupt: all registers, vectors and flags as they were, the
//          pc to go on at
//   keeps  everything: rt_sigreturn loads it from the copy
//   order  the goroutine may continue on another thread. So the signal mask of that thread is written to the frame. The
//          frame's alternate stack is invalid (copy_signal_frame), so the kernel keeps the one of that thread
FUNC(runtime.asyncPreempt)
        ldr     x30, [sp, SIGFRAME_PC]
        stp     x29, x30, [sp, -16]!            // a frame like any other, for tracebacks
        mov     x29, sp
        msr     fpcr, xzr                       // default rounding and the like, as the runtime expects them
        bl      runtime.asyncPreempt2
        add     sp, sp, 16
        mov     x0, xzr                         // SIG_BLOCK with no set: only asks
        mov     x1, xzr
        add     x2, sp, SIGFRAME_MASK
        mov     x3, SIGSET_BYTES
        mov     x8, SYS_rt_sigprocmask
        svc     0
        mov     x8, SYS_rt_sigreturn
        svc     0
        brk     0
END(runtime.asyncPreempt)
