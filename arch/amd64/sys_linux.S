// System calls on amd64 that need more than Isa::syscall6: those which change the stack or come back from a signal.
#include "arch/asm.h"
#include "go_asm.h"

// uintptr clone(uintptr flags, uintptr sp, uintptr tp): a thread which runs runtime.mstart on the stack below sp.
//   in     rdi = flags (with CLONE_SETTLS), rsi = sp, aligned to 16, rdx = thread pointer; m->tls[0] below it holds g0
//   out    rax = thread id, or -errno; the child never returns here
//   order  the kernel sets the child's thread pointer before the child runs (CLONE_SETTLS), so the child's g is valid
//          from its first instruction: no signal needs to be blocked meanwhile
FUNC(runtime.clone)
        movq    %rdx, %r8                       // 5th argument: tls
        xorl    %edx, %edx                      // no parent_tid, no child_tid
        xorl    %r10d, %r10d
        movl    $SYS_clone, %eax
        syscall
        testq   %rax, %rax
        jz      1f
        ret
1:      call    runtime.mstart                  // child: rsp is what the parent gave
        ud2
END(runtime.clone)

// exit_thread(rdi = Atomic<u32>* wait): stores 0 to *wait, after which the stack may be freed, and ends this thread.
//   order  nothing touches the stack after the store
FUNC(runtime.exit_thread)
        movl    $0, (%rdi)
        xorl    %edi, %edi
        movl    $SYS_exit, %eax
        syscall
        ud2
END(runtime.exit_thread)

// The signal handler that the kernel calls, on the alternate stack: rdi = signal, rsi = siginfo, rdx = ucontext.
//   order  the ABI asks for a clear direction flag, which the interrupted code may have had set, and for an aligned
//          stack, which QEMU 7.2 does not give
FUNC(runtime.sigtramp)
        pushq   %rbp
        movq    %rsp, %rbp
        andq    $~15, %rsp
        cld
        call    runtime.sigtrampgo
        movq    %rbp, %rsp
        popq    %rbp
        ret                                     // to sigreturn, which the kernel pushed as sa_restorer
END(runtime.sigtramp)

FUNC(runtime.sigreturn)
        movl    $SYS_rt_sigreturn, %eax
        syscall
        ud2
END(runtime.sigreturn)
