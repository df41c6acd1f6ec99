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

// Sets a new M's signal mask, the same for all Ms: the signals that the parent process had blocked, without those that
// a program must receive, and those that sigsave blocks. In runtime/panic/signal.cc. Go: minitSignalMask.
void minitSignalMask() RT0_SYM("runtime.minitSignalMask");
// Installs the handlers and unblocks m0's signals, once, when m0 starts to schedule. In runtime/panic/signal.cc.
void initsig() RT0_SYM("runtime.initsig");

// GODEBUG=schedtrace: one line to stderr; detailed: every P, M and goroutine too. In runtime/diag/schedtrace.cc.
void schedtrace(bool detailed) RT0_SYM("runtime.schedtrace");
// For a goroutine that has called a runtime function which now runs on g0: writes the return addresses of that
// function's callers to pcs, innermost first. Returns how many. In runtime/diag/traceback.cc.
u32 callers_of_systemstack(const G* gp, Span<uintptr> pcs);

// A go statement made newg: its trace event names the statement's file and line. In runtime/diag/tracer.cc.
void trace_go_create_slow(const G* newg);
// Runs the destructors of the calling goroutine's thread_local variables and of its keys' values. Null in a program
// that has none.
[[gnu::weak]] void run_thread_end() RT0_SYM("runtime.run_thread_end");

}  // namespace rt0
