// Boot and context switches on 386. Go: asm_386.s. The switches are those of arch/x86/asm.S.
//
// From rt0_go on the thread pointer is valid and -4(%gs) is the current G. Arguments are on the stack.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"
#include "x86.h"

// rt0_go(ebx = argc, esi = argv): makes g0 and m0 out of static memory and the stack that the kernel made, then boots.
//   frame  two arguments, 16 bytes
//   keeps  ebx, esi; edi = g0
//   never returns
FUNC(runtime.rt0_go)
        .cfi_undefined eip
        subl    $16, %esp
        andl    $~15, %esp
        xorl    %ebp, %ebp                      // ends the frame chain for tracebacks
        TRACE_EARLY(EV_rt0_go)

        // g0 uses this stack. The runtime may use 64 KiB of it; the kernel grows it on demand.
        movl    $runtime.g0, %edi
        leal    -RT0_G0_STACK(%esp), %eax
        movl    %eax, g_stackguard0(%edi)
        movl    %eax, g_stackguard1(%edi)
        movl    %eax, g_stack_lo(%edi)
        movl    %esp, g_stack_hi(%edi)

        // A C toolchain's start code may set up threads itself (_cgo_init): then it also sets the thread pointer.
        movl    _cgo_init, %eax
        testl   %eax, %eax
        jz      1f
        movl    %edi, (%esp)                    // first argument: g0, whose stack bounds it may correct
        movl    $runtime.m0+m_tls, 4(%esp)      // second: the address that -4(%gs) must have
        call    *%eax
        movl    g_stack_lo(%edi), %eax
        movl    %eax, g_stackguard0(%edi)
        movl    %eax, g_stackguard1(%edi)
        jmp     2f

1:      movl    $runtime.m0+m_tls, %edx
        call    runtime.settls

        // Stores through the thread pointer and looks for the value in m0: if it is not there, getg() would be wrong.
        movl    $0x123, g_tls
        cmpl    $0x123, runtime.m0+m_tls
        je      2f
        call    runtime.abort

        // Points m0 and g0 at each other; from here on getg() works.
2:      movl    %edi, g_tls
        movl    $runtime.m0, %eax
        movl    %edi, m_g0(%eax)
        movl    %eax, g_m(%edi)

        cld                                     // the ABI wants the direction flag clear, always
        call    runtime.check
        movl    %ebx, (%esp)
        movl    %esi, 4(%esp)
        call    runtime.args
        call    runtime.osinit
        call    runtime.schedinit

        movl    $runtime.mainPC, (%esp)         // a Funcval: its first word is runtime.main
        movl    $0, 4(%esp)                     // null: made by no go statement
        call    runtime.newproc
        call    runtime.mstart
        call    runtime.abort                   // mstart never returns on m0
END(runtime.rt0_go)

#include "arch/x86/asm.S"
