// A faulty settls: it succeeds but sets the thread pointer to the wrong place. rt0_go's store of 0x123 must detect it.
#include "arch/asm.h"
#include "go_asm.h"

FUNC(runtime.settls)
        adrp    x9, elsewhere
        add     x9, x9, :lo12:elsewhere
        msr     tpidr_el0, x9
        ret
END(runtime.settls)

        .local  elsewhere
        .comm   elsewhere, 128, 64
