// Shows that a call preserves what the ABI demands: each callee-saved register gets a pattern before it and is compared
// after it.
#include "arch/asm.h"
#include "kept.h"

#define FRAME     176

        .macro  EXPECT reg, n
        add     x10, x9, (\n + 1)
        cmp     \reg, x10
        b.eq    1f
        orr     x0, x0, (1 << \n)
1:
        .endm
        .macro  DAMAGE reg, n
        cmp     w0, \n
        b.ne    1f
        mvn     \reg, \reg
1:
        .endm

// u64 poisoned_call(x0 = fn, x1 = arg, x2 = seed): calls fn(arg). Bit i of the result is set if register i of this list
// was changed: x19–x28 are 0–9, x29 is 10, d8–d15 are 11–18.
//   The frame: x29 x30, x19–x28 and d8–d15 as the caller had them, seed.
FUNC(poisoned_call)
        sub     sp, sp, FRAME
        KEPT_AT_SP st
        str     x2, [sp, 160]
        .irp    n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
        add     x\n, x2, (\n - 18)
        .endr
        .irp    n, 8, 9, 10, 11, 12, 13, 14, 15
        add     x9, x2, (\n + 4)
        fmov    d\n, x9
        .endr
        mov     x9, x0
        mov     x0, x1
        blr     x9

        ldr     x9, [sp, 160]
        mov     x0, xzr
        .irp    n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
        EXPECT  x\n, (\n - 19)
        .endr
        .irp    n, 8, 9, 10, 11, 12, 13, 14, 15
        fmov    x11, d\n
        EXPECT  x11, (\n + 3)
        .endr
        KEPT_AT_SP ld
        add     sp, sp, FRAME
        ret
END(poisoned_call)

// poison_damage(x0 = n): changes register n of the list, which no function may do.
FUNC(poison_damage)
        .irp    n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
        DAMAGE  x\n, (\n - 19)
        .endr
        .irp    n, 8, 9, 10, 11, 12, 13, 14, 15
        fmov    x11, d\n
        DAMAGE  x11, (\n + 3)
        fmov    d\n, x11
        .endr
        ret
END(poison_damage)

        .section .rodata
        .globl  poison_registers
        .p2align 2
poison_registers:
        .long   19
