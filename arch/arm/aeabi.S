// Division of 64 bits, as compilers for ARM call it: two results in four registers, which C++ cannot say. See
// base/int64.cc.
#include "arch/asm.h"
        .syntax unified

        .macro  DIVMOD name, function
FUNC(\name)
        push    {r4, lr}
        sub     sp, sp, 16
        add     ip, sp, 8                       // where the remainder goes, as argument on the stack
        str     ip, [sp]
        bl      \function
        pop     {r2, r3}
        pop     {r2, r3}
        pop     {r4, pc}
END(\name)
        .endm

        DIVMOD  __aeabi_uldivmod, __udivmoddi4
        DIVMOD  __aeabi_ldivmod, __divmoddi4
