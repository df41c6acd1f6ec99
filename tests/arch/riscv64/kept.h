// Saves and restores the callee-saved registers for poison.S and interrupted.S: ra, s0–s11 and fs0–fs11, in 208 bytes
// at sp.
#pragma once

        .macro  KEEP op
        \op     ra, 0(sp)
        \op     s0, 8(sp)
        \op     s1, 16(sp)
        .irp    n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        \op     s\n, 8 + 8 * \n(sp)
        .endr
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        f\op    fs\n, 104 + 8 * \n(sp)
        .endr
        .endm
