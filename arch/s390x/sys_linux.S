// System calls on s390x that need more than Isa::syscall6: those which change the stack or come back from a signal.
#include "arch/asm.h"
#include "go_asm.h"

// uintptr clone(uintptr flags, uintptr sp, uintptr tp): a thread which runs runtime.mstart on the stack below sp.
//   in     r2 = flags (with CLONE_SETTLS), r3 = sp, r4 = thread pointer, below which m->tls[0] holds g0
//   out    r2 = thread id, or -errno; the child never returns here
//   order  the kernel sets the child's thread pointer before the child runs (CLONE_SETTLS), so the child's g is valid
//          from its first instruction: no signal needs to be blocked meanwhile
FUNC(runtime.clone)
        lgr     %r0, %r6                        // kept by the kernel
        lgr     %r6, %r4                        // 5th argument: tls
        lgr     %r1, %r2
        lgr     %r2, %r3                        // the stack first, then the flags
        lgr     %r3, %r1
        lghi    %r4, 0                          // no parent_tid, no child_tid
        lghi    %r5, 0
        lghi    %r1, SYS_clone
        svc     0
        lgr     %r6, %r0
        ltgr    %r2, %r2
        jz      1f
        br      %r14
1:      aghi    %r15, -SAVE_AREA                // child: r15 is what the parent gave
        xc      0(8,%r15), 0(%r15)
        brasl   %r14, runtime.mstart
        .2byte  0
END(runtime.clone)

// exit_thread(r2 = Atomic<u32>* wait): stores 0 to *wait, after which the stack may be freed, and ends this thread.
//   order  stores are seen in their order on this ISA; nothing touches the stack after this one
FUNC(runtime.exit_thread)
        lghi    %r0, 0
        st      %r0, 0(%r2)
        lghi    %r2, 0
        lghi    %r1, SYS_exit
        svc     0
        .2byte  0
END(runtime.exit_thread)

// The signal handler that the kernel calls, on the alternate stack: r2 = signal, r3 = siginfo, r4 = ucontext, r14 =
// sigreturn, which is where sigtrampgo returns to.
FUNC(runtime.sigtramp)
        jg      runtime.sigtrampgo
END(runtime.sigtramp)

FUNC(runtime.sigreturn)
        lghi    %r1, SYS_rt_sigreturn
        svc     0
        .2byte  0
END(runtime.sigreturn)
