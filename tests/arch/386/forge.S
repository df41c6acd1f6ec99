// forge_entry: the ELF entry point of tests/programs/forged.cc. Lets C++ build another initial stack, then enters the
// runtime there as the kernel would: the stack pointer is all it may rely on, every other register holds rubbish.
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
