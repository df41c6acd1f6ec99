// System calls on 386 that need more than Isa::syscall6: those which change the stack or come back from a signal.
#include "arch/asm.h"
#include "go_asm.h"

// uintptr clone(uintptr flags, uintptr sp, uintptr tp): a thread which runs runtime.mstart on the stack below sp.
//   in     on the stack: flags (with CLONE_SETTLS); sp, aligned to 16; thread pointer, below which m->tls[0] holds g0
//   out    eax = thread id, or -errno; the child never returns here
//   frame  struct user_desc, ebx esi edi
//   order  the kernel sets the child's thread pointer before the child runs (CLONE_SETTLS), so the child's g is valid
//          from its first instruction: no signal needs to be blocked meanwhile
FUNC(runtime.clone)
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        pushl   $USER_DESC_FLAGS
        pushl   $USER_DESC_ALL
        pushl   16(%ebp)                        // tp
        movw    %gs, %ax
        movzwl  %ax, %eax
        shrl    $3, %eax
        pushl   %eax                            // the same entry of the new thread's descriptor table
        movl    8(%ebp), %ebx                   // flags
        movl    12(%ebp), %ecx                  // sp
        xorl    %edx, %edx                      // no parent_tid, no child_tid
        movl    %esp, %esi                      // 4th argument: tls
        xorl    %edi, %edi
        movl    $SYS_clone, %eax
        int     $0x80
        testl   %eax, %eax
        jz      1f
        addl    $USER_DESC_BYTES, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret
1:      call    runtime.mstart                  // child: esp is what the parent gave
        ud2
END(runtime.clone)

// exit_thread(Atomic<u32>* wait): stores 0 to *wait, after which the stack may be freed, and ends this thread.
//   order  nothing touches the stack after the store
FUNC(runtime.exit_thread)
        movl    4(%esp), %eax
        movl    $0, (%eax)
        xorl    %ebx, %ebx
        movl    $SYS_exit, %eax
        int     $0x80
        ud2
END(runtime.exit_thread)

// The signal handler that the kernel calls, on the alternate stack: signal, siginfo, ucontext.
//   order  the ABI asks for a clear direction flag, which the interrupted code may have had set, and for an aligned
//          stack, which QEMU 7.2 does not give
FUNC(runtime.sigtramp)
        pushl   %ebp
        movl    %esp, %ebp
        andl    $~15, %esp
        cld
        pushl   %ebp                            // keeps the stack aligned
        pushl   16(%ebp)
        pushl   12(%ebp)
        pushl   8(%ebp)
        call    runtime.sigtrampgo
        movl    %ebp, %esp
        popl    %ebp
        ret                                     // to sigreturn, which the kernel pushed as sa_restorer
END(runtime.sigtramp)

FUNC(runtime.sigreturn)
        movl    $SYS_rt_sigreturn, %eax
        int     $0x80
        ud2
END(runtime.sigreturn)
