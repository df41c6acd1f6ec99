// The ELF entry point on linux/arm. Go: rt0_linux_arm.s.
//
// The kernel starts the program with nothing but a stack, aligned to 8:
//
//      [sp]      argc
//      [sp, 4]   argv[0] … argv[argc-1], 0, envp …, 0, auxv pairs …, AT_NULL
//
// and every general register zero or unspecified. Next: asm.S, runtime.rt0_go.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"
        .syntax unified

FUNC(_rt0_arm_linux)
        .cfi_undefined lr                       // this has no caller: the frame chain ends here
        TRACE_EARLY(EV__rt0_linux)
        b       _rt0_arm
END(_rt0_arm_linux)

FUNC(_rt0_arm)
        .cfi_undefined lr
        TRACE_EARLY(EV__rt0)
        ldr     r0, [sp]                        // argc
        add     r1, sp, GO_ASM_PTRSIZE          // argv
        bic     sp, sp, 7
        b       runtime.rt0_go
END(_rt0_arm)
