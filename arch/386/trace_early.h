// Notes a boot event before there is a stack to call C++ on. trace_open() writes it out later, or drops it.
#pragma once

// clobbers eax, flags; at most RT0_TRACE_EARLY_MAX events, far more than assembly notes
#define TRACE_EARLY(ev)                                 \
        movl    runtime.trace_early_n, %eax;            \
        movb    $ev, runtime.trace_early(%eax);         \
        incl    runtime.trace_early_n
