// The trace writer: one buffer, one lock, one sequence for all Ms; so the order of lines is the order of the events.
//
//   T1  An event is formatted and appended under tracer.lock. So lines are whole, and their order is the lock's.
//   T2  tracer.lock is the last in rank: an event may be recorded while any other lock is held, but never from inside
//       the tracer.
//   T3  m->intrace is set while this M is in the tracer. A signal handler or a throw that interrupts it then records
//       nothing, because it would wait for tracer.lock for ever.
//
// The buffer is written to a file when it is full and at the end; to stderr after each line, so that lines of the trace
// and of the program come in the right order. It is always written by the host's kernel: writing the trace is no action
// of the program, and the simulated kernel would count it as one.
//
// On the simulated kernel each event is a point at which other threads may run, whether there is a trace or not:
// trace_on is kTracePoints at least.
#include "runtime/diag/tracer.h"

#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "runtime/diag/fatal.h"
#include "sched/gmp.h"

namespace rt0 {

constinit Atomic<u32> trace_on{kTraceEarly};

inline constexpr u32 kTraceEarlyMax = 32;
constinit u8 trace_early[kTraceEarlyMax] __asm__("runtime.trace_early") = {};  // assembly adds events to it, too
constinit u32 trace_early_n __asm__("runtime.trace_early_n") = 0;

namespace {

constexpr usize kBufBytes = 32 * 1024;
constexpr usize kMaxLine = 1024;  // the longest line; a text argument that does not fit is cut

constinit struct {
  Mutex lock{{0}, LockRank::trace};
  i32 fd = -1;
  bool line_by_line = false;
  Atomic<u32> ends_by{0};  // see trace_ends_by
  i64 start_ns = 0;
  usize len GUARDED_BY(lock) = 0;
} tracer;
constinit char trace_buf[kBufBytes] = {};  // its pages are touched only when there is a trace

// The value of trace_on while no trace is written.
u32 nothing_to_write() { return simulated != 0 ? kTracePoints : kTraceOff; }

// Writes all of trace_buf. If that fails, prints so once and ends the trace.
void flush_locked() REQUIRES(tracer.lock) {
  usize done = 0;
  while (done < tracer.len) {
    const SysResult r = linux_kernel.write(tracer.fd, trace_buf + done, tracer.len - done);
    if (r.ok()) {
      done += r.value;
    } else if (r.err == Errno::again) {
      linux_kernel.usleep(1000);  // a full pipe that another process made non-blocking: wait as a blocking write would
    } else if (r.err != Errno::intr) {
      trace_on.store_relaxed(nothing_to_write());
      eprintf("rt0: RT0_TRACE: write failed: %s (errno %d); the trace ends here\n", errno_cstr(r.err),
              static_cast<i32>(r.err));
      break;
    }
  }
  tracer.len = 0;
}

RT0_INLINE TraceWho who_am_i() {
  const G* gp = getg();
  const M* mp = gp->m;
  return {mp->id, mp->p != nullptr ? mp->p->id : -1, static_cast<i64>(gp->goid)};
}

RT0_INLINE void append_locked(i64 time_ns, Ev e, const TraceValue* values) REQUIRES(tracer.lock) {
  if (tracer.len + kMaxLine > kBufBytes) flush_locked();
  tracer.len += trace_line(trace_buf + tracer.len, kMaxLine, time_ns, who_am_i(), e, values);
  if (tracer.line_by_line) flush_locked();
}

}  // namespace

namespace {

// In a simulation all Ms share one thread of the host, which runs no other M while one is in the tracer: no lock.
RT0_INLINE void enter_tracer(M* mp) ACQUIRE(tracer.lock) NO_LOCK_ANALYSIS {
  mp->intrace = 1;
  if (simulated == 0) lock(&tracer.lock);
}

// If a signal that ends the process came while intrace was set, ends the process now. A signal that comes after intrace
// was cleared is not left to the tracer: its handler ends the process.
RT0_INLINE void leave_tracer(M* mp) RELEASE(tracer.lock) NO_LOCK_ANALYSIS {
  if (simulated == 0) unlock(&tracer.lock);
  mp->intrace = 0;
  if (RT0_LIKELY(tracer.ends_by.load_relaxed() == 0)) return;
  if (const u32 sig = tracer.ends_by.xchg_acquire(0); sig != 0) dieFromSignal(sig);  // xchg: dieFromSignal comes here
}

// On the simulated kernel each event, written or not, is a point at which another thread may run. Exceptions: in a
// signal handler, and after a fatal error, the running thread goes on. `a` is the event's first argument.
RT0_INLINE void event_point(Ev e, i64 a, bool yields) {
  const G* gp = getg();
  const M* mp = gp->m;
  if (gp == mp->gsignal || mp->dying != 0) return;
  const bool of_goroutine = e == Ev::GoUnblock || e == Ev::GoStart || e == Ev::GoCreate;
  if (yields) sim_yields();
  sim_event(of_goroutine ? Resource{'g', a} : Resource{'m', mp->id});
}

// event: a point. yield: of a goroutine that has nothing to do now. inside: no point, because a choice is made inside
// one, and the run has not begun when TraceOpen is written. last: other Ms still run for a moment, but record nothing
// more.
enum class Write : u32 { event, yield, inside, last };

void write_event(Ev e, i64 a, Write how, const TraceValue* values) {
  M* mp = getg()->m;
  if (mp->intrace != 0) return;
  enter_tracer(mp);
  // Checked under the lock, because another M may have ended the trace while this M waited for it.
  if (trace_on.load_relaxed() == kTraceOn) append_locked(kernel->tracetime() - tracer.start_ns, e, values);
  if (RT0_UNLIKELY(how == Write::last)) {
    flush_locked();
    trace_on.store_relaxed(nothing_to_write());
  }
  leave_tracer(mp);
  if (how <= Write::yield && simulated != 0) event_point(e, a, how == Write::yield);
}

}  // namespace

void trace_slow(Ev e, i64 a, i64 b) {
  if (trace_on.load_relaxed() == kTracePoints) return event_point(e, a, false);
  const TraceValue values[] = {a, b};
  write_event(e, a, Write::event, values);
}

void trace_exit(i32 status) {
  const TraceValue value = i64{status};
  if (trace_on.load_relaxed() == kTraceOn) write_event(Ev::Exit, 0, Write::last, &value);
}

void trace_text_slow(Ev e, i64 a, Str text) {
  const bool yields = e == Ev::GoStop && text[0] == 'G';  // "Gosched"; the other reason is "preempted"
  if (trace_on.load_relaxed() == kTracePoints) return event_point(e, a, yields);
  // The text is the last argument, with or without a number before it.
  const TraceValue values[] = {a, text};
  write_event(e, a, yields ? Write::yield : Write::event, values + 2 - event_values(e));
}

void trace_choice(const Made& c) {
  if (trace_on.load_relaxed() != kTraceOn) return;
  char text[kResourceLen];
  const TraceValue values[] = {static_cast<i64>(c.index), cstr(choice_name(c.kind)), i64{c.n}, i64{c.pick},
                               resource_text(c.on, text)};
  write_event(Ev::Choose, 0, Write::inside, values);
}

void trace_boot(Ev e) { trace_fn(e); }

void trace_fn_slow(Ev e) {
  if (trace_on.load_relaxed() == kTraceEarly) {
    check(trace_early_n < kTraceEarlyMax, "trace: early events overflow");
    trace_early[trace_early_n++] = static_cast<u8>(e);
    return;
  }
  if (getg()->m->booting) trace_slow(e, 0, 0);
}

void trace_go_create_slow(const G* newg) {
  if (trace_on.load_relaxed() == kTracePoints) return trace_slow(Ev::GoCreate, static_cast<i64>(newg->goid), 0);
  char text[512];
  Out at{text, sizeof(text)};
  at.put(newg->created.file != nullptr ? cstr(newg->created.file) : Str("runtime"));
  if (newg->created.file != nullptr) {
    at.put(':');
    at.put_i64(newg->created.line);
  }
  trace_text_slow(Ev::GoCreate, static_cast<i64>(newg->goid), at.str());
}

namespace {

// Writes RT0_TRACE's file name to out, with the process's id for each %p. False if it does not fit.
bool put_path(Str name, Out& out) {
  for (usize i = 0; i < name.len; i++) {
    if (name[i] != '%' || i + 1 == name.len || name[i + 1] != 'p') {
      out.put(name[i]);
      continue;
    }
    out.put_u64(linux_kernel.getpid());
    i++;
  }
  out.put('\0');
  return out.lost == 0;
}

// The descriptor to write the trace to. A file that cannot be opened ends the process. If another process writes its
// trace to the file, the program runs without a trace (-1), after a message: that process is usually the parent, from
// which the program has inherited RT0_TRACE, and which needs its child to run.
i32 open_file(Str name) {
  char path[4096];
  Out out{path, sizeof(path)};
  const SysResult fd = put_path(name, out) ? linux_kernel.open_alone(path) : SysResult{0, Errno::nametoolong};
  if (fd.ok()) return static_cast<i32>(fd.value);
  if (fd.err == Errno::again) {
    eprintf(
        "rt0: RT0_TRACE: another process writes its trace to %s, so this one has none; "
        "%%p in the name is the process's id\n",
        path);
    return -1;
  }
  eprintf("rt0: RT0_TRACE: cannot open %s: %s (errno %d)\n", name.ptr, errno_cstr(fd.err), static_cast<i32>(fd.err));
  linux_kernel.exit(2);  // not the simulated one's, which would complete a record
  __builtin_unreachable();
}

}  // namespace

void trace_open(Str name) {
  tracer.line_by_line = name == Str("-");
  if (!name.empty()) tracer.fd = tracer.line_by_line ? kStderr : open_file(name);
  if (tracer.fd < 0) {
    trace_on.store_relaxed(nothing_to_write());
    return;
  }
  lock(&tracer.lock);
  // The names of the entry points, which are among these events, contain the ISA.
  const TraceValue isa[] = {simulated != 0 ? Str(kDocumentsIsa) : Str(Isa::kName), Str("")};
  for (u32 i = 0; i < trace_early_n; i++) append_locked(0, static_cast<Ev>(trace_early[i]), isa);
  tracer.start_ns = kernel->tracetime();
  trace_on.store_relaxed(kTraceOn);
  unlock(&tracer.lock);
  const TraceValue value = cstr(kernel->name);
  write_event(Ev::TraceOpen, 0, Write::inside, &value);
}

void trace_flush() {
  M* mp = getg()->m;
  if (trace_on.load_relaxed() != kTraceOn || mp->intrace != 0) return;
  enter_tracer(mp);
  flush_locked();
  leave_tracer(mp);
}

bool trace_ends_by(u32 sig) {
  if (getg()->m->intrace == 0) return false;
  // Relaxed: this thread reads it when it leaves the tracer. If another thread reads it first, that thread ends the
  // process in its place.
  tracer.ends_by.store_relaxed(sig);
  return true;
}

}  // namespace rt0
