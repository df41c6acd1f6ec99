// Sets the thread pointer of m0. For other Ms clone sets it, in the same place of each thread's descriptor table.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

// settls(edx = &m->tls[0]): the base becomes the address one word above, so that tls[0] is -4(%gs).
//   frame  struct user_desc: which descriptor (-1: any that is free), base, limit, flags; then ebx as the caller had it
FUNC(runtime.settls)
        TRACE_EARLY(EV_settls)
        pushl   %ebx
        addl    $4, %edx
        pushl   $USER_DESC_FLAGS
        pushl   $USER_DESC_ALL
        pushl   %edx
        pushl   $-1
        movl    %esp, %ebx
        movl    $SYS_set_thread_area, %eax
        int     $0x80
        testl   %eax, %eax
        jnz     runtime.abort                   // no thread pointer: not even an error message is possible
        movl    (%esp), %eax
        leal    3(,%eax,8), %eax                // the descriptor's selector, for user code
        movw    %ax, %gs
        addl    $USER_DESC_BYTES, %esp
        popl    %ebx
        ret
END(runtime.settls)
