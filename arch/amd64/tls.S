// Sets the thread pointer of m0. For other Ms clone sets it.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

// settls(rdi = &m->tls[0]): the thread pointer becomes the address one word above, so that tls[0] is -8(%fs).
FUNC(runtime.settls)
        TRACE_EARLY(EV_settls)
        leaq    8(%rdi), %rsi
        movl    $ARCH_SET_FS, %edi
        movl    $SYS_arch_prctl, %eax
        syscall
        cmpq    $-4095, %rax
        jae     runtime.abort                   // no thread pointer: not even an error message is possible
        ret
END(runtime.settls)
