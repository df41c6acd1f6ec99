#include "runtime/panic/sigqueue.h"

#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "runtime/diag/fatal.h"
#include "runtime/panic/signal.h"
#include "sched/syscall.h"

namespace rt0 {

namespace {

// Of each pair, word 0 has signals 1 to 32, word 1 signals 33 to 64.
constinit struct {
  Atomic<u32> wanted[2];  // the handler queues these
  Atomic<u32> come[2];    // these have been queued, and signal_take has not taken them yet
  // Counts the signals that were queued, and the calls of signal_wake. The receiver sleeps while it does not change.
  Atomic<u32> wakes;
  // What each signal did before the first signal_enable or signal_ignore; valid where `changed` has it. Both belong to
  // the goroutine that changes signals, of which lib/signal lets only one at a time in.
  SigDisposition was[65];
  u64 changed;
  u64 named;  // the program has asked for these, or ignored them: from then on sigignored tells which are ignored
} queue = {};

u32 word(u32 sig) { return (sig - 1) / 32; }
u32 bit(u32 sig) { return u32{1} << (sig - 1) % 32; }

void wake_receiver() {
  (void)queue.wakes.add_seqcst(1);
  kernel->futexwakeup(&queue.wakes, 1);
}

// In the signal handler. The receiver reads `wakes`, then `come`, and sleeps only while `wakes` is what it has read;
// the handler writes `come`, then adds to `wakes`. If the receiver reads the sum, it also sees the signal, for the add
// releases it; if it reads less, it does not sleep. So it sleeps through no signal.
bool sigsend_queue(u32 sig) {
  if ((queue.wanted[word(sig)].load_acquire() & bit(sig)) == 0)
    return (sigignored[word(sig)].load_relaxed() & bit(sig)) != 0;
  (void)queue.come[word(sig)].or_acqrel(bit(sig));
  wake_receiver();
  return true;
}

// Sets how a signal is handled, and remembers how it was handled before the program first changed that. Of a signal
// that the parent process ignored it remembers the default effect, unless Go leaves such a signal ignored.
void change(u32 sig, SigDisposition how) {
  const SysResult r = kernel->setsig(sig, how);
  if (!r.ok() || (queue.changed & sig_bit(sig)) != 0) return;
  queue.changed |= sig_bit(sig);
  const SigDisposition was = static_cast<SigDisposition>(r.value);
  queue.was[sig] = was == SigDisposition::ignore && (kStaysIgnored & sig_bit(sig)) == 0 ? SigDisposition::dfl : was;
}

u64 wanted() { return u64{queue.wanted[1].load_seqcst()} << 32 | queue.wanted[0].load_seqcst(); }

}  // namespace

u64 signal_take() { return u64{queue.come[1].xchg_seqcst(0)} << 32 | queue.come[0].xchg_seqcst(0); }

u32 signal_seen() { return queue.wakes.load_seqcst(); }

void signal_recv(u32 seen) {
  spill_registers();
  entersyscallblock();
  kernel->futexsleep(&queue.wakes, seen, -1);
  exitsyscall();
}

void signal_wake() { wake_receiver(); }

void signal_mask() {
  minitSignalMask();
  const u64 mask = kernel->sigmask_block(0);
  kernel->sigmask_set(mask & ~wanted());
}

// The simulated kernel has no other process that could send a signal, and one host thread runs all of its threads: a
// signal keeps its effect there.
void signal_enable(u32 sig) {
  if (simulated != 0) return;
  sigsend.store_release(sigsend_queue);
  (void)queue.wanted[word(sig)].or_acqrel(bit(sig));
  queue.named |= sig_bit(sig);
  (void)sigignored[word(sig)].and_acqrel(~bit(sig));
  change(sig, SigDisposition::handler);
}

void signal_disable(u32 sig) { (void)queue.wanted[word(sig)].and_acqrel(~bit(sig)); }

void signal_restore(u32 sig) {
  const bool changed = (queue.changed & sig_bit(sig)) != 0;
  if (changed) (void)kernel->setsig(sig, queue.was[sig]);
  // As in Go, a signal that the parent ignored still counts as ignored if the program has ignored it, too, but not if
  // the program has asked for it.
  if (!changed || queue.was[sig] != SigDisposition::ignore) (void)sigignored[word(sig)].and_acqrel(~bit(sig));
}

// If rt0 needs the signal's handler, the handler stays, and does nothing for the signal (see sigsend_queue). The bit is
// set first, so that the signal has no other effect in between.
void signal_ignore(u32 sig) {
  if (simulated != 0) return;
  queue.named |= sig_bit(sig);
  (void)sigignored[word(sig)].or_acqrel(bit(sig));
  sigsend.store_release(sigsend_queue);
  if (!sig_needed(sig) && (kSigNever & sig_bit(sig)) == 0) change(sig, SigDisposition::ignore);
}

bool signal_ignored(u32 sig) {
  if ((queue.named & sig_bit(sig)) != 0) return (sigignored[word(sig)].load_relaxed() & bit(sig)) != 0;
  if ((kToldIgnored & sig_bit(sig)) == 0) return false;
  const SysResult r = kernel->setsig(sig, SigDisposition::keep);
  return r.ok() && static_cast<SigDisposition>(r.value) == SigDisposition::ignore;
}

}  // namespace rt0
