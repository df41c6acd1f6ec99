// Signals that the program has asked for: from the signal handler to the goroutine that hands them out. Go:
// sigqueue.go.
#pragma once

#include "base/check.h"
#include "base/types.h"
#include "kernel_iface/signum.h"

namespace rt0 {

// What a program cannot ask for: SIGKILL and SIGSTOP; SIGPROF; 32, 33 and 34, which C libraries use.
inline constexpr u64 kSigNever = sig_bit(9) | sig_bit(19) | sig_bit(27) | sig_bit(32) | sig_bit(33) | sig_bit(34);

// The goroutine that hands signals out is wired to its thread, the only one that does not block the wanted signals. It
// does this:
//   for (;;) {
//     const u32 seen = signal_seen();      // before it looks at anything
//     … look at what else signal_wake may have been called for …
//     if (const u64 set = signal_take(); set != 0) …
//     else signal_recv(seen);
//   }
u32 signal_seen();
// Sleeps until a signal has come or signal_wake was called since signal_seen returned `seen`; may return earlier.
void signal_recv(u32 seen) RT0_SYM("runtime.signal_recv");
void signal_wake();
// The signals that have come and were not taken yet. Any goroutine.
u64 signal_take();
// Unblocks on the calling thread the signals that are asked for now. Of the other signals it blocks those that all
// threads block.
void signal_mask();

// From now on the signal is queued. Go: signal_enable.
void signal_enable(u32 sig);
// From now on it is not. Then, when signal_mask has run on the receiving thread, signal_restore gives the signal the
// effect that it had before it was enabled or ignored. Go: signal_disable.
void signal_disable(u32 sig);
void signal_restore(u32 sig);
// The process takes no notice of it, whatever it was before; of a fault, only if a process has sent it. Go:
// signal_ignore.
void signal_ignore(u32 sig);
// Whether the program ignores it, or, as long as the program has not named it, the parent did.
bool signal_ignored(u32 sig);

}  // namespace rt0
