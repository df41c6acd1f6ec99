// Notes a boot event before there is a stack to call C++ on. trace_open() writes it out later, or drops it.
#pragma once

// clobbers t0–t3; at most RT0_TRACE_EARLY_MAX events, far more than assembly notes
#define TRACE_EARLY(ev)                                 \
        lla     t0, runtime.trace_early_n;              \
        lw      t1, 0(t0);                              \
        lla     t2, runtime.trace_early;                \
        add     t2, t2, t1;                             \
        li      t3, ev;                                 \
        sb      t3, 0(t2);                              \
        addi    t1, t1, 1;                              \
        sw      t1, 0(t0)
