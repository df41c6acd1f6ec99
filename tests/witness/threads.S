// Three threads, one after the other: thread 1 has ended, and QEMU can reuse its index, before thread 2 begins. The
// first thread waits for the word that the kernel clears at a thread's end; QEMU wakes it only after the vcpu is gone.
        .text
        .globl  _rt0_amd64_linux
_rt0_amd64_linux:
        movl    $3, %r12d
1:      call    runtime.newosproc
        decl    %r12d
        jnz     1b
        call    main.main
        hlt

        .globl  runtime.newosproc
        .type   runtime.newosproc, @function
runtime.newosproc:
        movl    $1, tid(%rip)
        movl    $56, %eax                       // clone
        movl    $0x250f00, %edi                 // VM FS FILES SIGHAND THREAD SYSVSEM CHILD_CLEARTID
        leaq    stack_end(%rip), %rsi
        xorl    %edx, %edx
        leaq    tid(%rip), %r10
        xorl    %r8d, %r8d
        syscall
        testl   %eax, %eax
        jnz     2f
        jmp     runtime.mstart                  // the child's instructions 0 and 1 are the two before this one
2:      movl    tid(%rip), %edx                 // the loop ends when the kernel has cleared it
        testl   %edx, %edx
        jz      3f
        movl    $202, %eax                      // futex WAIT
        leaq    tid(%rip), %rdi
        xorl    %esi, %esi
        xorl    %r10d, %r10d
        syscall
        jmp     2b
3:      ret

        .globl  runtime.mstart
        .type   runtime.mstart, @function
runtime.mstart:                                 // the child's number 3
        nop
        movl    $39, %eax                       // getpid
        syscall
        movl    $60, %eax                       // exit: this thread only
        xorl    %edi, %edi
        syscall                                 // the child's number 8: 9 in all, 2 system calls

        .globl  main.main
        .type   main.main, @function
main.main:
        movl    $231, %eax
        xorl    %edi, %edi
        syscall

        .bss
tid:    .skip   8
        .balign 16
        .skip   4096
stack_end:
        .section .note.GNU-stack, "", @progbits
