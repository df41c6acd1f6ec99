// The x87 part of interrupted_loop on amd64 and 386: fills all eight registers with patterns and sets an unusual
// control word.
#pragma once

// Fills the registers from the low half of `seed`, by way of `word` in memory. Changes ecx and flags.
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

// Jumps to 9 with eax = 46 if the control word has changed, or with eax = `first` + n if register n has. Leaves the
// registers empty.
        .macro  X87_EXPECT seed, word, first
        movl    $46, %eax
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

// Restores what a caller expects: empty registers, and the control word with which every thread begins.
        .macro  X87_RESET
        fninit
        .endm
