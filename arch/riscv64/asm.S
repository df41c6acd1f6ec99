// Boot and context switches on riscv64. Go: asm_riscv64.s.
//
// From rt0_go on the thread pointer is valid and points at the current G. A goroutine's callee-saved registers lie on its own stack
// while it is stopped; frm is never changed by rt0, so it is not switched. Plain stores are enough everywhere: what is saved here
// becomes visible to other Ms by a release in the C++ code that hands the goroutine on.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

// What a call must keep, but for sp: KEPT bytes at \base. Also how a stopped goroutine's stack begins and a recover point's context.
        .macro  KEEP op, base
        \op     ra, 0(\base)
        \op     s0, 8(\base)
        \op     s1, 16(\base)
        \op     s2, 24(\base)
        \op     s3, 32(\base)
        \op     s4, 40(\base)
        \op     s5, 48(\base)
        \op     s6, 56(\base)
        \op     s7, 64(\base)
        \op     s8, 72(\base)
        \op     s9, 80(\base)
        \op     s10, 88(\base)
        \op     s11, 96(\base)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        f\op    fs\n, 104 + 8 * \n(\base)
        .endr
        .endm

// rt0_go(a0 = argc, a1 = argv): makes g0 and m0 out of static memory and the stack the kernel gave us, then boots.
//   keeps  s1 argc, s2 argv, s3 g0
//   never returns
FUNC(runtime.rt0_go)
        .cfi_undefined ra
        mv      s1, a0
        mv      s2, a1
        li      s0, 0                           // ends the frame chain for tracebacks
        TRACE_EARLY(EV_rt0_go)

        // g0 stands on this stack. 64 KiB of it are promised to the runtime; the kernel grows it on demand.
        lla     s3, runtime.g0
        sd      sp, g_stack_hi(s3)
        li      t0, RT0_G0_STACK
        sub     t0, sp, t0
        sd      t0, g_stack_lo(s3)
        sd      t0, g_stackguard0(s3)
        sd      t0, g_stackguard1(s3)

        // A C toolchain's start code may want to set up threads itself: then it also sets the thread pointer.
        lla     t0, _cgo_init
        ld      t0, 0(t0)
        beqz    t0, 1f
        mv      a0, s3                          // first argument: g0, whose stack bounds it may correct
        lla     a1, runtime.m0+m_tls            // second: where g is expected, should it need to know
        jalr    t0
        ld      t0, g_stack_lo(s3)
        sd      t0, g_stackguard0(s3)
        sd      t0, g_stackguard1(s3)
        j       2f

1:      lla     a0, runtime.m0+m_tls
        call    runtime.settls

        // Store through the thread pointer and look at m0 for it: if it is not there, every getg() would be wrong.
        li      t0, 0x123
        sd      t0, 0(tp)
        lla     t1, runtime.m0+m_tls
        ld      t1, 0(t1)
        beq     t0, t1, 2f
        call    runtime.abort

        // m0 and g0 know each other; from here on getg() works.
2:      sd      s3, 0(tp)
        lla     t0, runtime.m0
        sd      s3, m_g0(t0)
        sd      t0, g_m(s3)

        call    runtime.check
        mv      a0, s1
        mv      a1, s2
        call    runtime.args
        call    runtime.osinit
        call    runtime.schedinit

        lla     a0, runtime.mainPC              // a Funcval: its first word is runtime.main
        li      a1, 0                           // no go statement wrote this
        call    runtime.newproc
        call    runtime.mstart
        call    runtime.abort                   // mstart never returns on m0
END(runtime.rt0_go)

// mstart(): the bottom frame of an M's g0. On m0 called by rt0_go, on others the first thing after clone.
//   order  mstart0 never returns: an M that ends does so in mexit, by exit_thread
FUNC(runtime.mstart)
        .cfi_undefined ra
        li      s0, 0
        ld      a0, 0(tp)
        addi    a0, a0, g_sched
        call    runtime.gosave                  // all below is free for mcall and systemstack, once schedule() runs
        call    runtime.mstart0
        call    runtime.abort
END(runtime.mstart)

// gosave(a0 = buf): buf says where the caller stands: its sp and pc after this call, its frame pointer.
FUNC(runtime.gosave)
        sd      sp, gobuf_sp(a0)
        sd      ra, gobuf_pc(a0)
        sd      s0, gobuf_bp(a0)
        ret
END(runtime.gosave)

// gogo(a0 = &gp->sched): run gp. See arch.h.
//   order  g changes before sp does, so a signal in between finds a g whose M is this one: gp->m is set by execute()
FUNC(runtime.gogo)
        ld      t0, gobuf_g(a0)
        ld      t1, 0(t0)                       // faults here, where it can be understood, if gp is rubbish
        sd      t0, 0(tp)
        ld      sp, gobuf_sp(a0)
        ld      t2, gobuf_pc(a0)
        ld      t0, gobuf_ctxt(a0)              // first argument of a new goroutine's entry
        sd      zero, gobuf_sp(a0)              // a running goroutine's sched is stale: make a use of it fault
        sd      zero, gobuf_ctxt(a0)
        sd      zero, gobuf_bp(a0)
        mv      a0, t0
        KEEP    ld, sp
        addi    sp, sp, KEPT
        jr      t2
