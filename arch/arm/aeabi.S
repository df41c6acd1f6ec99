// Division of 64 bits, under the names that compilers for ARM call. It returns two results in four registers, which C++
// can't express. See base/int64.cc.
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
