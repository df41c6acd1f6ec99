// Asynchronous preemption on arm. No instruction loads all registers and the flags, so the kernel loads them:
// asyncPreempt ends with rt_sigreturn.
#include "arch/asm.h"
#include "frame.h"
#include "go_asm.h"
        .syntax unified

// asyncPreempt(): the signal handler made the interrupted code "call" this, at any instruction; lr is where it goes on.
//   frame  the frame that Ucontext::push_link makes, and a copy of the signal frame: all registers, vectors and flags
//          as they were
//   keeps  everything: rt_sigreturn loads it from the copy
//   order  the goroutine may continue on another thread. So the signal mask of that thread is written to the frame. The
//          frame's alternate stack is invalid (copy_signal_frame), so the kernel keeps the one of that thread
FUNC(runtime.asyncPreempt)
        PUSH_FRAME
        mov     r0, 0
        vmsr    fpscr, r0                       // default rounding and the like, as the runtime expects them
        bl      runtime.asyncPreempt2
        add     sp, sp, FRAME_BYTES + LINK_BYTES
        mov     r0, 0                           // SIG_BLOCK with no set: only asks
        mov     r1, 0
        add     r2, sp, SIGFRAME_MASK
        mov     r3, SIGSET_BYTES
        mov     r7, SYS_rt_sigprocmask
        svc     0
        mov     r7, SYS_rt_sigreturn
        svc     0
        udf     0
END(runtime.asyncPreempt)
