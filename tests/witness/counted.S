// Every instruction of this program is numbered: the witness must come to the same numbers. The number at a function is
// that of its first instruction, counted from 0 at the ELF entry. witness_test.py knows them.
        .text
        .globl  _rt0_amd64_linux                // a bare label, no .type: asm is often like that
_rt0_amd64_linux:
        xorl    %ebx, %ebx                      // 0
        movl    $10, %ecx                       // 1
1:      decl    %ecx                            // 2, 4, … 20
        jnz     1b                              // 3, 5, … 21
        call    runtime.check                   // 22
        call    local_function                  // 27
        leaq    buffer(%rip), %rdi              // 30
        movl    $5, %ecx                        // 31
        call    runtime.fill                    // 32
        movl    $5, %ecx                        // 40
        leaq    buffer(%rip), %rdi              // 41
        rep stosb                               // 42 … 47: five times, and once to see that it is over
        movl    $39, %eax                       // 48 getpid
        syscall                                 // 49
        movl    $39, %eax                       // 50
        syscall                                 // 51
        call    runtime.check                   // 52
        call    main.main                       // 57
        hlt

        .globl  runtime.check, a.bare_label
        .type   runtime.check, @function
a.bare_label:                                   // a function's name goes before a label's
runtime.check:
        nop                                     // 23, 53
        .globl  bare_label_inside               // a global label is an entry too; it says so in the log
bare_label_inside:
local_label:                                    // a local one is not
        nop                                     // 24, 54
        .globl  runtime.args
        .type   runtime.args, @function
runtime.args:                                   // fallen into, in the middle of a block
        nop                                     // 25, 55
        ret                                     // 26, 56

        .type   local_function, @function       // a local symbol, but a function
local_function:
        nop                                     // 28
        .type   local_function.cold, @function
local_function.cold:                            // where the compiler put a function's cold half: no entry
        ret                                     // 29

        .globl  runtime.fill
        .type   runtime.fill, @function
runtime.fill:
        rep stosb                               // 33 … 38: one entry, though QEMU comes by six times
        ret                                     // 39

        .globl  main, main.main, another_name
        .type   main, @function
        .type   main.main, @function
        .type   another_name, @function
another_name:
main:
main.main:
        call    runtime.check                   // 58; check is at 59, args at 61
        movl    $231, %eax                      // 63 exit_group
        movl    $7, %edi                        // 64
        syscall                                 // 65: 66 in all, 3 system calls

        .bss
buffer: .skip   16
        .section .note.GNU-stack, "", @progbits
