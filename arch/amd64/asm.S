// Boot and context switches on amd64. Go: asm_amd64.s. The switches are those of arch/x86/asm.S.
//
// From rt0_go on the thread pointer is valid and -8(%fs) is the current G.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"
#include "x86.h"

// rt0_go(rdi = argc, rsi = argv): makes g0 and m0 out of static memory and the stack that the kernel made, then boots.
//   frame  24(%rsp) argc, 32(%rsp) argv: 40 bytes, kept aligned to 16
//   never returns
FUNC(runtime.rt0_go)
        .cfi_undefined rip
        subq    $40, %rsp
        andq    $~15, %rsp
        movq    %rdi, 24(%rsp)
        movq    %rsi, 32(%rsp)
        xorl    %ebp, %ebp                      // ends the frame chain for tracebacks
        TRACE_EARLY(EV_rt0_go)

        // g0 uses this stack. The runtime may use 64 KiB of it; the kernel grows it on demand.
        leaq    runtime.g0(%rip), %rdi
        leaq    -RT0_G0_STACK(%rsp), %rbx
        movq    %rbx, g_stackguard0(%rdi)
        movq    %rbx, g_stackguard1(%rdi)
        movq    %rbx, g_stack_lo(%rdi)
        movq    %rsp, g_stack_hi(%rdi)

        // Which CPU is this? Leaf 0 gives the vendor, leaf 1 the version. cpuid overwrites rbx.
        xorl    %eax, %eax
        cpuid
        testl   %eax, %eax
        jz      2f
        cmpl    $0x756e6547, %ebx               // "Genu"
        jne     1f
        cmpl    $0x49656e69, %edx               // "ineI"
        jne     1f
        cmpl    $0x6c65746e, %ecx               // "ntel"
        jne     1f
        movb    $1, runtime.isIntel(%rip)
1:      movl    $1, %eax
        cpuid
        movl    %eax, runtime.processorVersionInfo(%rip)

        // A C toolchain's start code may set up threads itself (_cgo_init): then it also sets the thread pointer.
2:      movq    _cgo_init(%rip), %rax
        testq   %rax, %rax
        jz      3f
        leaq    runtime.g0(%rip), %rdi          // first argument: g0, whose stack bounds it may correct
        leaq    runtime.m0+m_tls(%rip), %rsi    // second: the address that -8(%fs) must have
        call    *%rax
        leaq    runtime.g0(%rip), %rcx
        movq    g_stack_lo(%rcx), %rax
        movq    %rax, g_stackguard0(%rcx)
        movq    %rax, g_stackguard1(%rcx)
        jmp     4f

3:      leaq    runtime.m0+m_tls(%rip), %rdi
        call    runtime.settls

        // Stores through the thread pointer and looks for the value in m0: if it is not there, getg() would be wrong.
        movq    $0x123, g_tls
        movq    runtime.m0+m_tls(%rip), %rax
        cmpq    $0x123, %rax
        je      4f
        call    runtime.abort

        // Points m0 and g0 at each other; from here on getg() works.
4:      leaq    runtime.g0(%rip), %rcx
        movq    %rcx, g_tls
        leaq    runtime.m0(%rip), %rax
        movq    %rcx, m_g0(%rax)
        movq    %rax, g_m(%rcx)

        cld                                     // the ABI wants the direction flag clear, always
        call    runtime.check
        movl    24(%rsp), %edi
        movq    32(%rsp), %rsi
        call    runtime.args
        call    runtime.osinit
        call    runtime.schedinit

        leaq    runtime.mainPC(%rip), %rdi      // a Funcval: its first word is runtime.main
        xorl    %esi, %esi                      // null: made by no go statement
        call    runtime.newproc
        call    runtime.mstart
        call    runtime.abort                   // mstart never returns on m0
END(runtime.rt0_go)

#include "arch/x86/asm.S"
