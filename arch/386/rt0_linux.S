// The ELF entry point on linux/386. Go: rt0_linux_386.s.
//
// The kernel starts the program with nothing but a stack:
//
//      (%esp)  argc
//     4(%esp)  argv[0] … argv[argc-1], 0, envp …, 0, auxv pairs …, AT_NULL
//
// and every general register zero or unspecified. Next: asm.S, runtime.rt0_go.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

FUNC(_rt0_386_linux)
        .cfi_undefined eip                      // this has no caller: the frame chain ends here
        TRACE_EARLY(EV__rt0_linux)
        jmp     _rt0_386
END(_rt0_386_linux)

FUNC(_rt0_386)
        .cfi_undefined eip
        TRACE_EARLY(EV__rt0)
        movl    (%esp), %ebx                    // argc
        leal    4(%esp), %esi                   // argv
        jmp     runtime.rt0_go
END(_rt0_386)
