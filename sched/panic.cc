// Go: panic.go. Differs: a panic can't be recovered yet, so it ends the process after printing.
//
// The texts and the exit status are Go's. Everything here must work when the runtime does not: no allocation, no lock that
// a broken state may hold (print_lock is not taken while m->dying), and a fault in here ends at once.
#include "sched/panic.h"

#include "kernel_iface/kernel.h"
#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "sched/debugvars.h"
#include "sched/defer.h"
#include "sched/print.h"
#include "sched/signal.h"
#include "sched/traceback.h"
#include "sched/tracer.h"

namespace rt0 {

constinit Atomic<u32> panicking{0};
constinit Atomic<u32> runningPanicDefers{0};

namespace {

// Held by the M that prints its end; the others wait, for ever if it exits the process.
constinit Mutex paniclk{{0}, LockRank::panic};

using ull = unsigned long long;  // what %llu takes

// Takes the right to die loudly. An M that fails while it does may try a second time; after that only exit helps.
// Go: startpanic_m.
void startpanic_m() {
  M* mp = getg()->m;
  mp->locks++;
  mp->dying++;
  if (mp->dying == 1) {
    (void)panicking.add_seqcst(1);
    lock(&paniclk);
    return;
  }
  if (mp->dying == 2) {
    eprintf("panic during panic\n");
    return;
  }
  kernel->exit(mp->dying == 3 ? 4 : 5);
}

// The tracebacks that a fatal error owes. On g0 or the signal stack. gp: whose error it is. Go: dopanic_m.
bool dopanic_m(G* gp, TracePoint at) {
  const TracebackLevel t = gotraceback();
  M* mp = getg()->m;
  Writer w(kStderr);
  if (t.level > 0) {
    bool all = t.all;
    if (gp != mp->curg) all = true;
    if (gp != mp->g0) {
      w.put('\n');
      goroutineheader(w, gp, t.level >= 2);
      traceback(w, gp, at, t.level);
    } else if (t.level >= 2) {
      w.put("\nruntime stack:\n");
      traceback(w, gp, at, t.level);
    }
    if (all) tracebackothers(w, gp, t.level);
  }
  return t.crash;
}

[[noreturn]] void die(G* gp, TracePoint at) {
  const bool crash = dopanic_m(gp, at);
  trace_flush();
  if (crash) kernel->raise_default(kSIGABRT);
  exit_process(2);
}

// text: what the value's own method says, or null. Go: printpanicval.
void put_value(Writer& w, Any v, const Text* text) {
  if (v.type == nullptr) {
    w.put("nil");
    return;
  }
  if (text != nullptr) {
    w.put(Str(text->ptr, text->len));
    return;
  }
  const Str name(v.type->name.ptr, v.type->name.len);
  if (v.type->operand == nullptr) {  // not printable: its type and where it lies
    w.fmt("(%.*s) %#llx", static_cast<i32>(name.len), name.ptr, static_cast<ull>(reinterpret_cast<uintptr>(v.data)));
    return;
  }
  if (v.type->is_named) {
    w.put(name);
    w.put('(');
  }
  put_arg(w, v.type->operand(v.data));
  if (v.type->is_named) w.put(')');
}

// Where the caller stands, for a traceback that begins with it. Not inlined: it looks at its own frame.
[[gnu::noinline]] TracePoint here() {
  const uintptr fp = Isa::frame_pointer();
  uintptr caller_fp;
  const uintptr pc = Isa::frame_return(fp, &caller_fp);
  return {pc, caller_fp, true};
}

[[noreturn]] void fatal_at(Str why, Throwing how, TracePoint at) {
  G* gp = getg();
  systemstack([&] {
    M* mp = gp->m;
    if (mp->throwing == Throwing::none) mp->throwing = how;
    trace_text(Ev::Throw, why);
    eprintf("fatal error: %.*s\n", static_cast<i32>(why.len), why.ptr);
    startpanic_m();
    die(gp, at);
  });
  __builtin_unreachable();
}

}  // namespace

void throw_(const char* why) { fatal_at(cstr(why), Throwing::runtime, here()); }
void fatal(Str why) { fatal_at(why, Throwing::user, here()); }

// The recovered panic's goroutine goes on at the innermost recover point. Not back.
[[noreturn]] static void recovered() {
  G* gp = getg();
  RecoverPoint* rp = gp->recover_points;
  Panic* keep = rp != nullptr ? static_cast<Panic*>(rp->panics) : nullptr;
  // Panics that this one replaced go with it; a Goexit does not, it takes over.
  for (Panic* p = gp->panics; p != keep; p = p->link) {
    gp->panics = p->link;
    if (p->goexit) run_goexit();
    if (!p->deferreturn) (void)runningPanicDefers.add_seqcst(static_cast<u32>(-1));
  }
  Panic p{{nullptr, nullptr}, gp->panics, false, false, true, false, {}};
  gp->panics = &p;
  run_defers(reinterpret_cast<uintptr>(rp));
  gp->panics = p.link;
  if (rp != nullptr) recovery(rp);
  if (gp->goid == 1) exit_process(0);  // main.main has returned
  goexit1();
  __builtin_unreachable();
}

void run_defers(uintptr end) {
  G* gp = getg();
  while (DeferRecord* d = gp->defers) {
    if (end != 0 && reinterpret_cast<uintptr>(d) >= end) return;
    gp->defers = d->link;
    d->fn(d);
  }
}

void run_goexit() {
  G* gp = getg();
  Panic p{{nullptr, nullptr}, gp->panics, false, true, false, false, {}};
  gp->panics = &p;
  run_defers(0);
  for (Panic* q = gp->panics; q != nullptr; q = q->link)  // panics that this Goexit has aborted
    if (!q->goexit && !q->deferreturn) (void)runningPanicDefers.add_seqcst(static_cast<u32>(-1));
  gp->panics = nullptr;
  gp->recover_points = nullptr;
  goexit1();
  __builtin_unreachable();
}

namespace detail {
void defer_push(DeferRecord* d) {
  d->link = getg()->defers;
  getg()->defers = d;
}
void defer_return(DeferRecord* d) {
  G* gp = getg();
  check(gp->defers == d, "defer: records are not left in the order in which they were made");
  gp->defers = d->link;
  Panic p{{nullptr, nullptr}, gp->panics, false, false, true, false, {}};
  gp->panics = &p;
  d->fn(d);
  gp->panics = p.link;
}
Any gorecover() {
  Panic* p = getg()->panics;
  if (p == nullptr || p->goexit || p->deferreturn || p->recovered) return {nullptr, nullptr};
  p->recovered = true;
  return p->value;
}
}  // namespace detail

RecoverPoint::RecoverPoint() : link(getg()->recover_points), panics(getg()->panics) { getg()->recover_points = this; }
RecoverPoint::~RecoverPoint() { getg()->recover_points = link; }

// Asks the values that have methods for their texts, before the lock of dying is held. Go: preprintpanics.
static void preprintpanics(Panic* p) {
  constexpr Interface kAsk[] = {Interface::error, Interface::stringer};
  for (; p != nullptr; p = p->link) {
    for (Interface i : kAsk) {
      if (p->value.type == nullptr || p->has_text) continue;
      if (const Itab* it = getitab(i, p->value.type); it->fn != nullptr) {
        p->text = it->fn(p->value.data);
        p->has_text = true;
      }
    }
  }
}

static void printpanics(Writer& w, const Panic* p) {
  while (p != nullptr && (p->deferreturn || p->goexit)) p = p->link;
  if (p == nullptr) return;
  if (p->link != nullptr) {
    printpanics(w, p->link);
    const Panic* q = p->link;
    while (q != nullptr && (q->deferreturn || q->goexit)) q = q->link;
    if (q != nullptr) w.put('\t');
  }
  w.put("panic: ");
  put_value(w, p->value, p->has_text ? &p->text : nullptr);
  if (p->recovered) w.put(" [recovered]");
  w.put('\n');
}

void gopanic(Any value) {
  G* gp = getg();
  M* mp = gp->m;
  check(gp == mp->curg, "panic on system stack");
  check(mp->locks == 0, "panic holding locks");
  const TracePoint at = here();
  Panic p{value, gp->panics, false, false, false, false, {}};
  gp->panics = &p;
  (void)runningPanicDefers.add_seqcst(1);
  while (DeferRecord* d = gp->defers) {
    gp->defers = d->link;
    d->fn(d);
    if (p.recovered) recovered();
  }
  preprintpanics(&p);
  systemstack([&] {
    startpanic_m();
    {
      Writer w(kStderr);
      printpanics(w, &p);
    }
    die(gp, at);
  });
  __builtin_unreachable();
}

void panic_any(Any value) { gopanic(value); }

void panic_plain(const char* text) {
  const PlainError e{text};
  gopanic({&kPlainErrorType, &e});
}

// On the signal stack: gp's own stack may be what is broken.
void die_of_signal(const char* title, const char* why, u32 sig, G* gp, const SigContext& c) {
  trace_text(Ev::Throw, cstr(why));
  startpanic_m();
  eprintf("%s%s\n", title, why);
  if (sig != 0)
    eprintf("[signal %s code=%#llx addr=%#llx pc=%#llx]\n", signal_text(sig),
            static_cast<ull>(static_cast<u32>(c.code)), static_cast<ull>(c.fault_addr), static_cast<ull>(c.pc));
  die(gp, {c.pc, c.fp, false});
}

void fatal_out_of_memory(usize n) {
  eprintf("runtime: out of memory: cannot allocate %llu-byte block (%llu in use)\n", static_cast<ull>(n),
          static_cast<ull>(heap_stats_unlocked().live_bytes));
  throw_("out of memory");
}

void check_failed() { fatal_at("runtime check failed", Throwing::runtime, here()); }

void badmcall() { check_failed(); }        // mcall called on g0's stack
void badmcall2() { check_failed(); }       // mcall's function returned
void badsystemstack() { check_failed(); }  // systemstack called from a goroutine that is not m->curg

void exit_process(i32 status) {
  trace_boot(Ev::exit);
  trace(Ev::Exit, status);
  kernel->exit(status);
  // The kernel has let us down. Fault for ever, as Go does, rather than run on.
  for (;;) *static_cast<volatile u32*>(nullptr) = 0;  // NOLINT(clang-analyzer-core.NullDereference): on purpose
}

}  // namespace rt0
