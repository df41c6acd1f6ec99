// Saves and restores the callee-saved registers for poison.S and interrupted.S: r6–r15 in the caller's save area,
// f8–f15 above the save area of these functions.
#pragma once

        .macro  FLOATS op
        \op     %f8, 160(%r15)
        \op     %f9, 168(%r15)
        \op     %f10, 176(%r15)
        \op     %f11, 184(%r15)
        \op     %f12, 192(%r15)
        \op     %f13, 200(%r15)
        \op     %f14, 208(%r15)
        \op     %f15, 216(%r15)
        .endm

        .macro  ENTER frame
        stmg    %r6, %r15, 48(%r15)
        lgr     %r1, %r15
        aghi    %r15, -(\frame)
        stg     %r1, 0(%r15)
        FLOATS  std
        .endm

        .macro  LEAVE frame
        FLOATS  ld
        lmg     %r6, %r15, \frame + 48(%r15)
        br      %r14
        .endm
