// The x87 registers in interrupted_loop of amd64 and 386: all eight full of patterns, and a control word that is not
// the usual one.
#pragma once

// Fills them from the low half of `seed`, by way of `word` in memory. Changes ecx and flags.
        .macro  X87_SET seed, word
        fninit
        movl    $0x0f7f, \word                  // round towards zero, all exceptions masked
        fldcw   \word
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        leal    (200 + \n)(\seed), %ecx
        movl    %ecx, \word
        fildl   \word
        .endr
        .endm

// Goes to 9 with eax = 42 if the control word is another, and with `first` + n if register n is. Leaves them empty.
        .macro  X87_EXPECT seed, word, first
        movl    $42, %eax
        movl    $0, \word
        fnstcw  \word
        cmpl    $0x0f7f, \word
        jne     9f
        .irp    n, 7, 6, 5, 4, 3, 2, 1, 0
        movl    $(\first + \n), %eax
        leal    (200 + \n)(\seed), %ecx
        fistpl  \word
        cmpl    %ecx, \word
        jne     9f
        .endr
        .endm

// As a caller wants it back: empty, with the control word that every thread begins with.
        .macro  X87_RESET
        fninit
        .endm
