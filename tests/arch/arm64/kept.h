// Saves and restores the callee-saved registers for poison.S and interrupted.S: x29 x30, x19–x28 and d8–d15, in 160
// bytes at sp.
#pragma once

// op: st or ld
        .macro  KEPT_AT_SP op
        \op\()p    x29, x30, [sp]
        \op\()p    x19, x20, [sp, 16]
        \op\()p    x21, x22, [sp, 32]
        \op\()p    x23, x24, [sp, 48]
        \op\()p    x25, x26, [sp, 64]
        \op\()p    x27, x28, [sp, 80]
        \op\()p    d8, d9, [sp, 96]
        \op\()p    d10, d11, [sp, 112]
        \op\()p    d12, d13, [sp, 128]
        \op\()p    d14, d15, [sp, 144]
        .endm
