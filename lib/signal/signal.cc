// Hands out the signals that the program has asked for. Go: os/signal.
//
// One goroutine, the loop, receives them all and offers them to the channels. It starts with the first notify, and is
// wired to its thread. Wanted signals that all other threads block are unblocked on that thread alone (signal_mask).
//
//   `changing` is held by the goroutine that changes which signals are wanted, from beginning to end. It may wait for
//   the loop meanwhile.
//   `list` guards the handlers. The loop takes it for each signal, so no goroutine waits for the loop with `list` held.
#include "rt0/signal.h"

#include "base/atomic.h"
#include "base/guards.h"
#include "rt0/go.h"
#include "rt0/panic.h"
#include "rt0/runtime.h"
#include "rt0/select.h"
#include "rt0/sync.h"
#include "runtime/panic/sigqueue.h"

namespace rt0 {

namespace {

using os::Signal;

constexpr u32 kSignals = 64;

// Go's names. After each the text that a context's cause adds.
constexpr char kReceived[] = " signal received";
constexpr const char* kCauses[] = {
    "hangup signal received",
    "interrupt signal received",
    "quit signal received",
    "illegal instruction signal received",
    "trace/breakpoint trap signal received",
    "aborted signal received",
    "bus error signal received",
    "floating point exception signal received",
    "killed signal received",
    "user defined signal 1 signal received",
    "segmentation fault signal received",
    "user defined signal 2 signal received",
    "broken pipe signal received",
    "alarm clock signal received",
    "terminated signal received",
    "stack fault signal received",
    "child exited signal received",
    "continued signal received",
    "stopped (signal) signal received",
    "stopped signal received",
    "stopped (tty input) signal received",
    "stopped (tty output) signal received",
    "urgent I/O condition signal received",
    "CPU time limit exceeded signal received",
    "file size limit exceeded signal received",
    "virtual timer expired signal received",
    "profiling timer expired signal received",
    "window changed signal received",
    "I/O possible signal received",
    "power failure signal received",
    "bad system call signal received",
};

// "signal 32 signal received" and so on.
struct NumberText {
  char text[sizeof("signal 32 signal received")];
};
struct NumberTexts {
  NumberText at[kSignals - countof(kCauses)];
};
consteval NumberTexts number_texts() {
  NumberTexts t = {};
  for (u32 i = 0; i < countof(t.at); i++) {
    const u32 n = static_cast<u32>(countof(kCauses)) + 1 + i;
    constexpr char kText[] = "signal 00 signal received";
    for (u32 c = 0; c < sizeof(kText); c++) t.at[i].text[c] = kText[c];
    t.at[i].text[7] = static_cast<char>('0' + n / 10);
    t.at[i].text[8] = static_cast<char>('0' + n % 10);
  }
  return t;
}
constexpr NumberTexts kNumberTexts = number_texts();

const char* cause_text(Signal s) {
  const u32 n = static_cast<u32>(s.number());
  if (n == 0 || n > kSignals) return "signal ? signal received";
  return n <= countof(kCauses) ? kCauses[n - 1] : kNumberTexts.at[n - countof(kCauses) - 1].text;
}

// A channel, and what it asks for.
struct Handler {
  Chan<Signal> c;
  u64 set;
  Handler* next;
};

constinit sync::Mutex changing{}, list{};
Handler* handlers GUARDED_BY(list) = nullptr;
bool loop_runs GUARDED_BY(changing) = false;
// The loop sends to it when it has set its thread's mask as asked. Made once, under `changing`, before the loop begins.
Chan<Unit>* masked = nullptr;
Atomic<u32> mask_wanted{0};  // 1: the loop is to set its thread's mask; set under `changing`

void offer(u64 set) {
  list.lock();
  for (u32 n = 1; n <= kSignals; n++) {
    if ((set & sig_bit(n)) == 0) continue;
    for (Handler* h = handlers; h != nullptr; h = h->next)
      if ((h->set & sig_bit(n)) != 0) (void)h->c.try_send(Signal(static_cast<int>(n)));
  }
  list.unlock();
}

[[noreturn]] void loop() {
  lock_os_thread();
  for (;;) {
    const u32 seen = signal_seen();
    if (mask_wanted.xchg_acqrel(0) != 0) {
      signal_mask();
      masked->send({});
    }
    if (const u64 set = signal_take(); set != 0) offer(set);
    else signal_recv(seen);
  }
}

// Returns when the loop's thread has unblocked the signals that are wanted now.
void set_mask() REQUIRES(changing) {
  if (!loop_runs) return;
  mask_wanted.store_seqcst(1);
  signal_wake();
  (void)masked->recv();
}

// The signals that any handler asks for.
u64 wanted() {
  u64 set = 0;
  list.lock();
  for (const Handler* h = handlers; h != nullptr; h = h->next) set |= h->set;
  list.unlock();
  return set;
}

// These signals have no Handler any more: gives them back the effect that they had before, or ignores them (ignore).
void disable(u64 set, bool ignore) REQUIRES(changing) {
  for (u32 n = 1; n <= kSignals; n++) {
    if ((set & sig_bit(n)) == 0) continue;
    if (ignore) signal_ignore(n);  // while it is still asked for: else it would have its default effect in between
    signal_disable(n);
  }
  set_mask();
  for (u32 n = 1; n <= kSignals && !ignore; n++)
    if ((set & sig_bit(n)) != 0) signal_restore(n);
}

}  // namespace

const char* Signal::data() const { return cause_text(*this); }
size_t Signal::size() const { return __builtin_strlen(cause_text(*this)) - (sizeof(kReceived) - 1); }

void detail::signal_notify(const Chan<Signal>& c, u64 set) {
  if (!c) panic("os/signal: Notify using nil channel");
  set &= ~kSigNever;
  changing.lock();
  if (!loop_runs && simulated == 0) {  // no signal comes on the simulated kernel, so nothing is there to hand out
    loop_runs = true;
    masked = new Chan<Unit>(0);
    go([] { loop(); });
  }
  const u64 before = wanted();
  list.lock();
  Handler* h = handlers;
  while (h != nullptr && h->c != c) h = h->next;
  if (h == nullptr) handlers = h = new Handler{c, 0, handlers};
  h->set |= set;
  list.unlock();
  for (u32 n = 1; n <= kSignals; n++)
    if ((set & ~before & sig_bit(n)) != 0) signal_enable(n);
  if ((set & ~before) != 0) set_mask();
  changing.unlock();
}

void signal::stop(const Chan<Signal>& c) {
  changing.lock();
  offer(signal_take());  // signals that came before this call are still sent to c
  const u64 before = wanted();
  list.lock();
  Handler* found = nullptr;
  for (Handler** at = &handlers; *at != nullptr; at = &(*at)->next)
    if ((*at)->c == c) {
      found = *at;
      *at = found->next;
      break;
    }
  list.unlock();
  delete found;
  if (const u64 gone = before & ~wanted(); gone != 0) disable(gone, false);
  changing.unlock();
}

void detail::signal_cancel(u64 set, bool ignore) {
  changing.lock();
  list.lock();
  for (Handler* h = handlers; h != nullptr; h = h->next) h->set &= ~set;
  list.unlock();
  disable(set, ignore);
  changing.unlock();
}

bool signal::ignored(Signal sig) {
  const u32 n = static_cast<u32>(sig.number());
  if (n < 1 || n > kSignals) return false;
  changing.lock();
  const bool is = signal_ignored(n);
  changing.unlock();
  return is;
}

void detail::signal_wait(const context::WithCancelCause& w, const Chan<Signal>& c) {
  if (w.ctx.err()) return;
  go([w, c] {
    select(recv(c, [&](Signal s, bool) { w.cancel(context::Error(cause_text(s))); }), recv(w.ctx.done(), [] {}));
  });
}

}  // namespace rt0
