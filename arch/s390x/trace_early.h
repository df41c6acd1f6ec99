// Notes a boot event before there is a stack to call C++ on. trace_open() writes it out later, or drops it.
#pragma once

// clobbers r0, r1, r5, r12; at most RT0_TRACE_EARLY_MAX events, far more than assembly notes
#define TRACE_EARLY(ev)                                 \
        larl    %r1, runtime.trace_early_n;             \
        llgf    %r5, 0(%r1);                            \
        larl    %r12, runtime.trace_early;              \
        lghi    %r0, ev;                                \
        stc     %r0, 0(%r5,%r12);                       \
        aghi    %r5, 1;                                 \
        st      %r5, 0(%r1)
