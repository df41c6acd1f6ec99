// Context switches on amd64 and 386, which are the same once the registers of both have one name. Contracts:
// arch/arch.h.
//
// An ISA's x86.h says which registers AX CX DX BX SP BP PC are, and
//
//   LOAD_ARG0(to) LOAD_ARG1(to)  an argument of the function in which this stands
//   FIRST_ARG(from)      makes it the first argument of a goroutine's entry
//   CALL_WITH(fn, a)     calls fn(a)
//   CALL_ALIKE(fn, a, b) calls fn(a, b) with the two arguments of the function in which this stands; LOAD_ARG0 and
//                        LOAD_ARG1 have put them into a and b
//   CALL_ARG             calls the first argument with the second, from a function that has pushed BP and then copied
//                        SP to BP
//   TAIL_CALL_ARG        the same as a tail call, from a function that has pushed nothing
//   GOGO(buf)            jumps to gogo(buf)
//   PUSH_KEPT POP_KEPT   the registers that a call must keep, KEPT bytes: general ones by way of the stack, then
//                        PUSH_CONTROL and POP_CONTROL
//   SAVE_KEPT(base) LOAD_KEPT(base)  the general ones only, from base on: the beginning of RecoverPoint::context
//
// A goroutine's callee-saved registers lie on its own stack while it is stopped. The control words are among them, so
// each goroutine has its own rounding, and its own exceptions of floating point that trap. fp_control.h has the values
// for a new goroutine.
#define PUSH_CONTROL lea -CONTROL_BYTES(SP), SP; stmxcsr (SP); fnstcw CONTROL_X87(SP)
#define POP_CONTROL fldcw CONTROL_X87(SP); ldmxcsr (SP); lea CONTROL_BYTES(SP), SP

// On m0 called by rt0_go, on every other M the first thing after clone. mstart0 never returns: an M that ends does so
// in mexit.
FUNC(runtime.mstart)
        .cfi_undefined PC
        xorl    %ebp, %ebp
        sub     $16 - GO_ASM_PTRSIZE, SP        // aligned again at the call
        mov     g_tls, AX
        add     $g_sched, AX
        call    runtime.gosave                  // once schedule() runs, mcall and systemstack use the stack from here
        call    runtime.mstart0
        call    runtime.abort
END(runtime.mstart)

// gosave(AX = buf): saves the caller's position in buf: its sp and pc after this call, and its frame pointer.
FUNC(runtime.gosave)
        lea     GO_ASM_PTRSIZE(SP), DX          // without the return address
        mov     DX, gobuf_sp(AX)
        mov     (SP), DX
        mov     DX, gobuf_pc(AX)
        mov     BP, gobuf_bp(AX)
        ret
END(runtime.gosave)

// gogo(buf = &gp->sched)
//   order  g changes before SP does, so a signal in between finds a g whose M is this one: execute() has set gp->m
FUNC(runtime.gogo)
        LOAD_ARG0(AX)
.Lgogo: mov     gobuf_g(AX), DX
        mov     (DX), CX                        // if gp is wrong, fault here, where the cause is plain
        mov     DX, g_tls
        mov     gobuf_sp(AX), SP
        mov     gobuf_pc(AX), CX
        mov     gobuf_ctxt(AX), DX              // closure register, and first argument of a new goroutine's entry
        FIRST_ARG(DX)
        xorl    %ebx, %ebx
        mov     BX, gobuf_sp(AX)                // a running goroutine's sched is stale: make a use of it fault
        mov     BX, gobuf_ctxt(AX)
        mov     BX, gobuf_bp(AX)
        POP_KEPT
        jmp     *CX
END(runtime.gogo)

// mcall(fn)
//   keeps  the registers that a call must keep, on gp's stack; pc, sp and bp in gp->sched
//   order  gp->sched is complete before SP moves. fn may give gp to another M, so once fn is called gp must not be
//          touched any more
FUNC(runtime.mcall)
        mov     g_tls, AX                       // AX = gp
        mov     g_m(AX), DX
        mov     m_g0(DX), CX                    // CX = g0
        cmp     AX, CX
        je      runtime.badmcall
        cmp     m_gsignal(DX), AX
        je      runtime.badmcall
        LOAD_ARG0(DX)
        pop     (g_sched+gobuf_pc)(AX)          // the return address is gp->sched.pc, not a stack word
        mov     BP, (g_sched+gobuf_bp)(AX)
        PUSH_KEPT
        mov     SP, (g_sched+gobuf_sp)(AX)
        mov     CX, g_tls
        mov     (g_sched+gobuf_sp)(CX), SP      // as mstart saved it: mcall always starts from there
        xorl    %ebp, %ebp
        CALL_WITH(*DX, AX)
        call    runtime.badmcall2
        ud2
