// Boot and context switches on arm. Go: asm_arm.s.
//
// From rt0_go on the thread pointer is valid and G_TLS bytes above it is the current G. A goroutine's callee-saved registers lie on
// its own stack while it is stopped; fpscr is never changed by rt0, so it is not switched. Plain stores are enough everywhere: what
// is saved here becomes visible to other Ms by a release in the C++ code that hands the goroutine on.
#include "arch/asm.h"
#include "frame.h"
#include "go_asm.h"
#include "trace_early.h"
        .syntax unified

#define ADDRESS(reg, symbol) movw reg, :lower16:symbol; movt reg, :upper16:symbol
#define TP(reg) mrc p15, 0, reg, c13, c0, 3

// What a call must keep, but for sp: KEPT bytes at \base. Also how a stopped goroutine's stack begins and a recover point's context.
// Clobbers ip.
        .macro  KEEP op, base
        \op\()m    \base, {r4-r11, lr}
        add     ip, \base, KEPT_FLOATS
        v\op\()mia ip, {d8-d15}
        .endm

// rt0_go(r0 = argc, r1 = argv): makes g0 and m0 out of static memory and the stack the kernel gave us, then boots.
//   keeps  r4 argc, r5 argv, r6 g0
//   never returns
FUNC(runtime.rt0_go)
        .cfi_undefined lr
        mov     r4, r0
        mov     r5, r1
        mov     fp, 0                           // ends the frame chain for tracebacks
        bic     sp, sp, 7
        TRACE_EARLY(EV_rt0_go)

        // g0 stands on this stack. 64 KiB of it are promised to the runtime; the kernel grows it on demand.
        ADDRESS(r6, runtime.g0)
        mov     r3, sp
        str     r3, [r6, g_stack_hi]
        sub     r3, r3, RT0_G0_STACK
        str     r3, [r6, g_stack_lo]
        str     r3, [r6, g_stackguard0]
        str     r3, [r6, g_stackguard1]

        // A C toolchain's start code may want to set up threads itself: then it also sets the thread pointer.
        ADDRESS(r3, _cgo_init)
        ldr     r3, [r3]
        cmp     r3, 0
        beq     1f
        mov     r0, r6                          // first argument: g0, whose stack bounds it may correct
        ADDRESS(r1, runtime.m0+m_tls)           // second: where g is expected, should it need to know
        blx     r3
        ldr     r3, [r6, g_stack_lo]
        str     r3, [r6, g_stackguard0]
        str     r3, [r6, g_stackguard1]
        b       2f

1:      ADDRESS(r0, runtime.m0+m_tls)
        bl      runtime.settls

        // Store through the thread pointer and look at m0 for it: if it is not there, every getg() would be wrong.
        TP(r1)
        movw    r2, 0x123
        str     r2, [r1, G_TLS]
        ADDRESS(r3, runtime.m0+m_tls)
        ldr     r3, [r3]
        cmp     r2, r3
        beq     2f
        bl      runtime.abort

        // m0 and g0 know each other; from here on getg() works.
2:      TP(r1)
        str     r6, [r1, G_TLS]
        ADDRESS(r1, runtime.m0)
        str     r6, [r1, m_g0]
        str     r1, [r6, g_m]

        bl      runtime.check
        mov     r0, r4
        mov     r1, r5
        bl      runtime.args
        bl      runtime.osinit
        bl      runtime.schedinit

        ADDRESS(r0, runtime.mainPC)             // a Funcval: its first word is runtime.main
        mov     r1, 0                           // no go statement wrote this
        bl      runtime.newproc
        bl      runtime.mstart
        bl      runtime.abort                   // mstart never returns on m0
END(runtime.rt0_go)

// mstart(): the bottom frame of an M's g0. On m0 called by rt0_go, on others the first thing after clone.
//   order  mstart0 never returns: an M that ends does so in mexit, by exit_thread
FUNC(runtime.mstart)
        .cfi_undefined lr
        mov     fp, 0
        TP(r0)
        ldr     r0, [r0, G_TLS]
        add     r0, r0, g_sched
        bl      runtime.gosave                  // all below is free for mcall and systemstack, once schedule() runs
        bl      runtime.mstart0
        bl      runtime.abort
END(runtime.mstart)

// gosave(r0 = buf): buf says where the caller stands: its sp and pc after this call, its frame pointer.
FUNC(runtime.gosave)
        str     sp, [r0, gobuf_sp]
        str     lr, [r0, gobuf_pc]
        str     fp, [r0, gobuf_bp]
        bx      lr
END(runtime.gosave)

// gogo(r0 = &gp->sched): run gp. See arch.h.
//   order  g changes before sp does, so a signal in between finds a g whose M is this one: gp->m is set by execute()
FUNC(runtime.gogo)
        ldr     r1, [r0, gobuf_g]
        ldr     r2, [r1]                        // faults here, where it can be understood, if gp is rubbish
        TP(r2)
        str     r1, [r2, G_TLS]
        ldr     sp, [r0, gobuf_sp]
        ldr     r3, [r0, gobuf_pc]
        ldr     r1, [r0, gobuf_ctxt]            // first argument of a new goroutine's entry
        mov     r2, 0
        str     r2, [r0, gobuf_sp]              // a running goroutine's sched is stale: make a use of it fault
        str     r2, [r0, gobuf_ctxt]
        str     r2, [r0, gobuf_bp]
        mov     r0, r1
        KEEP    ld, sp
        add     sp, sp, KEPT
        bx      r3
