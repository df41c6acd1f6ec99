// Records a boot event when there is no stack yet on which C++ could be called. trace_open() later writes the recorded
// events to the trace, or drops them.
#pragma once

// clobbers t0–t3; does not check for room: there is some for kTraceEarlyMax events (tracer.cc)
#define TRACE_EARLY(ev)                                 \
        lla     t0, runtime.trace_early_n;              \
        lw      t1, 0(t0);                              \
        lla     t2, runtime.trace_early;                \
        add     t2, t2, t1;                             \
        li      t3, ev;                                 \
        sb      t3, 0(t2);                              \
        addi    t1, t1, 1;                              \
        sw      t1, 0(t0)
