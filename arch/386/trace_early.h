// Records a boot event when there is no stack yet on which C++ could be called. trace_open() later writes the recorded
// events to the trace, or drops them.
#pragma once

// clobbers eax, flags; room for RT0_TRACE_EARLY_MAX events, far more than assembly records
#define TRACE_EARLY(ev)                                 \
        movl    runtime.trace_early_n, %eax;            \
        movb    $ev, runtime.trace_early(%eax);         \
        incl    runtime.trace_early_n
