// forge_entry: the ELF entry point of tests/programs/forged.cc. Calls C++ to build another initial stack, then enters
// the runtime there as the kernel would: only the stack pointer means anything, every other register holds garbage.
#include "arch/asm.h"
        .syntax unified

FUNC(forge_entry)
        .cfi_undefined lr
        mov     fp, 0
        mov     r0, sp                          // the kernel's own initial stack: 8-byte aligned
        bl      forge                           // r0 = the forged one
        mov     sp, r0
        ldr     r0, =0xdeadbeef
        .irp    r, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, fp, ip, lr
        mov     \r, r0
        .endr
        b       _rt0_arm_linux
END(forge_entry)
