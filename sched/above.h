// What the scheduler takes from the rooms above it: the only calls that go up from sched/. rooms.txt lists them with
// the reason for each, and tests/lint/calls.py finds any other. Each is implemented where the remark says.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

struct G;

// The program broke a rule that no recover may hide. In runtime/diag/fatal.cc.
[[noreturn]] void fatal(Str why) RT0_SYM("runtime.fatal");
// Panics with a runtime error: "panic: " and the text. In runtime/panic/panic.cc. Go: panic(plainError(text)).
[[noreturn]] void panic_plain(const char* text);

// A new M's signal mask, the same for all: what the parent had blocked, less what a program must hear of, and what
// sigsave blocks. In runtime/panic/signal.cc. Go: minitSignalMask.
void minitSignalMask() RT0_SYM("runtime.minitSignalMask");
// Installs the handlers and opens m0's mask, once, when m0 starts to schedule. In runtime/panic/signal.cc.
void initsig() RT0_SYM("runtime.initsig");

// GODEBUG=schedtrace: one line to stderr; detailed: every P, M and goroutine too. In runtime/diag/schedtrace.cc.
void schedtrace(bool detailed) RT0_SYM("runtime.schedtrace");
// The return addresses of a goroutine that has called a runtime function which is on g0 now: those of that function's
// callers, innermost first; how many. In runtime/diag/traceback.cc.
u32 callers_of_systemstack(const G* gp, Span<uintptr> pcs);

// A go statement made newg: its trace event names the statement's file and line. In runtime/diag/tracer.cc.
void trace_go_create_slow(const G* newg);

}  // namespace rt0
