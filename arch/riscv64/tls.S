// Sets the thread pointer of m0. For other Ms clone sets it.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

// settls(a0 = &m->tls[0])
FUNC(runtime.settls)
        TRACE_EARLY(EV_settls)
        mv      tp, a0
        ret
END(runtime.settls)
