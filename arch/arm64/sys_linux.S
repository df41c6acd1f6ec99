// System calls on arm64 that need more than Isa::syscall6: those which change the stack or come back from a signal.
#include "arch/asm.h"
#include "go_asm.h"

// uintptr clone(uintptr flags, uintptr sp, uintptr tp): a thread which runs runtime.mstart on the stack below sp.
//   in     x0 = flags (with CLONE_SETTLS), x1 = sp, aligned to 16, x2 = thread pointer, above which m->tls[0] holds g0
//   out    x0 = thread id, or -errno; the child never returns here
//   order  the kernel sets the child's thread pointer before the child runs (CLONE_SETTLS), so the child's g is valid
//          from its first instruction: no signal needs to be blocked meanwhile
FUNC(runtime.clone)
        mov     x3, x2                          // 4th argument: tls
        mov     x2, xzr                         // no parent_tid, no child_tid
        mov     x4, xzr
        mov     x8, SYS_clone
        svc     0
        cbz     x0, 1f
        ret
1:      mov     x29, xzr                        // child: sp is what the parent gave
        bl      runtime.mstart
        brk     0
END(runtime.clone)

// exit_thread(x0 = Atomic<u32>* wait): stores 0 to *wait, after which the stack may be freed, and ends this thread.
//   order  stlr: what this thread did to its stack comes before the store; nothing touches the stack after it
FUNC(runtime.exit_thread)
        stlr    wzr, [x0]
        mov     x0, xzr
        mov     x8, SYS_exit
        svc     0
        brk     0
END(runtime.exit_thread)

// The signal handler that the kernel calls, on the alternate stack: x0 = signal, x1 = siginfo, x2 = ucontext, x30 =
// sigreturn, which is where sigtrampgo returns to.
FUNC(runtime.sigtramp)
        b       runtime.sigtrampgo
END(runtime.sigtramp)

FUNC(runtime.sigreturn)
        mov     x8, SYS_rt_sigreturn
        svc     0
        brk     0
END(runtime.sigreturn)
