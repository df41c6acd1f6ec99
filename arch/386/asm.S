// Boot and context switches on 386. Go: asm_386.s.
//
// From rt0_go on the thread pointer is valid and -4(%gs) is the current G. A goroutine's callee-saved registers lie on its own stack
// while it is stopped; mxcsr and the x87 control word are never changed by rt0, so they are not switched. Arguments are on the stack.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

#define g_tls %gs:-4

// rt0_go(ebx = argc, esi = argv): makes g0 and m0 out of static memory and the stack the kernel gave us, then boots.
//   frame  two arguments, 16 bytes
//   keeps  ebx, esi; edi = g0
//   never returns
FUNC(runtime.rt0_go)
        .cfi_undefined eip
        subl    $16, %esp
        andl    $~15, %esp
        xorl    %ebp, %ebp                      // ends the frame chain for tracebacks
        TRACE_EARLY(EV_rt0_go)

        // g0 stands on this stack. 64 KiB of it are promised to the runtime; the kernel grows it on demand.
        movl    $runtime.g0, %edi
        leal    -RT0_G0_STACK(%esp), %eax
        movl    %eax, g_stackguard0(%edi)
        movl    %eax, g_stackguard1(%edi)
        movl    %eax, g_stack_lo(%edi)
        movl    %esp, g_stack_hi(%edi)

        // A C toolchain's start code may want to set up threads itself: then it also sets the thread pointer.
        movl    _cgo_init, %eax
        testl   %eax, %eax
        jz      1f
        movl    %edi, (%esp)                    // first argument: g0, whose stack bounds it may correct
        movl    $runtime.m0+m_tls, 4(%esp)      // second: where -4(%gs) is expected, should it need to know
        call    *%eax
        movl    g_stack_lo(%edi), %eax
        movl    %eax, g_stackguard0(%edi)
        movl    %eax, g_stackguard1(%edi)
        jmp     2f

1:      movl    $runtime.m0+m_tls, %edx
        call    runtime.settls

        // Store through the thread pointer and look at m0 for it: if it is not there, every getg() would be wrong.
        movl    $0x123, g_tls
        cmpl    $0x123, runtime.m0+m_tls
        je      2f
        call    runtime.abort

        // m0 and g0 know each other; from here on getg() works.
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
        movl    $0, 4(%esp)                     // no go statement wrote this
        call    runtime.newproc
        call    runtime.mstart
        call    runtime.abort                   // mstart never returns on m0
END(runtime.rt0_go)

// mstart(): the bottom frame of an M's g0. On m0 called by rt0_go, on others the first thing after clone.
//   order  mstart0 never returns: an M that ends does so in mexit, by exit_thread
FUNC(runtime.mstart)
        .cfi_undefined eip
        xorl    %ebp, %ebp
        subl    $12, %esp                       // aligned again at the call
        movl    g_tls, %eax
        addl    $g_sched, %eax
        call    runtime.gosave                  // all below is free for mcall and systemstack, once schedule() runs
        call    runtime.mstart0
        call    runtime.abort
END(runtime.mstart)

// gosave(eax = buf): buf says where the caller stands: its sp and pc after this call, its frame pointer.
FUNC(runtime.gosave)
        leal    4(%esp), %edx                   // without our return address
        movl    %edx, gobuf_sp(%eax)
        movl    (%esp), %edx
        movl    %edx, gobuf_pc(%eax)
        movl    %ebp, gobuf_bp(%eax)
        ret
END(runtime.gosave)

// gogo(&gp->sched): run gp. See arch.h. goswitch comes in by its second line, with the argument in eax.
//   order  g changes before esp does, so a signal in between finds a g whose M is this one: gp->m is set by execute()
FUNC(runtime.gogo)
        movl    4(%esp), %eax
.Lgogo: movl    gobuf_g(%eax), %edx
        movl    (%edx), %ecx                    // faults here, where it can be understood, if gp is rubbish
        movl    %edx, g_tls
        movl    gobuf_sp(%eax), %esp
        movl    gobuf_pc(%eax), %ecx
        movl    gobuf_ctxt(%eax), %edx          // closure register; as an argument it is on the stack: gostartcall
        movl    $0, gobuf_sp(%eax)              // a running goroutine's sched is stale: make a use of it fault
        movl    $0, gobuf_ctxt(%eax)
        movl    $0, gobuf_bp(%eax)
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        jmp     *%ecx
END(runtime.gogo)

// void mcall(void (*fn)(G*)): leave the running G's stack, call fn(gp) on m->g0's.
//   in     must stand on a user stack, else badmcall
//   keeps  ebp ebx esi edi pushed on gp's stack; pc, sp and bp in gp->sched
//   out    returns when some M runs gogo(&gp->sched); fn never returns, else badmcall2
//   order  gp->sched is whole before esp moves; from the call on fn may give gp to another M: touch gp no more
FUNC(runtime.mcall)
        movl    g_tls, %eax                     // eax = gp
        movl    g_m(%eax), %edx
        movl    m_g0(%edx), %ecx                // ecx = g0
        cmpl    %eax, %ecx
        je      runtime.badmcall
        cmpl    m_gsignal(%edx), %eax
        je      runtime.badmcall
        movl    4(%esp), %edx                   // edx = fn
        popl    (g_sched+gobuf_pc)(%eax)        // the return address is gp->sched.pc, not a stack word
        movl    %ebp, (g_sched+gobuf_bp)(%eax)
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %esp, (g_sched+gobuf_sp)(%eax)
        movl    %ecx, g_tls
        movl    (g_sched+gobuf_sp)(%ecx), %esp  // as mstart1 left it: mcall always starts at the bottom of g0
        xorl    %ebp, %ebp
        subl    $12, %esp
        pushl   %eax
        call    *%edx
        call    runtime.badmcall2
        ud2
