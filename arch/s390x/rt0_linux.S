// The ELF entry point on linux/s390x. Go: rt0_linux_s390x.s.
//
// The kernel starts the program with nothing but a stack, on which there is no save area:
//
//      0(%r15)  argc
//      8(%r15)  argv[0] … argv[argc-1], 0, envp …, 0, auxv pairs …, AT_NULL
//
// and every general register zero. Next: asm.S, runtime.rt0_go.
#include "arch/asm.h"
#include "go_asm.h"
#include "trace_early.h"

FUNC(_rt0_s390x_linux)
        .cfi_undefined %r14                     // this has no caller: the back chain ends here
        TRACE_EARLY(EV__rt0_linux)
        jg      _rt0_s390x
END(_rt0_s390x_linux)

FUNC(_rt0_s390x)
        .cfi_undefined %r14
        TRACE_EARLY(EV__rt0)
        lgf     %r2, 4(%r15)                    // argc: an int, the low half of its word
        la      %r3, 8(%r15)                    // argv
        jg      runtime.rt0_go
END(_rt0_s390x)
