// The ELF entry point on linux/amd64. Go: rt0_linux_amd64.s, asm_amd64.s.
//
// The kernel starts the program with nothing but a stack:
//
//      (%rsp)  argc
//     8(%rsp)  argv[0] … argv[argc-1], 0, envp …, 0, auxv pairs …, AT_NULL
// and every general register zero or unspecified. Next: asm.S, runtime.rt0_go.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

FUNC(_rt0_amd64_linux)
        .cfi_undefined rip                      // this has no caller: the frame chain ends here
        TRACE_EARLY(EV__rt0_linux)
        jmp     _rt0_amd64
END(_rt0_amd64_linux)

FUNC(_rt0_amd64)
        .cfi_undefined rip
        TRACE_EARLY(EV__rt0)
        movq    (%rsp), %rdi                    // argc
        leaq    8(%rsp), %rsi                   // argv
        jmp     runtime.rt0_go
END(_rt0_amd64)
