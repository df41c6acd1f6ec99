// Notes a boot event before there is a stack to call C++ on. trace_open() writes it out later, or drops it.
#pragma once

// clobbers r2, r3, ip; at most RT0_TRACE_EARLY_MAX events, far more than assembly notes
#define TRACE_EARLY(ev)                                 \
        movw    r2, :lower16:runtime.trace_early_n;     \
        movt    r2, :upper16:runtime.trace_early_n;     \
        ldr     r3, [r2];                               \
        add     ip, r3, 1;                              \
        str     ip, [r2];                               \
        movw    r2, :lower16:runtime.trace_early;       \
        movt    r2, :upper16:runtime.trace_early;       \
        mov     ip, ev;                                 \
        strb    ip, [r2, r3]
