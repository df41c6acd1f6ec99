// Boot and context switches of every ISA that has a link register and whose instructions take their operands from
// registers.
//
// It is written in macros, of one or two instructions each, that an ISA's asm.S defines before it includes this file.
// So the order of the steps is written once, here, and each port has only its instructions. Contracts of the entry
// points: arch/arch.h.
//
//   ARG0 ARG1            the first two arguments of a call; ARG0 is also its result
//   T0 T1 T2             scratch registers; none of them an argument or LINK. PUSH_FRAME may change T2
//   SAVED0 SAVED1 SAVED2 kept across calls
//   LINK FRAME           return address; where a traceback starts: the frame pointer, or the stack pointer where there
//                        is none
//   MOVE(to, from)  SET(to, number)  ADD(to, small number)  SUB(to, from)  ADDRESS(to, symbol)
//   LOAD(to, base, offset)  STORE(from, base, offset)
//                        for the stack pointer: LOAD_SP(base, offset)  STORE_SP(base, offset)
//   GET_G(to)  SET_G(from)     the current G, by way of the thread pointer. SET_G may change LINK
//   IF_EQUAL(one, other, label)  IF_ZERO(value, label)  GOTO(label)
//   CALL(function)  CALL_REG(address)  JUMP(function)  JUMP_REG(address)  RETURN  NOP
//   TRAP  BREAK          instructions that fault: TRAP where execution must never come, BREAK to stop in a debugger
//   FIRST_FRAME          ends the frame chain; where callees save registers above the stack pointer, makes room for
//                        that
//   PUSH_FRAME POP_FRAME a frame as compilers make them, with LINK in it
//   PUSH_KEPT POP_KEPT   the registers that a call must keep, and LINK, KEPT bytes. The control register of floating
//                        point is one of them, so each goroutine can round in its own way. May change LINK, flags, and
//                        registers that have no name here
//   SAVE_KEPT LOAD_KEPT  the same registers without the control register, and the stack pointer, at ARG0:
//                        RecoverPoint::context; they may change ARG0
//
// Plain stores are enough everywhere: what is saved here becomes visible to other Ms by a release in the C++ code that
// hands the goroutine on.

// rt0_go(ARG0 = argc, ARG1 = argv): makes g0 and m0 out of static memory and the stack that the kernel made, then
// boots.
//   keeps  SAVED0 argc, SAVED1 argv, SAVED2 g0
//   never returns
FUNC(runtime.rt0_go)
        .cfi_undefined LINK
        MOVE(SAVED0, ARG0)
        MOVE(SAVED1, ARG1)
        FIRST_FRAME
        TRACE_EARLY(EV_rt0_go)

        // g0 uses this stack. The runtime may use 64 KiB of it; the kernel grows it on demand.
        ADDRESS(SAVED2, runtime.g0)
        STORE_SP(SAVED2, g_stack_hi)
        LOAD(T0, SAVED2, g_stack_hi)
        SET(T1, RT0_G0_STACK)
        SUB(T0, T1)
        STORE(T0, SAVED2, g_stack_lo)
        STORE(T0, SAVED2, g_stackguard0)
        STORE(T0, SAVED2, g_stackguard1)

        // A C toolchain's start code may set up threads itself (_cgo_init): then it also sets the thread pointer.
        ADDRESS(T0, _cgo_init)
        LOAD(T0, T0, 0)
        IF_ZERO(T0, 1f)
        MOVE(ARG0, SAVED2)                      // first argument: g0, whose stack bounds it may correct
        ADDRESS(ARG1, runtime.m0+m_tls)         // second: the address at which getg() must find g
        CALL_REG(T0)
        LOAD(T0, SAVED2, g_stack_lo)
        STORE(T0, SAVED2, g_stackguard0)
        STORE(T0, SAVED2, g_stackguard1)
        GOTO(2f)

1:      ADDRESS(ARG0, runtime.m0+m_tls)
        CALL(runtime.settls)

        // Stores through the thread pointer and looks for the value in m0: if it is not there, getg() would be wrong.
        SET(T0, 0x123)
        SET_G(T0)
        ADDRESS(T1, runtime.m0+m_tls)
        LOAD(T1, T1, 0)
        IF_EQUAL(T0, T1, 2f)
        CALL(runtime.abort)

        // Points m0 and g0 at each other; from here on getg() works.
2:      SET_G(SAVED2)
        ADDRESS(T0, runtime.m0)
        STORE(SAVED2, T0, m_g0)
        STORE(T0, SAVED2, g_m)

        CALL(runtime.check)
        MOVE(ARG0, SAVED0)
        MOVE(ARG1, SAVED1)
        CALL(runtime.args)
        CALL(runtime.osinit)
        CALL(runtime.schedinit)

        ADDRESS(ARG0, runtime.mainPC)           // a Funcval: its first word is runtime.main
        SET(ARG1, 0)                            // null: made by no go statement
        CALL(runtime.newproc)
        CALL(runtime.mstart)
        CALL(runtime.abort)                     // mstart never returns on m0
END(runtime.rt0_go)

// On m0 called by rt0_go, on every other M the first thing after clone. mstart0 never returns: an M that ends does so
// in mexit.
FUNC(runtime.mstart)
        .cfi_undefined LINK
        FIRST_FRAME
        GET_G(ARG0)
        ADD(ARG0, g_sched)
        CALL(runtime.gosave)                    // once schedule() runs, mcall and systemstack use the stack from here
        CALL(runtime.mstart0)
        CALL(runtime.abort)
END(runtime.mstart)

