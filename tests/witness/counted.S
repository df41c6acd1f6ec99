// The comment of each instruction is its number, and the witness must count the same. Numbers start with 0 at the ELF
// entry; a function's number is that of its first instruction. witness_test.py has the expected log.
        .text
        .globl  _rt0_amd64_linux                // a bare label without .type, as assembly often has
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
        rep stosb                               // 42 … 47: five times, and once to find that rcx is 0
        movl    $39, %eax                       // 48 getpid
        syscall                                 // 49
        movl    $39, %eax                       // 50
        syscall                                 // 51
        call    runtime.check                   // 52
        call    main.main                       // 57
        hlt

        .globl  runtime.check, a.bare_label
        .type   runtime.check, @function
a.bare_label:                                   // of two names at one address, the function's is logged
runtime.check:
        nop                                     // 23, 53
        .globl  bare_label_inside               // a global label counts as an entry, too
bare_label_inside:
local_label:                                    // a local label does not
        nop                                     // 24, 54
        .globl  runtime.args
        .type   runtime.args, @function
runtime.args:                                   // an entry without a call, in the middle of a block
        nop                                     // 25, 55
        ret                                     // 26, 56

        .type   local_function, @function       // a local symbol, but a function
local_function:
        nop                                     // 28
        .type   local_function.cold, @function
local_function.cold:                            // the compiler's name for a function's cold part: no entry
        ret                                     // 29

        .globl  runtime.fill
        .type   runtime.fill, @function
runtime.fill:
        rep stosb                               // 33 … 38: one entry, though QEMU runs it six times
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
