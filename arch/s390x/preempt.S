// Asynchronous preemption on s390x. A jump back needs a register for its target, so only the kernel can load all
// registers: asyncPreempt ends with rt_sigreturn.
#include "arch/asm.h"
#include "go_asm.h"

// asyncPreempt(): the signal handler made the interrupted code "call" this, at any instruction.
//   frame  the save area and the frame that Ucontext::push_link makes; then a copy of the signal frame: all registers
//          as they were
//   keeps  everything: rt_sigreturn loads it from the copy
//   order  the goroutine may continue on another thread. So the thread pointer and the signal mask of that thread are
//          written to the frame. The frame's alternate stack is invalid (copy_signal_frame), so the kernel keeps the
//          one of that thread
FUNC(runtime.asyncPreempt)
        stg     %r14, RETURN_ADDRESS(%r15)
        lgr     %r1, %r15
        aghi    %r15, -SAVE_AREA
        stg     %r1, 0(%r15)
        lghi    %r2, 0
        sfpc    %r2                             // default rounding and the like, as the runtime expects them
        brasl   %r14, runtime.asyncPreempt2
        aghi    %r15, SAVE_AREA + LINK_BYTES
        stam    %a0, %a1, SIGFRAME_ACCESS(%r15)
        lghi    %r2, 0                          // SIG_BLOCK with no set: only asks
        lghi    %r3, 0
        la      %r4, SIGFRAME_MASK(%r15)
        lghi    %r5, SIGSET_BYTES
        lghi    %r1, SYS_rt_sigprocmask
        svc     0
        lfpc    SIGFRAME_FPC(%r15)              // rt_sigreturn loads it, too; in QEMU 7.2 that does not change rounding
        lghi    %r1, SYS_rt_sigreturn
        svc     0
        .2byte  0
END(runtime.asyncPreempt)
