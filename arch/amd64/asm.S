// Boot and context switches on amd64. Go: asm_amd64.s.
//
// From rt0_go on the thread pointer is valid and -8(%fs) is the current G. A goroutine's callee-saved registers lie on
// its own stack while it is stopped; mxcsr and the x87 control word are never changed by rt0, so they are not switched.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

#define g_tls %fs:-8

// rt0_go(rdi = argc, rsi = argv): makes g0 and m0 out of static memory and the stack the kernel gave us, then boots.
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

        // g0 stands on this stack. 64 KiB of it are promised to the runtime; the kernel grows it on demand.
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

        // A C toolchain's start code may want to set up threads itself: then it also sets the thread pointer.
2:      movq    _cgo_init(%rip), %rax
        testq   %rax, %rax
        jz      3f
        leaq    runtime.g0(%rip), %rdi          // first argument: g0, whose stack bounds it may correct
        leaq    runtime.m0+m_tls(%rip), %rsi    // second: where -8(%fs) is expected, should it need to know
        call    *%rax
        leaq    runtime.g0(%rip), %rcx
        movq    g_stack_lo(%rcx), %rax
        movq    %rax, g_stackguard0(%rcx)
        movq    %rax, g_stackguard1(%rcx)
        jmp     4f

3:      leaq    runtime.m0+m_tls(%rip), %rdi
        call    runtime.settls

        // Store through the thread pointer and look at m0 for it: if it is not there, every getg() would be wrong.
        movq    $0x123, g_tls
        movq    runtime.m0+m_tls(%rip), %rax
        cmpq    $0x123, %rax
        je      4f
        call    runtime.abort

        // m0 and g0 know each other; from here on getg() works.
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
        xorl    %esi, %esi                      // no go statement wrote this
        call    runtime.newproc
        call    runtime.mstart
        call    runtime.abort                   // mstart never returns on m0
END(runtime.rt0_go)

// mstart(): the bottom frame of an M's g0. On m0 called by rt0_go, on others the first thing after clone.
//   order  mstart0 never returns: an M that ends does so in mexit, by exit_thread
FUNC(runtime.mstart)
        .cfi_undefined rip
        xorl    %ebp, %ebp
        subq    $8, %rsp                        // aligned again at the call
        movq    g_tls, %rdi
        addq    $g_sched, %rdi
        call    runtime.gosave                  // all below is free for mcall and systemstack, once schedule() runs
        call    runtime.mstart0
        call    runtime.abort
END(runtime.mstart)

// gosave(rdi = buf): buf says where the caller stands: its sp and pc after this call, its frame pointer.
FUNC(runtime.gosave)
        leaq    8(%rsp), %rax                   // without our return address
        movq    %rax, gobuf_sp(%rdi)
        movq    (%rsp), %rax
        movq    %rax, gobuf_pc(%rdi)
        movq    %rbp, gobuf_bp(%rdi)
        ret
END(runtime.gosave)

// gogo(rdi = &gp->sched): run gp. See arch.h.
//   order  g changes before rsp does, so a signal in between finds a g whose M is this one: gp->m is set by execute()
FUNC(runtime.gogo)
        movq    gobuf_g(%rdi), %rdx
        movq    (%rdx), %rcx                    // faults here, where it can be understood, if gp is rubbish
        movq    %rdx, g_tls
        movq    gobuf_sp(%rdi), %rsp
        movq    gobuf_pc(%rdi), %rcx
        movq    gobuf_ctxt(%rdi), %rdx          // closure register, and first argument of a new goroutine's entry
        xorl    %eax, %eax
        movq    %rax, gobuf_sp(%rdi)            // a running goroutine's sched is stale: make a use of it fault
        movq    %rax, gobuf_ctxt(%rdi)
        movq    %rax, gobuf_bp(%rdi)
        movq    %rdx, %rdi
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        jmp     *%rcx
END(runtime.gogo)

// void mcall(void (*fn)(G*)): leave the running G's stack, call fn(gp) on m->g0's.
//   in     rdi = fn; must stand on a user stack, else badmcall
//   keeps  rbx rbp r12–r15 pushed on gp's stack; pc, sp and bp in gp->sched
//   out    returns when some M runs gogo(&gp->sched); fn never returns, else badmcall2
//   order  gp->sched is whole before rsp moves; from the call on fn may give gp to another M: touch gp no more
FUNC(runtime.mcall)
        movq    g_tls, %rax                     // rax = gp
        movq    g_m(%rax), %rdx
        movq    m_g0(%rdx), %rcx                // rcx = g0
        cmpq    %rax, %rcx
        je      runtime.badmcall
        cmpq    m_gsignal(%rdx), %rax
        je      runtime.badmcall
        popq    %r8                             // the return address is gp->sched.pc, not a stack word
        movq    %r8, (g_sched+gobuf_pc)(%rax)
        movq    %rbp, (g_sched+gobuf_bp)(%rax)
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, (g_sched+gobuf_sp)(%rax)
        movq    %rcx, g_tls
        movq    (g_sched+gobuf_sp)(%rcx), %rsp  // as mstart1 left it: mcall always starts at the bottom of g0
        xorl    %ebp, %ebp
        movq    %rdi, %rdx
        movq    %rax, %rdi
        call    *%rdx
        call    runtime.badmcall2
        ud2
