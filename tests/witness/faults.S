// A fault in the middle of a block. With an argument the program first installs a handler, whose entry must have the
// right number; without one it dies of SIGSEGV, after main.main.
        .text
        .globl  _rt0_amd64_linux
_rt0_amd64_linux:
        cmpl    $1, (%rsp)                      // 0
        jle     1f                              // 1
        movl    $13, %eax                       // 2 rt_sigaction
        movl    $11, %edi                       // 3 SIGSEGV
        leaq    action(%rip), %rsi              // 4
        xorl    %edx, %edx                      // 5
        movl    $8, %r10d                       // 6
        syscall                                 // 7
1:      call    main.main                       // 8, or 2
        .globl  main.main
        .type   main.main, @function
main.main:                                      // 9, or 3
        xorl    %eax, %eax                      // 9
        nop                                     // 10
        movl    (%rax), %eax                    // 11 faults
        nop                                     // not reached, though in the same block
        nop
        nop
        nop
        .globl  runtime.sighandler
        .type   runtime.sighandler, @function
runtime.sighandler:                             // 12
        movl    $231, %eax                      // 12
        xorl    %edi, %edi                      // 13
        syscall                                 // 14

        .data
        .balign 8
action: .quad   runtime.sighandler, 0x04000000, restorer, 0
        .text
restorer:
        hlt
        .section .note.GNU-stack, "", @progbits
