// Sets the thread pointer of m0. For other Ms clone sets it.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

// settls(r2 = &m->tls[0]): the thread pointer becomes the address one word above.
FUNC(runtime.settls)
        TRACE_EARLY(EV_settls)
        aghi    %r2, 8
        sar     %a1, %r2
        srlg    %r2, %r2, 32
        sar     %a0, %r2
        br      %r14
END(runtime.settls)
