// A faulty settls: it succeeds but sets the thread pointer to the wrong place. rt0_go's store of 0x123 must detect it.
#include "arch/asm.h"
#include "go_asm.h"

FUNC(runtime.settls)
        leaq    elsewhere+64(%rip), %rsi
        movl    $ARCH_SET_FS, %edi
        movl    $SYS_arch_prctl, %eax
        syscall
        ret
END(runtime.settls)

        .local  elsewhere
        .comm   elsewhere, 128, 64
