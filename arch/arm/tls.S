// Sets the thread pointer of m0. For other Ms clone sets it.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"
        .syntax unified

// settls(r0 = &m->tls[0]): the thread pointer becomes r0 - G_TLS, so that tls[0] is where getg() looks.
FUNC(runtime.settls)
        TRACE_EARLY(EV_settls)
        mov     ip, r7
        sub     r0, r0, G_TLS
        ldr     r7, =SET_TLS
        svc     0
        mov     r7, ip
        bx      lr
END(runtime.settls)
