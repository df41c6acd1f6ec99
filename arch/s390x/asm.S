// Boot and context switches on s390x. Go: asm_s390x.s.
//
// From rt0_go on the thread pointer is valid and the word below it is the current G. A goroutine's callee-saved registers lie on its
// own stack while it is stopped; fpc is never changed by rt0, so it is not switched. Every stack pointer has a save area above it,
// which belongs to whoever is called there.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

#define G_TLS -8

        .macro  TP reg
        ear     \reg, %a0
        sllg    \reg, \reg, 32
        ear     \reg, %a1
        .endm

// What a call must keep, but for r15: KEPT bytes at \base. Also how a stopped goroutine's stack begins and a recover point's context.
        .macro  KEEP op, fop, base
        \op\()mg   %r6, %r14, 0(\base)
        \fop    %f8, 72(\base)
        \fop    %f9, 80(\base)
        \fop    %f10, 88(\base)
        \fop    %f11, 96(\base)
        \fop    %f12, 104(\base)
        \fop    %f13, 112(\base)
        \fop    %f14, 120(\base)
        \fop    %f15, 128(\base)
        .endm

// rt0_go(r2 = argc, r3 = argv): makes g0 and m0 out of static memory and the stack the kernel gave us, then boots.
//   keeps  r6 argc, r7 argv, r8 g0
//   never returns
FUNC(runtime.rt0_go)
        .cfi_undefined %r14
        lgr     %r6, %r2
        lgr     %r7, %r3
        aghi    %r15, -SAVE_AREA
        xc      0(8,%r15), 0(%r15)              // ends the back chain for tracebacks
        TRACE_EARLY(EV_rt0_go)

        // g0 stands on this stack. 64 KiB of it are promised to the runtime; the kernel grows it on demand.
        larl    %r8, runtime.g0
        stg     %r15, g_stack_hi(%r8)
        lgr     %r1, %r15
        agfi    %r1, -RT0_G0_STACK
        stg     %r1, g_stack_lo(%r8)
        stg     %r1, g_stackguard0(%r8)
        stg     %r1, g_stackguard1(%r8)

        // A C toolchain's start code may want to set up threads itself: then it also sets the thread pointer.
        larl    %r1, _cgo_init
        lg      %r1, 0(%r1)
        ltgr    %r1, %r1
        jz      1f
        lgr     %r2, %r8                        // first argument: g0, whose stack bounds it may correct
        larl    %r3, runtime.m0+m_tls           // second: where g is expected, should it need to know
        basr    %r14, %r1
        lg      %r1, g_stack_lo(%r8)
        stg     %r1, g_stackguard0(%r8)
        stg     %r1, g_stackguard1(%r8)
        j       2f

1:      larl    %r2, runtime.m0+m_tls
        brasl   %r14, runtime.settls

        // Store through the thread pointer and look at m0 for it: if it is not there, every getg() would be wrong.
        TP      %r1
        lghi    %r2, 0x123
        stg     %r2, G_TLS(%r1)
        larl    %r3, runtime.m0+m_tls
        cg      %r2, 0(%r3)
        je      2f
        brasl   %r14, runtime.abort

        // m0 and g0 know each other; from here on getg() works.
2:      TP      %r1
        stg     %r8, G_TLS(%r1)
        larl    %r1, runtime.m0
        stg     %r8, m_g0(%r1)
        stg     %r1, g_m(%r8)

        brasl   %r14, runtime.check
        lgfr    %r2, %r6
        lgr     %r3, %r7
        brasl   %r14, runtime.args
        brasl   %r14, runtime.osinit
        brasl   %r14, runtime.schedinit

        larl    %r2, runtime.mainPC             // a Funcval: its first word is runtime.main
        lghi    %r3, 0                          // no go statement wrote this
        brasl   %r14, runtime.newproc
        brasl   %r14, runtime.mstart
        brasl   %r14, runtime.abort             // mstart never returns on m0