END(runtime.mcall)

// goswitch(from, to)
//   keeps  as mcall
//   order  from->sched is complete before SP moves; goswitched runs on to's stack, below what `to` has saved there, and
//          only it lets other Ms know of `from`
FUNC(runtime.goswitch)
        LOAD_ARG0(AX)                           // AX = from
        LOAD_ARG1(DX)                           // DX = to
        pop     (g_sched+gobuf_pc)(AX)
        mov     BP, (g_sched+gobuf_bp)(AX)
        PUSH_KEPT
        mov     SP, (g_sched+gobuf_sp)(AX)
        mov     DX, g_tls
        mov     (g_sched+gobuf_sp)(DX), SP
        mov     DX, BX
        and     $~15, SP                        // the stack of a new goroutine is aligned for its entry, not for a call
        xorl    %ebp, %ebp
        CALL_ALIKE(runtime.goswitched, AX, DX)
        add     $g_sched, BX
        GOGO(BX)
END(runtime.goswitch)

// systemstack(fn, arg)
//   keeps  all callee-saved registers, because fn keeps them; gp->sched has gp's position, for tracebacks
//   order  m->curg is gp all the time; only g and SP change
FUNC(runtime.systemstack)
        mov     g_tls, AX                       // AX = gp
        mov     g_m(AX), DX
        mov     m_g0(DX), CX
        cmp     AX, CX
        je      1f
        cmp     m_gsignal(DX), AX
        je      1f
        cmp     m_curg(DX), AX
        jne     runtime.badsystemstack

        mov     (SP), DX
        mov     DX, (g_sched+gobuf_pc)(AX)
        mov     BP, (g_sched+gobuf_bp)(AX)
        push    BP
        .cfi_adjust_cfa_offset GO_ASM_PTRSIZE
        mov     SP, BP
        mov     SP, (g_sched+gobuf_sp)(AX)
        mov     CX, g_tls
        mov     (g_sched+gobuf_sp)(CX), SP
        CALL_ARG

        mov     g_tls, AX                       // g0 of the same M: fn must not have moved to another
        mov     g_m(AX), DX
        mov     m_curg(DX), AX
        mov     AX, g_tls
        mov     (g_sched+gobuf_sp)(AX), SP
        xorl    %edx, %edx
        mov     DX, (g_sched+gobuf_sp)(AX)
        pop     BP
        .cfi_adjust_cfa_offset -GO_ASM_PTRSIZE
        ret

1:      TAIL_CALL_ARG                           // already on a system stack: a tail call keeps its depth
END(runtime.systemstack)

// The return address of every goroutine's entry. The nop makes goexit+PCQuantum, the address that lies on the stack,
// belong to this function when a traceback looks up the instruction before that address.
FUNC(runtime.goexit)
        .cfi_undefined PC
        nop
        call    runtime.goexit1                 // does not return
        ud2
END(runtime.goexit)

FUNC(runtime.abort)
        int3
1:      jmp     1b
END(runtime.abort)

// p->context: the registers that a call must keep, then SP and pc as after the return from setrecover.
FUNC(runtime.setrecover)
        LOAD_ARG0(CX)
        SAVE_KEPT(CX)
        lea     GO_ASM_PTRSIZE(SP), AX
        mov     AX, KEPT(CX)
        mov     (SP), AX
        mov     AX, KEPT+GO_ASM_PTRSIZE(CX)
        xorl    %eax, %eax
        ret
END(runtime.setrecover)

FUNC(runtime.recovery)
        LOAD_ARG0(CX)
        LOAD_KEPT(CX)
        mov     KEPT(CX), SP
        movl    $1, %eax
        jmp     *KEPT+GO_ASM_PTRSIZE(CX)
END(runtime.recovery)
