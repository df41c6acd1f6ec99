// Macros that every .S file uses. Offsets come from the generated go_asm.h, never from a number.
#pragma once

#define FUNC(name)            \
  .p2align 4;                 \
  .globl name;                \
  .type name, %function;      \
name:                         \
  .cfi_startproc

#define END(name)             \
  .cfi_endproc;               \
  .size name, . - name

  .section .note.GNU-stack, "", %progbits
  .text
