// Code that could be part of a shared library finds thread_local variables by this function on s390x, in place of
// __tls_get_addr (runtime/cxx/tls_get_addr.cc). libstdc++.a has such code.
#include "arch/asm.h"
#include "go_asm.h"

// __tls_get_offset(r2 = where the variable's module and offset lie, from r12 on): the variable's address, from the
// thread pointer on. There is one module, whose variables end at the thread pointer: arch/tls_block.h.
FUNC(__tls_get_offset)
        la      %r2, 0(%r2,%r12)
        lg      %r2, GO_ASM_PTRSIZE(%r2)
        larl    %r1, runtime.tdata
        agr     %r2, %r1
        larl    %r1, runtime.etbss
        sgr     %r2, %r1
        br      %r14
END(__tls_get_offset)
