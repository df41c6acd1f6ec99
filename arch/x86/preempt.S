// Asynchronous preemption on amd64 and 386, with the macros of arch/x86/asm.S. Go: preempt_amd64.s, which is generated
// and saves each register by its name; here xsave saves all vector registers that the CPU has. An ISA's x86.h also
// defines PUSH_ALL and POP_ALL, GLOBAL(name), which addresses a variable, and WIDE(instruction), which adds the suffix
// with which the instruction saves the vector registers of this ISA.

// fninit empties the x87 stack: with values of an interrupted calculation on it, the next goroutine's calculation could
// find no room.
#define FP_DEFAULTS fninit; push $MXCSR_DEFAULT; ldmxcsr (SP); lea GO_ASM_PTRSIZE(SP), SP

// asyncPreempt(): the signal handler made the interrupted code "call" this, at any instruction.
//   frame  RED_ZONE bytes that the interrupted function may use, `aside`, the pc to go on at, BP, ALL_BYTES of flags
//          and registers; below that, or below `aside`, on another stack, if that is not 0, the vector state and the
//          frames of the functions that are called
//   keeps  everything; nothing between the entry and pushf changes a flag
//   after  the functions that are called find the floating point unit as it is at a program's start: the x87 stack
//          empty, default control words
//   order  the vector state's size is a multiple of 64 bytes and its header must be zero before xsave, or xrstor
//          refuses it
FUNC(runtime.asyncPreempt)
        push    BP
        mov     SP, BP                          // a frame like any other, for tracebacks
        pushf
        PUSH_ALL
        cld
        mov     2*GO_ASM_PTRSIZE(BP), AX
        test    AX, AX
        jz      3f
        mov     AX, SP
3:      movl    GLOBAL(runtime.xsaveBytes), %ebx  // kept across the call
        testl   %ebx, %ebx
        jz      1f

        sub     BX, SP
        and     $~63, SP
        xorl    %eax, %eax
        lea     XSAVE_HEADER(SP), DI
        movl    $XSAVE_HEADER_BYTES / 4, %ecx
        rep stosl
        movl    $-1, %eax                       // everything that xcr0 has switched on
        movl    $-1, %edx
        WIDE(xsave) (SP)
        FP_DEFAULTS
        call    runtime.asyncPreempt2
        movl    $-1, %eax
        movl    $-1, %edx
        WIDE(xrstor) (SP)
        jmp     2f

1:      sub     $XSAVE_HEADER, SP
        and     $~15, SP
        WIDE(fxsave) (SP)
        FP_DEFAULTS
        call    runtime.asyncPreempt2
        WIDE(fxrstor) (SP)

2:      lea     -ALL_BYTES(BP), SP
        POP_ALL
        popf
        pop     BP
        ret     $RED_ZONE + GO_ASM_PTRSIZE
END(runtime.asyncPreempt)