// gosave(ARG0 = buf): saves the caller's position in buf: its sp and pc after this call, and its frame.
FUNC(runtime.gosave)
        STORE_SP(ARG0, gobuf_sp)
        STORE(LINK, ARG0, gobuf_pc)
        STORE(FRAME, ARG0, gobuf_bp)
        RETURN
END(runtime.gosave)

// gogo(ARG0 = &gp->sched)
//   order  g changes before sp does, so a signal in between finds a g whose M is this one: execute() has set gp->m
FUNC(runtime.gogo)
        LOAD(T0, ARG0, gobuf_g)
        LOAD(T1, T0, 0)                         // if gp is wrong, fault here, where the cause is plain
        SET_G(T0)
        LOAD_SP(ARG0, gobuf_sp)
        LOAD(T1, ARG0, gobuf_pc)
        LOAD(T0, ARG0, gobuf_ctxt)              // first argument of a new goroutine's entry
        SET(T2, 0)
        STORE(T2, ARG0, gobuf_sp)               // a running goroutine's sched is stale: make a use of it fault
        STORE(T2, ARG0, gobuf_ctxt)
        STORE(T2, ARG0, gobuf_bp)
        MOVE(ARG0, T0)
        POP_KEPT
        JUMP_REG(T1)
END(runtime.gogo)

// mcall(ARG0 = fn)
//   keeps  the registers that a call must keep, on gp's stack; pc, sp and frame in gp->sched
//   order  gp->sched is complete before sp moves. fn may give gp to another M, so once fn is called gp must not be
//          touched any more
FUNC(runtime.mcall)
        GET_G(T0)                               // T0 = gp
        LOAD(T1, T0, g_m)
        LOAD(T2, T1, m_gsignal)
        IF_EQUAL(T2, T0, 1f)
        LOAD(T2, T1, m_g0)                      // T2 = g0
        IF_EQUAL(T2, T0, 1f)
        STORE(LINK, T0, g_sched+gobuf_pc)
        STORE(FRAME, T0, g_sched+gobuf_bp)
        PUSH_KEPT
        STORE_SP(T0, g_sched+gobuf_sp)
        SET_G(T2)
        LOAD_SP(T2, g_sched+gobuf_sp)           // as mstart saved it: mcall always starts from there
        FIRST_FRAME
        MOVE(T1, ARG0)
        MOVE(ARG0, T0)
        CALL_REG(T1)
        CALL(runtime.badmcall2)
        TRAP
1:      JUMP(runtime.badmcall)
END(runtime.mcall)

// goswitch(ARG0 = from, ARG1 = to)
//   keeps  as mcall
//   order  from->sched is complete before sp moves; goswitched runs on to's stack, below what `to` has saved there, and
//          only it lets other Ms know of `from`
FUNC(runtime.goswitch)
        STORE(LINK, ARG0, g_sched+gobuf_pc)
        STORE(FRAME, ARG0, g_sched+gobuf_bp)
        PUSH_KEPT
        STORE_SP(ARG0, g_sched+gobuf_sp)
        SET_G(ARG1)
        LOAD_SP(ARG1, g_sched+gobuf_sp)
        MOVE(SAVED0, ARG1)
        FIRST_FRAME
        CALL(runtime.goswitched)
        MOVE(ARG0, SAVED0)
        ADD(ARG0, g_sched)
        JUMP(runtime.gogo)
END(runtime.goswitch)

// systemstack(ARG0 = fn, ARG1 = arg)
//   keeps  the registers that a call must keep, because fn keeps them; gp->sched has gp's position, for tracebacks
//   order  m->curg is gp all the time; only g and sp change
FUNC(runtime.systemstack)
        GET_G(T0)                               // T0 = gp
        LOAD(T1, T0, g_m)
        LOAD(T2, T1, m_g0)
        IF_EQUAL(T2, T0, 2f)
        LOAD(T2, T1, m_gsignal)
        IF_EQUAL(T2, T0, 2f)
        LOAD(T2, T1, m_curg)
        IF_EQUAL(T2, T0, 1f)
        JUMP(runtime.badsystemstack)

1:      STORE(LINK, T0, g_sched+gobuf_pc)
        STORE(FRAME, T0, g_sched+gobuf_bp)
        PUSH_FRAME
        STORE_SP(T0, g_sched+gobuf_sp)
        LOAD(T2, T1, m_g0)
        SET_G(T2)
        LOAD_SP(T2, g_sched+gobuf_sp)
        MOVE(T0, ARG0)
        MOVE(ARG0, ARG1)
        CALL_REG(T0)

        GET_G(T0)                               // g0 of the same M: fn must not have moved to another
        LOAD(T0, T0, g_m)
        LOAD(T0, T0, m_curg)
        SET_G(T0)
        LOAD_SP(T0, g_sched+gobuf_sp)
        SET(T1, 0)
        STORE(T1, T0, g_sched+gobuf_sp)
        POP_FRAME
        RETURN

2:      MOVE(T0, ARG0)                          // already on a system stack: a tail call keeps its depth
        MOVE(ARG0, ARG1)
        JUMP_REG(T0)
END(runtime.systemstack)

// The return address of every goroutine's entry. The nop makes goexit+PCQuantum, the address that lies on the stack,
// belong to this function when a traceback looks up the instruction before that address.
FUNC(runtime.goexit)
        .cfi_undefined LINK
        NOP
        CALL(runtime.goexit1)                   // does not return
        TRAP
END(runtime.goexit)

FUNC(runtime.abort)
        BREAK
1:      GOTO(1b)
END(runtime.abort)

FUNC(runtime.setrecover)
        SAVE_KEPT
        SET(ARG0, 0)
        RETURN
END(runtime.setrecover)

FUNC(runtime.recovery)
        LOAD_KEPT
        SET(ARG0, 1)
        RETURN
END(runtime.recovery)
