// The trace writer: one buffer, one lock, one sequence for all Ms; so the order of lines is the order of the events.
//
//   T1  An event is formatted and appended under trace_lock, so a line is whole and lines follow the lock's order.
//   T2  The lock is the last in rank: an event may be noted while holding any other lock, never from inside the tracer.
//   T3  m->intrace is set while this M is inside: a signal handler or a throw that interrupts it notes nothing.
//
// To a file the buffer is written when it is full and at the end; to stderr after each line, so that it lies in between
// what the program prints at the right places. It is the host's kernel that writes it: a trace is nothing the program
// does, and a simulated kernel would have to make a call out of it.
//
// On the simulated kernel each event is a point at which other threads may run, whether there is a trace or not:
// trace_on is kTracePoints at least.
#include "runtime/diag/tracer.h"

#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "runtime/diag/print.h"
#include "sched/gmp.h"

namespace rt0 {

constinit Atomic<u32> trace_on{kTraceEarly};

inline constexpr u32 kTraceEarlyMax = 32;
constinit u8 trace_early[kTraceEarlyMax] __asm__("runtime.trace_early") = {};  // filled by assembly too
constinit u32 trace_early_n __asm__("runtime.trace_early_n") = 0;

namespace {

constexpr usize kBufBytes = 32 * 1024;
constexpr usize kMaxLine = 1024;  // what an event may need at most; a longer text argument is cut

constinit struct {
  Mutex lock{{0}, LockRank::trace};
  i32 fd = -1;
  bool line_by_line = false;
  i64 start_ns = 0;
  usize len = 0;
} tracer;
constinit char trace_buf[kBufBytes] = {};  // its pages are touched only when there is a trace

// What trace_on is when there is nothing to be written.
u32 nothing_to_write() { return simulated != 0 ? kTracePoints : kTraceOff; }

// Writes all of trace_buf, or gives up on the trace and says so, once.
void flush_locked() {
  usize done = 0;
  while (done < tracer.len) {
    const SysResult r = linux_kernel.write(tracer.fd, trace_buf + done, tracer.len - done);
    if (r.ok()) {
      done += r.value;
    } else if (r.err == Errno::again) {
      linux_kernel.usleep(1000);  // a full pipe whose reader set O_NONBLOCK: as patient as a blocking one
    } else if (r.err != Errno::intr) {
      trace_on.store_relaxed(nothing_to_write());
      eprintf("rt0: RT0_TRACE: write failed: %s (errno %d); the trace ends here\n", errno_cstr(r.err),
              static_cast<i32>(r.err));
      break;
    }
  }
  tracer.len = 0;
}

void append_locked(i64 time_ns, TraceWho who, Ev e, const TraceValue* values) {
  if (tracer.len + kMaxLine > kBufBytes) flush_locked();
  Out out{trace_buf + tracer.len, kMaxLine - 1};
  trace_line(out, time_ns, who, e, cstr(simulated != 0 ? kDocumentsIsa : Isa::kName), values);
  tracer.len += out.len;
  if (out.lost != 0) trace_buf[tracer.len++] = '\n';
  if (tracer.line_by_line) flush_locked();
}

TraceWho who_am_i() {
  const G* gp = getg();
  const M* mp = gp->m;
  return {mp->id, mp->p != nullptr ? mp->p->id : -1, static_cast<i64>(gp->goid)};
}

}  // namespace

namespace {

void write_event(M* mp, Ev e, const TraceValue* values) {
  mp->intrace = 1;
  lock(&tracer.lock);
  // Looked at again: another M may have given the trace up while we waited.
  if (trace_on.load_relaxed() == kTraceOn) append_locked(kernel->tracetime() - tracer.start_ns, who_am_i(), e, values);
  if (e == Ev::Exit) {  // the last line: other Ms go on for a moment, but not in the trace
    flush_locked();
    trace_on.store_relaxed(nothing_to_write());
  }
  unlock(&tracer.lock);
  mp->intrace = 0;
}

// Not from a handler, and not once the end has begun: there the thread that runs goes on.
void event_point(const M* mp, Ev e, const TraceValue* values) {
  const G* gp = getg();
  if (gp == mp->gsignal || mp->dying != 0 || e == Ev::TraceOpen || e == Ev::Exit) return;
  const bool of_goroutine = e == Ev::GoUnblock || e == Ev::GoStart || e == Ev::GoCreate;
  const bool yields = e == Ev::GoStop && values[1].text == Str("Gosched");
  sim_event(of_goroutine ? Resource{'g', values[0].num} : Resource{'m', mp->id}, yields);
}

void emit(Ev e, const TraceValue* values) {
  M* mp = getg()->m;
  if (mp->intrace != 0) return;
  if (trace_on.load_relaxed() == kTraceOn) write_event(mp, e, values);
  if (simulated != 0) event_point(mp, e, values);
}

}  // namespace

// No point: it is what was asked at one.
void trace_choice(u64 index, Choice kind, u32 n, u32 pick, Resource on) {
  M* mp = getg()->m;
  if (trace_on.load_relaxed() != kTraceOn || mp->intrace != 0) return;
  char text[24];
  Out out{text, sizeof(text)};
  out.put(on.kind);
  if (on.kind != '-') out.put_i64(on.id);
  const TraceValue values[] = {{static_cast<i64>(index), {}, false},
                               {0, cstr(choice_name(kind)), true},
                               {n, {}, false},
                               {pick, {}, false},
                               {0, out.str(), true}};
  write_event(mp, Ev::Choose, values);
}

void trace_slow(Ev e, i64 a, i64 b) {
  const TraceValue values[] = {{a, {}, false}, {b, {}, false}};
  emit(e, values);
}

// The text is the last argument, with or without a number before it.
void trace_text_slow(Ev e, i64 a, Str text) {
  const TraceValue values[] = {{a, {}, false}, {0, text, true}};
  bool two = false;
  for (char c : event_args(e)) two = two || c == ' ';
  emit(e, two ? values : values + 1);
}

void trace_boot(Ev e) { trace_fn(e); }

void trace_fn_slow(Ev e) {
  if (trace_on.load_relaxed() == kTraceEarly) {
    check(trace_early_n < kTraceEarlyMax, "trace: early events overflow");
    trace_early[trace_early_n++] = static_cast<u8>(e);
    return;
  }
  if (getg()->m->booting) emit(e, nullptr);
}

void trace_go_create_slow(const G* newg) {
  char text[512];
  Out at{text, sizeof(text)};
  at.put(newg->created.file != nullptr ? cstr(newg->created.file) : Str("runtime"));
  if (newg->created.file != nullptr) {
    at.put(':');
    at.put_i64(newg->created.line);
  }
  trace_text_slow(Ev::GoCreate, static_cast<i64>(newg->goid), at.str());
}

void trace_open(Str path) {
  if (path.empty()) {
    trace_on.store_relaxed(nothing_to_write());
    return;
  }
  if (path == Str("-")) {
    tracer.fd = kStderr;
    tracer.line_by_line = true;
  } else {
    const SysResult fd = linux_kernel.open(path.ptr, true);
    if (!fd.ok()) {
      eprintf("rt0: RT0_TRACE: cannot open %s: %s (errno %d)\n", path.ptr, errno_cstr(fd.err),
              static_cast<i32>(fd.err));
      kernel->exit(2);
    }
    tracer.fd = static_cast<i32>(fd.value);
  }
  lock(&tracer.lock);
  for (u32 i = 0; i < trace_early_n; i++) append_locked(0, who_am_i(), static_cast<Ev>(trace_early[i]), nullptr);
  tracer.start_ns = kernel->tracetime();
  trace_on.store_relaxed(kTraceOn);
  unlock(&tracer.lock);
  trace_text(Ev::TraceOpen, cstr(kernel->name));
}

void trace_flush() {
  M* mp = getg()->m;
  if (trace_on.load_relaxed() != kTraceOn || mp->intrace != 0) return;
  mp->intrace = 1;
  lock(&tracer.lock);
  flush_locked();
  unlock(&tracer.lock);
  mp->intrace = 0;
}

}  // namespace rt0