END(runtime.mcall)

// void goswitch(G* from, G* to): leave the running goroutine `from` for `to`, with no detour over g0. See arch.h.
//   in     from, the current g; to, runnable and ours alone, to->m this M
//   keeps  as mcall
//   order  from->sched is whole before esp moves; goswitched runs on to's stack, below what `to` has saved there, and only it
//          lets others know of `from`
FUNC(runtime.goswitch)
        movl    4(%esp), %eax                   // eax = from
        movl    8(%esp), %edx                   // edx = to
        popl    (g_sched+gobuf_pc)(%eax)
        movl    %ebp, (g_sched+gobuf_bp)(%eax)
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %esp, (g_sched+gobuf_sp)(%eax)
        movl    %edx, g_tls
        movl    (g_sched+gobuf_sp)(%edx), %esp
        movl    %edx, %ebx
        andl    $~15, %esp                      // wherever `to` was stopped
        xorl    %ebp, %ebp
        subl    $8, %esp
        pushl   %edx
        pushl   %eax
        call    runtime.goswitched
        leal    g_sched(%ebx), %eax
        jmp     .Lgogo
END(runtime.goswitch)

// void systemstack(void (*fn)(void*), void* arg): call fn(arg) on g0.
//   keeps  all callee-saved registers, by fn's own care; gp->sched says where gp stands, for tracebacks
//   order  m->curg is gp all the time; only g and esp change
FUNC(runtime.systemstack)
        movl    g_tls, %eax                     // eax = gp
        movl    g_m(%eax), %edx
        movl    m_g0(%edx), %ecx
        cmpl    %eax, %ecx
        je      1f
        cmpl    m_gsignal(%edx), %eax
        je      1f
        cmpl    m_curg(%edx), %eax
        jne     runtime.badsystemstack

        movl    (%esp), %edx
        movl    %edx, (g_sched+gobuf_pc)(%eax)
        movl    %ebp, (g_sched+gobuf_bp)(%eax)
        pushl   %ebp
        .cfi_adjust_cfa_offset 4
        movl    %esp, %ebp
        movl    %esp, (g_sched+gobuf_sp)(%eax)
        movl    %ecx, g_tls
        movl    (g_sched+gobuf_sp)(%ecx), %esp
        subl    $12, %esp
        pushl   12(%ebp)                        // arg
        call    *8(%ebp)                        // fn

        movl    g_tls, %eax                     // g0 of the same M: fn must not have moved to another
        movl    g_m(%eax), %edx
        movl    m_curg(%edx), %eax
        movl    %eax, g_tls
        movl    (g_sched+gobuf_sp)(%eax), %esp
        movl    $0, (g_sched+gobuf_sp)(%eax)
        popl    %ebp
        .cfi_adjust_cfa_offset -4
        ret

1:      movl    4(%esp), %edx                   // already on a system stack: a tail call keeps its depth
        movl    8(%esp), %eax
        movl    %eax, 4(%esp)
        jmp     *%edx
END(runtime.systemstack)

// The return address of every goroutine's entry. The nop makes goexit+PCQuantum, which is what lies on the stack,
// belong to this function when a traceback looks up the call before it.
FUNC(runtime.goexit)
        .cfi_undefined eip
        nop
        call    runtime.goexit1                 // does not return
        ud2
END(runtime.goexit)

FUNC(runtime.abort)
        int3
1:      jmp     1b
END(runtime.abort)

// setrecover(p), recovery(p): see arch.h. Nothing else is kept across a call on 386.
FUNC(runtime.setrecover)
        movl    4(%esp), %edx
        movl    %ebx, recover_ebx(%edx)
        movl    %ebp, recover_ebp(%edx)
        movl    %esi, recover_esi(%edx)
        movl    %edi, recover_edi(%edx)
        leal    4(%esp), %eax                   // as after our return
        movl    %eax, recover_esp(%edx)
        movl    (%esp), %eax
        movl    %eax, recover_pc(%edx)
        xorl    %eax, %eax
        ret
END(runtime.setrecover)

FUNC(runtime.recovery)
        movl    4(%esp), %edx
        movl    recover_ebx(%edx), %ebx
        movl    recover_ebp(%edx), %ebp
        movl    recover_esi(%edx), %esi
        movl    recover_edi(%edx), %edi
        movl    recover_esp(%edx), %esp
        movl    $1, %eax
        jmp     *recover_pc(%edx)
END(runtime.recovery)
