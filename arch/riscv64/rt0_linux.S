// The ELF entry point on linux/riscv64. Go: rt0_linux_riscv64.s.
//
// The kernel starts the program with nothing but a stack, aligned to 16:
//
//      0(sp)   argc
//      8(sp)   argv[0] … argv[argc-1], 0, envp …, 0, auxv pairs …, AT_NULL
//
// gp is not set: no code finds its data through it. Next: asm.S, runtime.rt0_go.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

FUNC(_rt0_riscv64_linux)
        .cfi_undefined ra                       // this has no caller: the frame chain ends here
        TRACE_EARLY(EV__rt0_linux)
        j       _rt0_riscv64
END(_rt0_riscv64_linux)

FUNC(_rt0_riscv64)
        .cfi_undefined ra
        TRACE_EARLY(EV__rt0)
        lw      a0, 0(sp)                       // argc
        addi    a1, sp, 8                       // argv
        tail    runtime.rt0_go
END(_rt0_riscv64)
