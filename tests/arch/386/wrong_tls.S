// A faulty settls: it succeeds but sets the thread pointer to the wrong place. rt0_go's store of 0x123 must detect it.
#include "arch/asm.h"
#include "go_asm.h"

FUNC(runtime.settls)
        pushl   %ebx
        pushl   $USER_DESC_FLAGS
        pushl   $USER_DESC_ALL
        pushl   $elsewhere + 64
        pushl   $-1
        movl    %esp, %ebx
        movl    $SYS_set_thread_area, %eax
        int     $0x80
        movl    (%esp), %eax
        leal    3(,%eax,8), %eax
        movw    %ax, %gs
        addl    $USER_DESC_BYTES, %esp
        popl    %ebx
        ret
END(runtime.settls)

        .local  elsewhere
        .comm   elsewhere, 128, 64
