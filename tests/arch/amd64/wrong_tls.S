// A settls that succeeds and sets the thread pointer elsewhere: what rt0_go's store of 0x123 is there to find.
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
