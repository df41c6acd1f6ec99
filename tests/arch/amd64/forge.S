// forge_entry: the ELF entry point of tests/programs/forged.cc. Calls C++ to build another initial stack, then enters
// the runtime there as the kernel would: only the stack pointer means anything, every other register holds garbage.
#include "arch/asm.h"

FUNC(forge_entry)
        .cfi_undefined rip
        xorl    %ebp, %ebp
        movq    %rsp, %rdi                      // the kernel's own initial stack: 16-byte aligned
        call    forge                           // rax = the forged one
        movq    %rax, %rsp
        movabsq $0xdeadbeefdeadbeef, %rax
        movq    %rax, %rbx
        movq    %rax, %rcx
        movq    %rax, %rdx
        movq    %rax, %rsi
        movq    %rax, %rdi
        movq    %rax, %rbp
        movq    %rax, %r8
        movq    %rax, %r9
        movq    %rax, %r10
        movq    %rax, %r11
        movq    %rax, %r12
        movq    %rax, %r13
        movq    %rax, %r14
        movq    %rax, %r15
        jmp     _rt0_amd64_linux
END(forge_entry)