END(runtime.rt0_go)

// mstart(): the bottom frame of an M's g0. On m0 called by rt0_go, on others the first thing after clone.
//   order  mstart0 never returns: an M that ends does so in mexit, by exit_thread
FUNC(runtime.mstart)
        .cfi_undefined %r14
        aghi    %r15, -SAVE_AREA
        xc      0(8,%r15), 0(%r15)
        TP      %r2
        lg      %r2, G_TLS(%r2)
        aghi    %r2, g_sched
        brasl   %r14, runtime.gosave            // all below is free for mcall and systemstack, once schedule() runs
        brasl   %r14, runtime.mstart0
        brasl   %r14, runtime.abort
END(runtime.mstart)

// gosave(r2 = buf): buf says where the caller stands: its sp and pc after this call, which is its frame, too.
FUNC(runtime.gosave)
        stg     %r15, gobuf_sp(%r2)
        stg     %r14, gobuf_pc(%r2)
        stg     %r15, gobuf_bp(%r2)
        br      %r14
END(runtime.gosave)

// gogo(r2 = &gp->sched): run gp. See arch.h.
//   order  g changes before sp does, so a signal in between finds a g whose M is this one: gp->m is set by execute()
FUNC(runtime.gogo)
        lg      %r3, gobuf_g(%r2)
        lg      %r4, 0(%r3)                     // faults here, where it can be understood, if gp is rubbish
        TP      %r1
        stg     %r3, G_TLS(%r1)
        lg      %r15, gobuf_sp(%r2)
        lg      %r1, gobuf_pc(%r2)
        lg      %r3, gobuf_ctxt(%r2)            // first argument of a new goroutine's entry
        lghi    %r0, 0
        stg     %r0, gobuf_sp(%r2)              // a running goroutine's sched is stale: make a use of it fault
        stg     %r0, gobuf_ctxt(%r2)
        stg     %r0, gobuf_bp(%r2)
        lgr     %r2, %r3
        KEEP    l, ld, %r15
        aghi    %r15, KEPT
        br      %r1
END(runtime.gogo)

// void mcall(void (*fn)(G*)): leave the running G's stack, call fn(gp) on m->g0's.
//   in     r2 = fn; must stand on a user stack, else badmcall
//   keeps  r6–r14 and f8–f15 on gp's stack; pc, sp and frame in gp->sched
//   out    returns when some M runs gogo(&gp->sched); fn never returns, else badmcall2
//   order  gp->sched is whole before sp moves; from the call on fn may give gp to another M: touch gp no more
FUNC(runtime.mcall)
        TP      %r1
        lg      %r3, G_TLS(%r1)                 // r3 = gp
        lg      %r4, g_m(%r3)
        lg      %r5, m_g0(%r4)                  // r5 = g0
        cgr     %r5, %r3
        jge     runtime.badmcall
        cg      %r3, m_gsignal(%r4)
        jge     runtime.badmcall
        stg     %r15, (g_sched+gobuf_bp)(%r3)
        aghi    %r15, -KEPT
        KEEP    st, std, %r15
        stg     %r15, (g_sched+gobuf_sp)(%r3)
        stg     %r14, (g_sched+gobuf_pc)(%r3)
        stg     %r5, G_TLS(%r1)
        lg      %r15, (g_sched+gobuf_sp)(%r5)   // as mstart1 left it: mcall always starts at the bottom of g0
        lgr     %r1, %r2
        lgr     %r2, %r3
        basr    %r14, %r1
        brasl   %r14, runtime.badmcall2
        .2byte  0
END(runtime.mcall)

