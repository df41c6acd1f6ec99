// System calls on arm that need more than Isa::syscall6: those which change the stack or come back from a signal.
#include "arch/asm.h"
#include "go_asm.h"
        .syntax unified

// uintptr clone(uintptr flags, uintptr sp, uintptr tp): a thread which runs runtime.mstart on the stack below sp.
//   in     r0 = flags (with CLONE_SETTLS), r1 = sp, aligned to 8, r2 = thread pointer, above which m->tls[0] holds g0
//   out    r0 = thread id, or -errno; the child never returns here
//   order  the kernel sets the child's thread pointer before the child runs (CLONE_SETTLS), so the child's g is valid
//          from its first instruction: no signal needs to be blocked meanwhile
FUNC(runtime.clone)
        push    {r4, r7}
        mov     r3, r2                          // 4th argument: tls
        mov     r2, 0                           // no parent_tid, no child_tid
        mov     r4, 0
        mov     r7, SYS_clone
        svc     0
        cmp     r0, 0
        beq     1f
        pop     {r4, r7}
        bx      lr
1:      mov     fp, 0                           // child: sp is what the parent gave
        bl      runtime.mstart
        udf     0
END(runtime.clone)

// exit_thread(r0 = Atomic<u32>* wait): stores 0 to *wait, after which the stack may be freed, and ends this thread.
//   order  dmb: what this thread did to its stack comes before the store; nothing touches the stack after it
FUNC(runtime.exit_thread)
        mov     r1, 0
        dmb     ish
        str     r1, [r0]
        mov     r0, 0
        mov     r7, SYS_exit
        svc     0
        udf     0
END(runtime.exit_thread)

// The signal handler that the kernel calls, on the alternate stack: r0 = signal, r1 = siginfo, r2 = ucontext, lr =
// sigreturn, which is where sigtrampgo returns to.
FUNC(runtime.sigtramp)
        b       runtime.sigtrampgo
END(runtime.sigtramp)

FUNC(runtime.sigreturn)
        mov     r7, SYS_rt_sigreturn
        svc     0
        udf     0
END(runtime.sigreturn)
