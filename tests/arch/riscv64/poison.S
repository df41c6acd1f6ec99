// Shows that a call preserves what the ABI demands: each callee-saved register gets a pattern before it and is compared
// after it.
#include "arch/asm.h"
#include "kept.h"

#define FRAME     224

        .macro  EXPECT reg, n
        addi    t1, t0, \n + 1
        beq     \reg, t1, 1f
        li      t1, 1 << \n
        or      a0, a0, t1
1:
        .endm
        .macro  DAMAGE reg, n
        li      t1, \n
        bne     a0, t1, 1f
        not     \reg, \reg
1:
        .endm

// u64 poisoned_call(a0 = fn, a1 = arg, a2 = seed): calls fn(arg). Bit i of the result is set if register i of this list
// was changed: s0–s11 are 0–11, fs0–fs11 are 12–23.
//   The frame: ra, s0–s11 and fs0–fs11 as the caller had them, seed.
FUNC(poisoned_call)
        addi    sp, sp, -FRAME
        KEEP    sd
        sd      a2, 208(sp)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        addi    s\n, a2, \n + 1
        addi    t0, a2, \n + 13
        fmv.d.x fs\n, t0
        .endr
        mv      t0, a0
        mv      a0, a1
        jalr    t0

        ld      t0, 208(sp)
        li      a0, 0
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        EXPECT  s\n, \n
        fmv.x.d t2, fs\n
        EXPECT  t2, (\n + 12)
        .endr
        KEEP    ld
        addi    sp, sp, FRAME
        ret
END(poisoned_call)

// poison_damage(a0 = n): changes register n of the list, which no function may do.
FUNC(poison_damage)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        DAMAGE  s\n, \n
        fmv.x.d t2, fs\n
        DAMAGE  t2, (\n + 12)
        fmv.d.x fs\n, t2
        .endr
        ret
END(poison_damage)

        .section .rodata
        .globl  poison_registers
        .p2align 2
poison_registers:
        .long   24
