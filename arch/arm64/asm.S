// Boot and context switches on arm64. Go: asm_arm64.s.
//
// From rt0_go on the thread pointer is valid and G_TLS bytes above it is the current G. A goroutine's callee-saved registers lie on
// its own stack while it is stopped; fpcr is never changed by rt0, so it is not switched. Plain stores are enough everywhere: what
// is saved here becomes visible to other Ms by a release in the C++ code that hands the goroutine on.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

#define ADDRESS(reg, symbol) adrp reg, symbol; add reg, reg, :lo12:symbol

// What a call must keep, but for sp: KEPT bytes at \base. Also how a stopped goroutine's stack begins and a recover point's context.
        .macro  KEEP op, base
        \op\()p    x19, x20, [\base]
        \op\()p    x21, x22, [\base, 16]
        \op\()p    x23, x24, [\base, 32]
        \op\()p    x25, x26, [\base, 48]
        \op\()p    x27, x28, [\base, 64]
        \op\()p    x29, x30, [\base, 80]
        \op\()p    d8, d9, [\base, 96]
        \op\()p    d10, d11, [\base, 112]
        \op\()p    d12, d13, [\base, 128]
        \op\()p    d14, d15, [\base, 144]
        .endm

// rt0_go(x0 = argc, x1 = argv): makes g0 and m0 out of static memory and the stack the kernel gave us, then boots.
//   keeps  x19 argc, x20 argv, x21 g0
//   never returns
FUNC(runtime.rt0_go)
        .cfi_undefined x30
        mov     x19, x0
        mov     x20, x1
        mov     x29, xzr                        // ends the frame chain for tracebacks
        TRACE_EARLY(EV_rt0_go)

        // g0 stands on this stack. 64 KiB of it are promised to the runtime; the kernel grows it on demand.
        ADDRESS(x21, runtime.g0)
        mov     x9, sp
        str     x9, [x21, g_stack_hi]
        sub     x9, x9, RT0_G0_STACK
        str     x9, [x21, g_stack_lo]
        str     x9, [x21, g_stackguard0]
        str     x9, [x21, g_stackguard1]

        // A C toolchain's start code may want to set up threads itself: then it also sets the thread pointer.
        ADDRESS(x9, _cgo_init)
        ldr     x9, [x9]
        cbz     x9, 1f
        mov     x0, x21                         // first argument: g0, whose stack bounds it may correct
        ADDRESS(x1, runtime.m0+m_tls)           // second: where g is expected, should it need to know
        blr     x9
        ldr     x9, [x21, g_stack_lo]
        str     x9, [x21, g_stackguard0]
        str     x9, [x21, g_stackguard1]
        b       2f

1:      ADDRESS(x0, runtime.m0+m_tls)
        bl      runtime.settls

        // Store through the thread pointer and look at m0 for it: if it is not there, every getg() would be wrong.
        mrs     x9, tpidr_el0
        mov     x10, 0x123
        str     x10, [x9, G_TLS]
        ADDRESS(x11, runtime.m0+m_tls)
        ldr     x11, [x11]
        cmp     x10, x11
        b.eq    2f
        bl      runtime.abort

        // m0 and g0 know each other; from here on getg() works.
2:      mrs     x9, tpidr_el0
        str     x21, [x9, G_TLS]
        ADDRESS(x9, runtime.m0)
        str     x21, [x9, m_g0]
        str     x9, [x21, g_m]

        bl      runtime.check
        mov     w0, w19
        mov     x1, x20
        bl      runtime.args
        bl      runtime.osinit
        bl      runtime.schedinit

        ADDRESS(x0, runtime.mainPC)             // a Funcval: its first word is runtime.main
        mov     x1, xzr                         // no go statement wrote this
        bl      runtime.newproc
        bl      runtime.mstart
        bl      runtime.abort                   // mstart never returns on m0
END(runtime.rt0_go)

// mstart(): the bottom frame of an M's g0. On m0 called by rt0_go, on others the first thing after clone.
//   order  mstart0 never returns: an M that ends does so in mexit, by exit_thread
FUNC(runtime.mstart)
        .cfi_undefined x30
        mov     x29, xzr
        mrs     x0, tpidr_el0
        ldr     x0, [x0, G_TLS]
        add     x0, x0, g_sched
        bl      runtime.gosave                  // all below is free for mcall and systemstack, once schedule() runs
        bl      runtime.mstart0
        bl      runtime.abort
END(runtime.mstart)

// gosave(x0 = buf): buf says where the caller stands: its sp and pc after this call, its frame pointer.
FUNC(runtime.gosave)
        mov     x9, sp
        str     x9, [x0, gobuf_sp]
        str     x30, [x0, gobuf_pc]
        str     x29, [x0, gobuf_bp]
        ret
END(runtime.gosave)

// gogo(x0 = &gp->sched): run gp. See arch.h.
//   order  g changes before sp does, so a signal in between finds a g whose M is this one: gp->m is set by execute()
FUNC(runtime.gogo)
        ldr     x1, [x0, gobuf_g]
        ldr     x2, [x1]                        // faults here, where it can be understood, if gp is rubbish
        mrs     x9, tpidr_el0
        str     x1, [x9, G_TLS]
        ldr     x2, [x0, gobuf_sp]
        mov     sp, x2
        ldr     x3, [x0, gobuf_pc]
        ldr     x1, [x0, gobuf_ctxt]            // first argument of a new goroutine's entry
        str     xzr, [x0, gobuf_sp]             // a running goroutine's sched is stale: make a use of it fault
        str     xzr, [x0, gobuf_ctxt]
        str     xzr, [x0, gobuf_bp]
        mov     x0, x1
        KEEP    ld, sp
        add     sp, sp, KEPT
        br      x3
