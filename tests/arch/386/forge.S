// forge_entry: the ELF entry point of tests/programs/forged.cc. Calls C++ to build another initial stack, then enters
// the runtime there as the kernel would: only the stack pointer means anything, every other register holds garbage.
#include "arch/asm.h"

FUNC(forge_entry)
        .cfi_undefined eip
        xorl    %ebp, %ebp
        movl    %esp, %eax                      // the kernel's own initial stack
        andl    $~15, %esp
        subl    $12, %esp
        pushl   %eax
        call    forge                           // eax = the forged one
        movl    %eax, %esp
        movl    $0xdeadbeef, %eax
        .irp    r, ebx, ecx, edx, esi, edi, ebp
        movl    %eax, %\r
        .endr
        jmp     _rt0_386_linux
END(forge_entry)
