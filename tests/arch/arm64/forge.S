// forge_entry: the ELF entry point of tests/programs/forged.cc. Calls C++ to build another initial stack, then enters
// the runtime there as the kernel would: only the stack pointer means anything, every other register holds garbage.
#include "arch/asm.h"

FUNC(forge_entry)
        .cfi_undefined x30
        mov     x29, xzr
        mov     x0, sp                          // the kernel's own initial stack: 16-byte aligned
        bl      forge                           // x0 = the forged one
        mov     sp, x0
        ldr     x0, =0xdeadbeefdeadbeef
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        mov     x\n, x0
        .endr
        b       _rt0_arm64_linux
END(forge_entry)