END(runtime.gogo)

// void mcall(void (*fn)(G*)): leave the running G's stack, call fn(gp) on m->g0's.
//   in     r0 = fn; must stand on a user stack, else badmcall
//   keeps  r4–r11, lr and d8–d15 on gp's stack; pc, sp and bp in gp->sched
//   out    returns when some M runs gogo(&gp->sched); fn never returns, else badmcall2
//   order  gp->sched is whole before sp moves; from the call on fn may give gp to another M: touch gp no more
FUNC(runtime.mcall)
        TP(r2)
        ldr     r1, [r2, G_TLS]                 // r1 = gp
        ldr     ip, [r1, g_m]
        ldr     r3, [ip, m_g0]                  // r3 = g0
        ldr     ip, [ip, m_gsignal]
        cmp     r3, r1
        cmpne   ip, r1
        beq     runtime.badmcall
        sub     sp, sp, KEPT
        KEEP    st, sp
        str     sp, [r1, g_sched+gobuf_sp]
        str     lr, [r1, g_sched+gobuf_pc]
        str     fp, [r1, g_sched+gobuf_bp]
        str     r3, [r2, G_TLS]
        ldr     sp, [r3, g_sched+gobuf_sp]      // as mstart1 left it: mcall always starts at the bottom of g0
        mov     fp, 0
        mov     r3, r0
        mov     r0, r1
        blx     r3
        bl      runtime.badmcall2
        udf     0
END(runtime.mcall)

// void goswitch(G* from, G* to): leave the running goroutine `from` for `to`, with no detour over g0. See arch.h.
//   in     r0 = from, the current g; r1 = to, runnable and ours alone, to->m this M
//   keeps  as mcall
//   order  from->sched is whole before sp moves; goswitched runs on to's stack, below what `to` has saved there, and only it
//          lets others know of `from`
FUNC(runtime.goswitch)
        sub     sp, sp, KEPT
        KEEP    st, sp
        str     sp, [r0, g_sched+gobuf_sp]
        str     lr, [r0, g_sched+gobuf_pc]
        str     fp, [r0, g_sched+gobuf_bp]
        TP(r2)
        str     r1, [r2, G_TLS]
        ldr     sp, [r1, g_sched+gobuf_sp]
        mov     r4, r1
        mov     fp, 0
        bl      runtime.goswitched
        add     r0, r4, g_sched
        b       runtime.gogo
END(runtime.goswitch)

// void systemstack(void (*fn)(void*), void* arg): call fn(arg) on g0.
//   in     r0 = fn, r1 = arg
//   keeps  all callee-saved registers, by fn's own care; gp->sched says where gp stands, for tracebacks
//   order  m->curg is gp all the time; only g and sp change
FUNC(runtime.systemstack)
        mov     r3, r0
        mov     r0, r1
        TP(r2)
        ldr     r1, [r2, G_TLS]                 // r1 = gp
        ldr     ip, [r1, g_m]
        ldr     r2, [ip, m_g0]
        cmp     r2, r1
        bxeq    r3                              // already on a system stack: a tail call keeps its depth
        ldr     r2, [ip, m_gsignal]
        cmp     r2, r1
        bxeq    r3
        ldr     r2, [ip, m_curg]
        cmp     r2, r1
        bne     runtime.badsystemstack

        str     lr, [r1, g_sched+gobuf_pc]
        str     fp, [r1, g_sched+gobuf_bp]
        ldr     r2, [ip, m_g0]
        PUSH_FRAME
        str     sp, [r1, g_sched+gobuf_sp]
        TP(r1)
        str     r2, [r1, G_TLS]
        ldr     sp, [r2, g_sched+gobuf_sp]
        blx     r3

        TP(r2)
        ldr     r1, [r2, G_TLS]                 // g0 of the same M: fn must not have moved to another
        ldr     r1, [r1, g_m]
        ldr     r1, [r1, m_curg]
        str     r1, [r2, G_TLS]
        ldr     sp, [r1, g_sched+gobuf_sp]
        mov     r2, 0
        str     r2, [r1, g_sched+gobuf_sp]
        POP_FRAME
        bx      lr
END(runtime.systemstack)

// The return address of every goroutine's entry. The nop makes goexit+PCQuantum, which is what lies on the stack,
// belong to this function when a traceback looks up the call before it.
FUNC(runtime.goexit)
        .cfi_undefined lr
        nop
        bl      runtime.goexit1                 // does not return
        udf     0
END(runtime.goexit)

FUNC(runtime.abort)
        bkpt    0
1:      b       1b
END(runtime.abort)

// setrecover(r0 = p), recovery(r0 = p): see arch.h. p->context: what KEEP keeps, and sp.
FUNC(runtime.setrecover)
        KEEP    st, r0
        str     sp, [r0, KEPT_SP]
        mov     r0, 0
        bx      lr
END(runtime.setrecover)

FUNC(runtime.recovery)
        KEEP    ld, r0
        ldr     sp, [r0, KEPT_SP]
        mov     r0, 1
        bx      lr
END(runtime.recovery)