// void goswitch(G* from, G* to): leave the running goroutine `from` for `to`, with no detour over g0. See arch.h.
//   in     r2 = from, the current g; r3 = to, runnable and ours alone, to->m this M
//   keeps  as mcall
//   order  from->sched is whole before sp moves; goswitched runs on to's stack, below what `to` has saved there, and only it
//          lets others know of `from`
FUNC(runtime.goswitch)
        stg     %r15, (g_sched+gobuf_bp)(%r2)
        aghi    %r15, -KEPT
        KEEP    st, std, %r15
        stg     %r15, (g_sched+gobuf_sp)(%r2)
        stg     %r14, (g_sched+gobuf_pc)(%r2)
        TP      %r1
        stg     %r3, G_TLS(%r1)
        lg      %r15, (g_sched+gobuf_sp)(%r3)
        lgr     %r6, %r3
        aghi    %r15, -SAVE_AREA
        xc      0(8,%r15), 0(%r15)
        brasl   %r14, runtime.goswitched
        la      %r2, g_sched(%r6)
        jg      runtime.gogo
END(runtime.goswitch)

// void systemstack(void (*fn)(void*), void* arg): call fn(arg) on g0.
//   in     r2 = fn, r3 = arg
//   keeps  all callee-saved registers, by fn's own care; gp->sched says where gp stands, for tracebacks
//   order  m->curg is gp all the time; only g and sp change
FUNC(runtime.systemstack)
        lgr     %r0, %r2                        // r0 = fn, to be called from r1: r0 cannot be branched to
        TP      %r1
        lg      %r2, G_TLS(%r1)                 // r2 = gp
        lg      %r4, g_m(%r2)
        lg      %r5, m_g0(%r4)
        cgr     %r5, %r2
        je      1f
        cg      %r2, m_gsignal(%r4)
        je      1f
        cg      %r2, m_curg(%r4)
        jgne    runtime.badsystemstack

        stg     %r14, RETURN_ADDRESS(%r15)
        .cfi_offset %r14, -48
        stg     %r14, (g_sched+gobuf_pc)(%r2)
        stg     %r15, (g_sched+gobuf_bp)(%r2)
        stg     %r15, (g_sched+gobuf_sp)(%r2)
        stg     %r5, G_TLS(%r1)
        lg      %r15, (g_sched+gobuf_sp)(%r5)
        lgr     %r2, %r3
        lgr     %r1, %r0
        basr    %r14, %r1

        TP      %r1
        lg      %r4, G_TLS(%r1)                 // g0 of the same M: fn must not have moved to another
        lg      %r4, g_m(%r4)
        lg      %r2, m_curg(%r4)
        stg     %r2, G_TLS(%r1)
        lg      %r15, (g_sched+gobuf_sp)(%r2)
        lghi    %r0, 0
        stg     %r0, (g_sched+gobuf_sp)(%r2)
        lg      %r14, RETURN_ADDRESS(%r15)
        br      %r14

1:      lgr     %r2, %r3                        // already on a system stack: a tail call keeps its depth
        lgr     %r1, %r0
        br      %r1
END(runtime.systemstack)

// The return address of every goroutine's entry. The nop makes goexit+PCQuantum, which is what lies on the stack,
// belong to this function when a traceback looks up the call before it.
FUNC(runtime.goexit)
        .cfi_undefined %r14
        nopr    %r7
        brasl   %r14, runtime.goexit1           // does not return
        .2byte  0
END(runtime.goexit)

FUNC(runtime.abort)
        .2byte  1                               // what debuggers put for a breakpoint
1:      j       1b
END(runtime.abort)

// setrecover(r2 = p), recovery(r2 = p): see arch.h. p->context: what KEEP keeps, and r15.
FUNC(runtime.setrecover)
        KEEP    st, std, %r2
        stg     %r15, KEPT_R15(%r2)
        lghi    %r2, 0
        br      %r14
END(runtime.setrecover)

FUNC(runtime.recovery)
        KEEP    l, ld, %r2
        lg      %r15, KEPT_R15(%r2)
        lghi    %r2, 1
        br      %r14
END(runtime.recovery)
