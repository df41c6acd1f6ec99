// forge_entry: the ELF entry point of tests/programs/forged.cc. Calls C++ to build another initial stack, then enters
// the runtime there as the kernel would: only the stack pointer means anything, every other register holds garbage.
#include "arch/asm.h"

FUNC(forge_entry)
        .cfi_undefined %r14
        lgr     %r2, %r15                       // the kernel's own initial stack
        aghi    %r15, -160
        xc      0(8,%r15), 0(%r15)
        brasl   %r14, forge                     // r2 = the forged one
        lgr     %r15, %r2
        llilf   %r0, 0xdeadbeef
        iihf    %r0, 0xdeadbeef
        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
        lgr     %r\n, %r0
        .endr
        jg      _rt0_s390x_linux
END(forge_entry)
