// A settls that succeeds and sets the thread pointer elsewhere: what rt0_go's store of 0x123 is there to find.
#include "arch/asm.h"
#include "go_asm.h"

FUNC(runtime.settls)
        lla     tp, elsewhere
        ret
END(runtime.settls)

        .local  elsewhere
        .comm   elsewhere, 128, 64
