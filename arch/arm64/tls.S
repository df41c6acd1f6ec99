// Sets the thread pointer of m0. For other Ms clone sets it.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

// settls(x0 = &m->tls[0]): the thread pointer becomes x0 - G_TLS, so that tls[0] is where getg() looks.
FUNC(runtime.settls)
        TRACE_EARLY(EV_settls)
        sub     x0, x0, G_TLS
        msr     tpidr_el0, x0
        ret
END(runtime.settls)
