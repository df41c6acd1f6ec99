// A faulty settls: it succeeds but sets the thread pointer to the wrong place. rt0_go's store of 0x123 must detect it.
#include "arch/asm.h"
#include "go_asm.h"

FUNC(runtime.settls)
        larl    %r1, elsewhere + 64
        sar     %a1, %r1
        srlg    %r1, %r1, 32
        sar     %a0, %r1
        br      %r14
END(runtime.settls)

        .local  elsewhere
        .comm   elsewhere, 128, 64
