// forge_entry: the ELF entry point of tests/programs/forged.cc. Calls C++ to build another initial stack, then enters
// the runtime there as the kernel would: only the stack pointer means anything, every other register holds garbage.
#include "arch/asm.h"

FUNC(forge_entry)
        .cfi_undefined ra
        li      s0, 0
        mv      a0, sp                          // the kernel's own initial stack: 16-byte aligned
        call    forge                           // a0 = the forged one
        mv      sp, a0
        li      a0, 0xdeadbeefdeadbeef
        .irp    r, ra,gp,tp,t0,t1,t2,s0,s1,a1,a2,a3,a4,a5,a6,a7,s2,s3,s4,s5,s6,s7,s8,s9,s10,s11,t3,t4,t5,t6
        mv      \r, a0
        .endr
        j       _rt0_riscv64_linux
END(forge_entry)
