// The ELF entry point on linux/arm64. Go: rt0_linux_arm64.s.
//
// The kernel starts the program with nothing but a stack, aligned to 16:
//
//      [sp]      argc
//      [sp, 8]   argv[0] … argv[argc-1], 0, envp …, 0, auxv pairs …, AT_NULL
//
// and every general register zero. Next: asm.S, runtime.rt0_go.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

FUNC(_rt0_arm64_linux)
        .cfi_undefined x30                      // this has no caller: the frame chain ends here
        TRACE_EARLY(EV__rt0_linux)
        b       _rt0_arm64
END(_rt0_arm64_linux)

FUNC(_rt0_arm64)
        .cfi_undefined x30
        TRACE_EARLY(EV__rt0)
        ldr     x0, [sp]                        // argc
        add     x1, sp, 8                       // argv
        b       runtime.rt0_go
END(_rt0_arm64)
