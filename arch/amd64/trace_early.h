// Records a boot event when there is no stack yet on which C++ could be called. trace_open() later writes the recorded
// events to the trace, or drops them.
#pragma once

// clobbers rax, rcx, flags; does not check for room: there is some for kTraceEarlyMax events (tracer.cc)
#define TRACE_EARLY(ev)                                 \
        movl    runtime.trace_early_n(%rip), %eax;      \
        leaq    runtime.trace_early(%rip), %rcx;        \
        movb    $ev, (%rcx,%rax);                       \
        incl    runtime.trace_early_n(%rip)
