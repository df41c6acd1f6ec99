// Deferred calls; how panic and Goexit run them; recovery. Go: panic.go.
//
//   F1  Only the goroutine itself uses its g->defers, g->panics and g->recover_points while it runs.
//   F2  A record, a Panic and a RecoverPoint lie in frames of the goroutine. A frame is left in one of three ways: by
//       returning, which takes its records off; by a recovery, which runs or drops everything that is newer than the
//       recover point at which the goroutine goes on; or with the end of the goroutine.
//   F3  The links alone say which of two records is newer. Addresses do not: the compiler lays out a frame as it likes.
//
// Differs from Go: a frame can't be made to return from outside, so a recovered goroutine goes on at the newest recover
// point that is older than the deferred call that has recovered. Every deferred call has one around it, and so has
// main.main.
#include "runtime/panic/defer.h"

#include "rt0/runtime.h"  // IWYU pragma: keep (declares goexit_now, under its symbol)
#include "runtime/panic/panic.h"
#include "trace/trace.h"

namespace rt0 {

static_assert(Isa::kRecoverWords <= sizeof(RecoverPoint::context) / sizeof(void*),
              "RecoverPoint: the ISA needs more words");
static_assert(offsetof(RecoverPoint, context) == 0, "the assembly takes it for the context");

constinit Atomic<void (*)(const DeferRecord*, const RecoverPoint*)> recovery_hook{nullptr};

namespace {

void end_panic_defers() { (void)runningPanicDefers.sub_seqcst(1); }

// Runs what waits until nothing refers to p's value: p was recovered, or a newer panic or a Goexit has taken its place.
void run_undos(Panic* p) {
  while (DeferRecord* d = p->undos) {
    p->undos = d->link;
    d->fn(d);
  }
}

// Takes the newest record off and runs it. A panic that is recovered inside of the call makes this function return. It
// is not inlined, because setrecover comes back into its frame.
[[gnu::noinline]] void call_deferred(DeferRecord* d) {
  getg()->defers = d->link;
  RecoverPoint here;
  if (detail::setrecover(&here) == 0) d->fn(d);
}

// The goroutine's newest panic was recovered: goes on at rp, or ends the goroutine if rp is null. Go: recovery.
[[noreturn]] void recovered(RecoverPoint* rp) {
  G* gp = getg();
  trace(Ev::Recover);
  Panic* keep = rp != nullptr ? static_cast<Panic*>(rp->panics) : nullptr;
  // The panics that the recovered one replaced end with it. A Goexit does not: it goes on, and ends the goroutine.
  while (gp->panics != keep) {
    Panic* p = gp->panics;
    gp->panics = p->link;
    run_undos(p);
    if (p->goexit) run_goexit();
    if (!p->deferreturn) end_panic_defers();
  }
  if (gp->panics == nullptr) gp->sig = 0;
  gp->recover_points = rp;
  if constexpr (kLeavesFrames) leave_frames(rp);
  // Run the deferred calls of the scopes between here and rp; these scopes end without a panic.
  DeferRecord* end = rp != nullptr ? rp->defers : nullptr;
  Panic p{.link = gp->panics, .deferreturn = true};
  gp->panics = &p;
  while (gp->defers != end) call_deferred(gp->defers);
  gp->panics = p.link;
  if (rp != nullptr) recovery(rp);
  goexit1();
  __builtin_unreachable();
}

}  // namespace

void run_goexit() {
  if constexpr (kLeavesFrames) leave_by_goexit();
  G* gp = getg();
  Panic p{.link = gp->panics, .goexit = true};
  gp->panics = &p;
  while (DeferRecord* d = gp->defers) call_deferred(d);
  for (Panic* q = gp->panics; q != nullptr; q = q->link) {  // panics that this Goexit has aborted
    run_undos(q);
    if (!q->goexit && !q->deferreturn) end_panic_defers();
  }
  gp->panics = nullptr;
  gp->recover_points = nullptr;
  gp->sig = 0;
  goexit1();
  __builtin_unreachable();
}

void gopanic(Any value, const void* origin) {
  G* gp = getg();
  M* mp = gp->m;
  const TracePoint at = trace_here();
  const RuntimeError nil_error(text_of("panic called with nil argument"));
  if (value.type == nullptr && debug.panicnil != 1) value = {&detail::kType<RuntimeError>, &nil_error};
  if (gp != mp->curg.load_relaxed()) bad_panic(value, "panic on system stack");
  if (mp->locks != 0) bad_panic(value, "panic holding locks");
  if (tracing())
    trace_text(Ev::Panic, value.type != nullptr ? Str(value.type->name.ptr, value.type->name.len) : Str("nil"));
  Panic p{.value = value, .origin = origin, .link = gp->panics};
  gp->panics = &p;
  (void)runningPanicDefers.add_seqcst(1);
  while (DeferRecord* d = gp->defers) {
    RecoverPoint* to = d->recover_to;  // the record is gone when the call comes back
    call_deferred(d);
    if (!p.recovered) continue;
    if (auto tell = recovery_hook.load_relaxed())
      tell(d, to);  // relaxed: only one value is ever stored, and this goroutine's recover() has stored it
    recovered(to);
  }
  fatalpanic(&p, at);
}

namespace detail {

void defer_push(DeferRecord* d) {
  G* gp = getg();
  d->link = gp->defers;
  d->recover_to = gp->recover_points;
  gp->defers = d;
}

void defer_pop(DeferRecord* d) {
  G* gp = getg();
  if (has_run(gp, d)) return;
  check(gp->defers == d, "defer: records are not left in the order in which they were made");
  gp->defers = d->link;
}

bool is_panicking() {
  const Panic* p = getg()->panics;
  return p != nullptr && !p->goexit && !p->deferreturn;
}

// d's frame is passed by, but stays as it is until the goroutine goes on at a recover point (F2).
void defer_until_recovered(DeferRecord* d) {
  Panic* p = getg()->panics;
  d->link = p->undos;
  p->undos = d;
}

void defer_return(DeferRecord* d) {
  G* gp = getg();
  if (has_run(gp, d)) return;
  check(gp->defers == d, "defer: records are not left in the order in which they were made");
  Panic p{.link = gp->panics, .deferreturn = true};
  gp->panics = &p;
  call_deferred(d);
  gp->panics = p.link;
}

Any gorecover() {
  G* gp = getg();
  Panic* p = gp->panics;
  if (p == nullptr || p->goexit || p->deferreturn || p->recovered) return {nullptr, nullptr};
  // The recover points that are newer than the panic belong to the deferred call and to the functions that it calls.
  for (RecoverPoint* rp = gp->recover_points; rp != nullptr && rp->panics == p; rp = rp->link)
    if (rp->is_call) return {nullptr, nullptr};
  p->recovered = true;
  return p->value;
}

}  // namespace detail

RecoverPoint::RecoverPoint(bool call)
    : link(getg()->recover_points), panics(getg()->panics), defers(getg()->defers), is_call(call) {
  getg()->recover_points = this;
}
RecoverPoint::~RecoverPoint() {
  if (kLeavesFrames && returns_are_held(getg())) left_to(this);
  getg()->recover_points = link;
}

void call_with_recover_point(void (*f)(void*), void* arg) {
  RecoverPoint here(true);
  if (detail::setrecover(&here) == 0) f(arg);
}

void goexit_now() {
  run_goexit();
  __builtin_unreachable();
}

#ifdef RT0_EXCEPTIONS
// Not a loop up to a record, as in recovered(): a record is run as soon as its frame has been left. Records that lie in
// no frame of this stack wait for the last call, with limit ~0.
void run_left_defers(RecoverPoint* to, uintptr limit) {
  G* gp = getg();
  gp->recover_points = to;  // a landing pad may have left a point of a frame that has been left since
  const DeferRecord* const end = to != nullptr ? to->defers : nullptr;
  Panic p{.link = gp->panics, .deferreturn = true};
  gp->panics = &p;
  while (gp->defers != end) {
    const uintptr at = reinterpret_cast<uintptr>(gp->defers);
    if (limit != ~uintptr{0} && (at < reinterpret_cast<uintptr>(&p) || at >= limit)) break;
    call_deferred(gp->defers);
  }
  gp->panics = p.link;
}

void go_on(RecoverPoint* to) {
  getg()->recover_points = to;
  if (to != nullptr) recovery(to);
  goexit1();
  __builtin_unreachable();
}

void leave_by_goexit() {
  G* gp = getg();
  for (Panic* q = gp->panics; q != nullptr; q = q->link) {  // panics that this Goexit has aborted
    run_undos(q);
    if (!q->goexit && !q->deferreturn) end_panic_defers();
  }
  gp->panics = nullptr;
  gp->sig = 0;
  leave_frames(nullptr);
}
#endif

}  // namespace rt0