END(runtime.gogo)

// void mcall(void (*fn)(G*)): leave the running G's stack, call fn(gp) on m->g0's.
//   in     a0 = fn; must stand on a user stack, else badmcall
//   keeps  ra s0–s11 fs0–fs11 on gp's stack; pc, sp and bp in gp->sched
//   out    returns when some M runs gogo(&gp->sched); fn never returns, else badmcall2
//   order  gp->sched is whole before sp moves; from the call on fn may give gp to another M: touch gp no more
FUNC(runtime.mcall)
        ld      a1, 0(tp)                       // a1 = gp
        ld      a2, g_m(a1)
        ld      a3, m_g0(a2)                    // a3 = g0
        ld      a4, m_gsignal(a2)
        beq     a3, a1, 1f
        beq     a4, a1, 1f
        addi    sp, sp, -KEPT
        KEEP    sd, sp
        sd      sp, g_sched+gobuf_sp(a1)
        sd      ra, g_sched+gobuf_pc(a1)
        sd      s0, g_sched+gobuf_bp(a1)
        sd      a3, 0(tp)
        ld      sp, g_sched+gobuf_sp(a3)        // as mstart1 left it: mcall always starts at the bottom of g0
        li      s0, 0
        mv      t0, a0
        mv      a0, a1
        jalr    t0
        call    runtime.badmcall2
        ebreak
1:      tail    runtime.badmcall
END(runtime.mcall)

// void goswitch(G* from, G* to): leave the running goroutine `from` for `to`, with no detour over g0. See arch.h.
//   in     a0 = from, the current g; a1 = to, runnable and ours alone, to->m this M
//   keeps  as mcall
//   order  from->sched is whole before sp moves; goswitched runs on to's stack, below what `to` has saved there, and only it
//          lets others know of `from`
FUNC(runtime.goswitch)
        addi    sp, sp, -KEPT
        KEEP    sd, sp
        sd      sp, g_sched+gobuf_sp(a0)
        sd      ra, g_sched+gobuf_pc(a0)
        sd      s0, g_sched+gobuf_bp(a0)
        sd      a1, 0(tp)
        ld      sp, g_sched+gobuf_sp(a1)
        mv      s1, a1
        li      s0, 0
        call    runtime.goswitched
        addi    a0, s1, g_sched
        tail    runtime.gogo
END(runtime.goswitch)

// void systemstack(void (*fn)(void*), void* arg): call fn(arg) on g0.
//   in     a0 = fn, a1 = arg
//   keeps  all callee-saved registers, by fn's own care; gp->sched says where gp stands, for tracebacks
//   order  m->curg is gp all the time; only g and sp change
FUNC(runtime.systemstack)
        mv      t0, a0
        mv      a0, a1
        ld      a2, 0(tp)                       // a2 = gp
        ld      a3, g_m(a2)
        ld      a4, m_g0(a3)
        beq     a4, a2, 1f
        ld      a5, m_gsignal(a3)
        beq     a5, a2, 1f
        ld      a5, m_curg(a3)
        bne     a5, a2, 2f

        sd      ra, g_sched+gobuf_pc(a2)
        sd      s0, g_sched+gobuf_bp(a2)
        addi    sp, sp, -16
        .cfi_def_cfa_offset 16
        sd      s0, 0(sp)
        sd      ra, 8(sp)
        .cfi_offset s0, -16
        .cfi_offset ra, -8
        sd      sp, g_sched+gobuf_sp(a2)
        addi    s0, sp, 16
        sd      a4, 0(tp)
        ld      sp, g_sched+gobuf_sp(a4)
        jalr    t0

        ld      a4, 0(tp)                       // g0 of the same M: fn must not have moved to another
        ld      a3, g_m(a4)
        ld      a2, m_curg(a3)
        sd      a2, 0(tp)
        ld      sp, g_sched+gobuf_sp(a2)
        sd      zero, g_sched+gobuf_sp(a2)
        ld      s0, 0(sp)
        ld      ra, 8(sp)
        addi    sp, sp, 16
        ret

1:      jr      t0                              // already on a system stack: a tail call keeps its depth
2:      tail    runtime.badsystemstack
END(runtime.systemstack)

// The return address of every goroutine's entry. The nop makes goexit+PCQuantum, which is what lies on the stack,
// belong to this function when a traceback looks up the call before it.
FUNC(runtime.goexit)
        .cfi_undefined ra
        nop
        call    runtime.goexit1                 // does not return
        ebreak
END(runtime.goexit)

FUNC(runtime.abort)
        ebreak
1:      j       1b
END(runtime.abort)

// setrecover(a0 = p), recovery(a0 = p): see arch.h. p->context: what KEEP keeps, and sp in its last word.
FUNC(runtime.setrecover)
        KEEP    sd, a0
        sd      sp, RECOVER_SP(a0)
        li      a0, 0
        ret
END(runtime.setrecover)

FUNC(runtime.recovery)
        KEEP    ld, a0
        ld      sp, RECOVER_SP(a0)
        li      a0, 1
        ret
END(runtime.recovery)