END(runtime.gogo)

// void mcall(void (*fn)(G*)): leave the running G's stack, call fn(gp) on m->g0's.
//   in     x0 = fn; must stand on a user stack, else badmcall
//   keeps  x19–x30 and d8–d15 on gp's stack; pc, sp and bp in gp->sched
//   out    returns when some M runs gogo(&gp->sched); fn never returns, else badmcall2
//   order  gp->sched is whole before sp moves; from the call on fn may give gp to another M: touch gp no more
FUNC(runtime.mcall)
        mrs     x9, tpidr_el0
        ldr     x1, [x9, G_TLS]                 // x1 = gp
        ldr     x2, [x1, g_m]
        ldr     x3, [x2, m_g0]                  // x3 = g0
        ldr     x4, [x2, m_gsignal]
        cmp     x3, x1
        b.eq    1f
        cmp     x4, x1
        b.eq    1f
        sub     sp, sp, KEPT
        KEEP    st, sp
        mov     x4, sp
        str     x4, [x1, g_sched+gobuf_sp]
        str     x30, [x1, g_sched+gobuf_pc]
        str     x29, [x1, g_sched+gobuf_bp]
        str     x3, [x9, G_TLS]
        ldr     x4, [x3, g_sched+gobuf_sp]      // as mstart1 left it: mcall always starts at the bottom of g0
        mov     sp, x4
        mov     x29, xzr
        mov     x9, x0
        mov     x0, x1
        blr     x9
        bl      runtime.badmcall2
        brk     0
1:      b       runtime.badmcall
END(runtime.mcall)

// void goswitch(G* from, G* to): leave the running goroutine `from` for `to`, with no detour over g0. See arch.h.
//   in     x0 = from, the current g; x1 = to, runnable and ours alone, to->m this M
//   keeps  as mcall
//   order  from->sched is whole before sp moves; goswitched runs on to's stack, below what `to` has saved there, and only it
//          lets others know of `from`
FUNC(runtime.goswitch)
        sub     sp, sp, KEPT
        KEEP    st, sp
        mov     x2, sp
        str     x2, [x0, g_sched+gobuf_sp]
        str     x30, [x0, g_sched+gobuf_pc]
        str     x29, [x0, g_sched+gobuf_bp]
        mrs     x9, tpidr_el0
        str     x1, [x9, G_TLS]
        ldr     x2, [x1, g_sched+gobuf_sp]
        mov     sp, x2
        mov     x19, x1
        mov     x29, xzr
        bl      runtime.goswitched
        add     x0, x19, g_sched
        b       runtime.gogo
END(runtime.goswitch)

// void systemstack(void (*fn)(void*), void* arg): call fn(arg) on g0.
//   in     x0 = fn, x1 = arg
//   keeps  all callee-saved registers, by fn's own care; gp->sched says where gp stands, for tracebacks
//   order  m->curg is gp all the time; only g and sp change
FUNC(runtime.systemstack)
        mrs     x9, tpidr_el0
        ldr     x2, [x9, G_TLS]                 // x2 = gp
        ldr     x3, [x2, g_m]
        ldr     x4, [x3, m_g0]
        cmp     x4, x2
        b.eq    1f
        ldr     x5, [x3, m_gsignal]
        cmp     x5, x2
        b.eq    1f
        ldr     x5, [x3, m_curg]
        cmp     x5, x2
        b.ne    2f

        str     x30, [x2, g_sched+gobuf_pc]
        str     x29, [x2, g_sched+gobuf_bp]
        stp     x29, x30, [sp, -16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        str     x29, [x2, g_sched+gobuf_sp]
        str     x4, [x9, G_TLS]
        ldr     x5, [x4, g_sched+gobuf_sp]
        mov     sp, x5
        mov     x9, x0
        mov     x0, x1
        blr     x9

        mrs     x9, tpidr_el0
        ldr     x4, [x9, G_TLS]                 // g0 of the same M: fn must not have moved to another
        ldr     x3, [x4, g_m]
        ldr     x2, [x3, m_curg]
        str     x2, [x9, G_TLS]
        ldr     x5, [x2, g_sched+gobuf_sp]
        mov     sp, x5
        str     xzr, [x2, g_sched+gobuf_sp]
        ldp     x29, x30, [sp], 16
        ret

1:      mov     x9, x0                          // already on a system stack: a tail call keeps its depth
        mov     x0, x1
        br      x9
2:      b       runtime.badsystemstack
END(runtime.systemstack)

// The return address of every goroutine's entry. The nop makes goexit+PCQuantum, which is what lies on the stack,
// belong to this function when a traceback looks up the call before it.
FUNC(runtime.goexit)
        .cfi_undefined x30
        nop
        bl      runtime.goexit1                 // does not return
        brk     0
END(runtime.goexit)

FUNC(runtime.abort)
        brk     0
1:      b       1b
END(runtime.abort)

// setrecover(x0 = p), recovery(x0 = p): see arch.h. p->context: what KEEP keeps, and sp.
FUNC(runtime.setrecover)
        KEEP    st, x0
        mov     x9, sp
        str     x9, [x0, KEPT]
        mov     w0, wzr
        ret
END(runtime.setrecover)

FUNC(runtime.recovery)
        KEEP    ld, x0
        ldr     x9, [x0, KEPT]
        mov     sp, x9
        mov     w0, 1
        ret
END(runtime.recovery)