END(runtime.mcall)

// void goswitch(G* from, G* to): leave the running goroutine `from` for `to`, with no detour over g0. See arch.h.
//   in     rdi = from, the current g; rsi = to, runnable and ours alone, to->m this M
//   keeps  as mcall
//   order  from->sched is whole before rsp moves; goswitched runs on to's stack, below what `to` has saved there, and only it
//          lets others know of `from`
FUNC(runtime.goswitch)
        popq    %r8
        movq    %r8, (g_sched+gobuf_pc)(%rdi)
        movq    %rbp, (g_sched+gobuf_bp)(%rdi)
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, (g_sched+gobuf_sp)(%rdi)
        movq    %rsi, g_tls
        movq    (g_sched+gobuf_sp)(%rsi), %rsp
        movq    %rsi, %rbx
        andq    $~15, %rsp                      // a goroutine that has never run has its stack as its entry wants it
        xorl    %ebp, %ebp
        call    runtime.goswitched
        leaq    g_sched(%rbx), %rdi
        jmp     runtime.gogo
END(runtime.goswitch)

// void systemstack(void (*fn)(void*), void* arg): call fn(arg) on g0.
//   in     rdi = fn, rsi = arg
//   keeps  all callee-saved registers, by fn's own care; gp->sched says where gp stands, for tracebacks
//   order  m->curg is gp all the time; only g and rsp change
FUNC(runtime.systemstack)
        movq    g_tls, %rax                     // rax = gp
        movq    g_m(%rax), %rdx
        movq    m_g0(%rdx), %rcx
        cmpq    %rax, %rcx
        je      1f
        cmpq    m_gsignal(%rdx), %rax
        je      1f
        cmpq    m_curg(%rdx), %rax
        jne     runtime.badsystemstack

        movq    (%rsp), %r8
        movq    %r8, (g_sched+gobuf_pc)(%rax)
        movq    %rbp, (g_sched+gobuf_bp)(%rax)
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        movq    %rsp, %rbp
        movq    %rsp, (g_sched+gobuf_sp)(%rax)
        movq    %rcx, g_tls
        movq    (g_sched+gobuf_sp)(%rcx), %rsp
        movq    %rdi, %rax
        movq    %rsi, %rdi
        call    *%rax

        movq    g_tls, %rax                     // g0 of the same M: fn must not have moved to another
        movq    g_m(%rax), %rdx
        movq    m_curg(%rdx), %rax
        movq    %rax, g_tls
        movq    (g_sched+gobuf_sp)(%rax), %rsp
        movq    $0, (g_sched+gobuf_sp)(%rax)
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        ret

1:      movq    %rdi, %rax                      // already on a system stack: a tail call keeps its depth
        movq    %rsi, %rdi
        jmp     *%rax
END(runtime.systemstack)

// The return address of every goroutine's entry. The nop makes goexit+PCQuantum, which is what lies on the stack,
// belong to this function when a traceback looks up the call before it.
FUNC(runtime.goexit)
        .cfi_undefined rip
        nop
        call    runtime.goexit1                 // does not return
        ud2
END(runtime.goexit)

FUNC(runtime.abort)
        int3
1:      jmp     1b
END(runtime.abort)

// setrecover(rdi = p), recovery(rdi = p): see arch.h. Nothing else is kept across a call on amd64.
FUNC(runtime.setrecover)
        movq    %rbx, recover_rbx(%rdi)
        movq    %rbp, recover_rbp(%rdi)
        movq    %r12, recover_r12(%rdi)
        movq    %r13, recover_r13(%rdi)
        movq    %r14, recover_r14(%rdi)
        movq    %r15, recover_r15(%rdi)
        leaq    8(%rsp), %rax                   // as after our return
        movq    %rax, recover_rsp(%rdi)
        movq    (%rsp), %rax
        movq    %rax, recover_pc(%rdi)
        xorl    %eax, %eax
        ret
END(runtime.setrecover)

FUNC(runtime.recovery)
        movq    recover_rbx(%rdi), %rbx
        movq    recover_rbp(%rdi), %rbp
        movq    recover_r12(%rdi), %r12
        movq    recover_r13(%rdi), %r13
        movq    recover_r14(%rdi), %r14
        movq    recover_r15(%rdi), %r15
        movq    recover_rsp(%rdi), %rsp
        movl    $1, %eax
        jmp     *recover_pc(%rdi)
END(runtime.recovery)
