// System calls on riscv64 that need more than Isa::syscall6: those which change the stack or come back from a signal.
#include "arch/asm.h"
#include "go_asm.h"

// uintptr clone(uintptr flags, uintptr sp, uintptr tp): a thread which runs runtime.mstart on the stack below sp.
//   in     a0 = flags (with CLONE_SETTLS), a1 = sp, aligned to 16, a2 = thread pointer, where m->tls[0] holds g0
//   out    a0 = thread id, or -errno; the child never returns here
//   order  the kernel sets the child's thread pointer before the child runs (CLONE_SETTLS), so the child's g is valid
//          from its first instruction: no signal needs to be blocked meanwhile
FUNC(runtime.clone)
        mv      a3, a2                          // 4th argument: tls
        li      a2, 0                           // no parent_tid, no child_tid
        li      a4, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, 1f
        ret
1:      li      s0, 0                           // child: sp is what the parent gave
        call    runtime.mstart
        ebreak
END(runtime.clone)

// exit_thread(a0 = Atomic<u32>* wait): stores 0 to *wait, after which the stack may be freed, and ends this thread.
//   order  what this thread did to its stack comes before the store; nothing touches the stack after it
FUNC(runtime.exit_thread)
        fence   rw, w
        sw      zero, 0(a0)
        li      a0, 0
        li      a7, SYS_exit
        ecall
        ebreak
END(runtime.exit_thread)

// The signal handler that the kernel calls, on the alternate stack: a0 = signal, a1 = siginfo, a2 = ucontext, ra = the
// kernel's own sigreturn, which is where sigtrampgo returns to.
FUNC(runtime.sigtramp)
        tail    runtime.sigtrampgo
END(runtime.sigtramp)

FUNC(runtime.sigreturn)
        li      a7, SYS_rt_sigreturn
        ecall
        ebreak
END(runtime.sigreturn)
