// The simulated kernel's table of calls, and sim_open, which puts it into force.
//
// Calls about memory, signal handlers, standard streams, files and the process's end are passed on to the host.
// Threads, futexes, the clock, random bytes and preemption signals are simulated.
#include "kernel_iface/kernel.h"

#include "kernel_iface/sim/sim.h"

namespace rt0 {

using namespace sim;

namespace {

constexpr u32 kSigurg = 23, kSigvtalrm = 26;
constexpr u64 kSigvtalrmBit = u64{1} << (kSigvtalrm - 1);

// The time at which a sleep of ns ends. Never 0, which would mean "no deadline".
i64 until(i64 ns) { return state.now + ns + (fault(Choice::late) != 0 ? 1000 * 1000 + ns / 2 : 0); }

void sim_exit(i32 status) {
  record_close(true);
  linux_kernel.exit(status);
}
void sim_exit_thread(Atomic<u32>* done) {
  done->store_release(0);
  thread_exit();
}

// Writes what the program prints. The tracer does not come here, it writes to the host: see runtime/diag/tracer.cc.
SysResult sim_write(i32 fd, const void* p, usize n) {
  point(kCallNs);
  if (fault(Choice::intr) != 0) return {0, Errno::intr};
  return linux_kernel.write(fd, p, shortened(n));
}

i64 sim_nanotime() { return state.now += kClockNs; }
// The fault "jump": the wall clock is set, by a second or an hour, forwards or back. The other clock does not change.
i64 sim_walltime() {
  constexpr i64 kSecond = 1000 * 1000 * 1000, kHour = 3600 * kSecond;
  constexpr i64 kJumps[] = {0, kSecond, -kSecond, kHour, -kHour};
  state.epoch_ns += kJumps[fault(Choice::jump, {}, 4)];
  return state.epoch_ns + sim_nanotime();
}
i64 sim_tracetime() { return state.now; }

void sim_usleep(u32 us) {
  state.now += kCallNs;
  if (fault(Choice::intr) != 0) return point(0);
  (void)block(nullptr, until(i64{us} * 1000));
}
void sim_osyield() {
  state.now += kCallNs;
  yield();
}

void sim_futexsleep(Atomic<u32>* a, u32 val, i64 ns) {
  point(kCallNs);
  if (a->load_seqcst() != val || fault(Choice::spurious) != 0 || fault(Choice::intr) != 0) return;
  (void)block(a, ns < 0 ? 0 : until(ns));
}
void sim_futexwakeup(Atomic<u32>* a, u32 count) {
  (void)wake(a, count);
  point(kCallNs);
}

SysResult sim_mem_map(void* hint, usize n) {
  if (fault(Choice::nomem) != 0) return {0, Errno::nomem};
  return linux_kernel.mem_map(hint, n);
}
// The number of calls about memory depends on the size of a word, so only faults=enomem makes a choice here: without it
// a record has to be the same on each ISA. Therefore the fault enosys leaves mem_guard out.
SysResult sim_mem_dontneed(void* p, usize n) {
  if (fault(Choice::nomem) != 0) return {0, Errno::nomem};
  return linux_kernel.mem_dontneed(p, n);
}

i32 sim_getproccount() { return static_cast<i32>(state.opt.number[kProcs]); }
usize sim_getHugePageSize() { return 0; }
bool sim_getrandom(void* p, usize n) {
  if (fault(Choice::nosys) != 0) return false;
  u8* at = static_cast<u8*>(p);
  for (usize i = 0; i < n; i++) at[i] = static_cast<u8>(next_random(&state.data_rand));
  return true;
}

SysResult sim_newosproc(uintptr stack_hi, uintptr* tls) {
  state.now += kCallNs;
  if (fault(Choice::again) != 0) return {0, Errno::again};
  const Thread* t = thread_new(stack_hi, reinterpret_cast<G*>(tls[0]));
  if (t == nullptr) return {0, Errno::again};
  const u64 tid = t->tid;
  point(0, {'t', static_cast<i64>(tid)});
  return {static_cast<uintptr>(tid), Errno::ok};
}
u64 sim_gettid() { return state.running->tid; }
u64 sim_getpid() { return 1; }  // the main thread's id, as on Linux

// Only the preemption signal is simulated. Any other signal that rt0 sends has to end the process, so the host sends
// it.
SysResult sim_tgkill(u64 tid, u32 sig) {
  if (sig != kSigurg) return linux_kernel.tgkill(linux_kernel.gettid(), sig);
  Thread* t = thread_find(tid);
  if (t == nullptr) return {0, Errno::inval};
  t->preempt_sent = true;
  if (t == state.running) state.attention |= kSent;
  point(kCallNs, {'t', static_cast<i64>(tid)});
  return {};
}

SysResult sim_setsig(u32 sig, SigDisposition how) {
  return sig == kSigurg ? SysResult{} : linux_kernel.setsig(sig, how);
}
// The simulation runs on one host thread, so it has one alternate signal stack: m0's, which is never freed. One is
// enough, because a handler does not switch to another simulated thread unless the process is about to end.
void sim_sigaltstack(void* lo, usize n) {
  if (state.running->tid == 1) linux_kernel.sigaltstack(lo, n);
}
// Only the main thread sets the host's signal mask, once, at the start.
u64 sim_sigmask_block(u64 set) {
  if (state.mask_saved) return 0;
  state.mask_saved = true;
  return linux_kernel.sigmask_block(set & ~kSigvtalrmBit);
}
void sim_sigmask_set(u64 mask) {
  if (state.running->tid == 1) linux_kernel.sigmask_set(mask & ~kSigvtalrmBit);
}

void sim_raise_default(u32 sig) {
  record_close(false);
  linux_kernel.raise_default(sig);
}

}  // namespace

constinit const Kernel sim_kernel = {
    .name = "sim",
    .exit = sim_exit,
    .exit_thread = sim_exit_thread,
    .write = sim_write,
    .read = linux_read,
    .open = linux_open,
    .open_alone = linux_open_alone,
    .close = linux_close,
    .open_std_fds = linux_open_std_fds,
    .nanotime = sim_nanotime,
    .tracetime = sim_tracetime,
    .walltime = sim_walltime,
    .usleep = sim_usleep,
    .osyield = sim_osyield,
    .futexsleep = sim_futexsleep,
    .futexwakeup = sim_futexwakeup,
    .mem_map = sim_mem_map,
    .mem_unmap = linux_mem_unmap,
    .mem_protect = linux_mem_protect,
    .mem_guard = linux_mem_guard,
    .mem_dontneed = sim_mem_dontneed,
    .mem_resident = [](const void*, usize, u8*) { return SysResult{0, Errno::nosys}; },  // differs between ISAs
    .getproccount = sim_getproccount,
    .getHugePageSize = sim_getHugePageSize,
    .getrandom = sim_getrandom,
    .start = linux_start,
    .newosproc = sim_newosproc,
    .gettid = sim_gettid,
    .getpid = sim_getpid,
    .tgkill = sim_tgkill,
    .setsig = sim_setsig,
    .sigaltstack = sim_sigaltstack,
    .sigmask_block = sim_sigmask_block,
    .sigmask_set = sim_sigmask_set,
    .sigcontext = linux_sigcontext,
    .sigcontext_set_pc = linux_sigcontext_set_pc,
    .sigcontext_call = linux_sigcontext_call,
    .sigcontext_regs = linux_sigcontext_regs,
    .raise_default = sim_raise_default,
    .cpu_alarm = linux_cpu_alarm,
};

namespace sim {

constinit bool reading_head = false;

void refuse(const char* format, ...) {
  __builtin_va_list args;
  __builtin_va_start(args, format);
  Writer w(kStderr, linux_kernel.write);
  const bool at = *format == '@';
  w.fmt("rt0: RT0_SIM: ");
  if (at || reading_head) w.fmt("replay=%.*s: ", RT0_STR(state.opt.replay));
  if (reading_head) w.fmt("the record's head is not understood: ");
  w.vfmt(format + at, args);
  w.put('\n');
  w.flush();
  linux_kernel.exit(simulated != 0 ? kExitReplay : 2);
  __builtin_unreachable();
}

const char* print(char* buf, usize room, const char* format, ...) {
  __builtin_va_list args;
  __builtin_va_start(args, format);
  Writer w(buf, room - 1);
  w.vfmt(format, args);
  __builtin_va_end(args);
  w.flush();
  buf[room - 1 - w.room()] = '\0';
  return buf;
}

void rehearsal_over() {
  linux_kernel.exit(0);
  __builtin_unreachable();
}

void rehearse() {
  constexpr u32 kMostRehearsed = 100 * 1000;  // choices of a program that goes on for ever
  u32* steps;
  const Rehearsal r = linux_rehearse(&steps);
  if (r == Rehearsal::failed) refuse("steps=N is wanted: no second process can count them");
  if (r == Rehearsal::over) {
    state.opt.number[kSteps] = max(*steps, 1u);
    return;
  }
  state.rehearsal = true;
  state.step = steps;
  state.opt.depth = state.opt.strategy == Strategy::pct ? 1 : 0;  // no moments
  if (state.opt.limit_choices == 0) state.opt.limit_choices = kMostRehearsed;
}

}  // namespace sim

bool sim_open(Str spec, Str program, Span<char*> args) {
  parse_options(spec, ',', &state.opt);
  if (!state.opt.replay.empty() && state.opt.strategy != Strategy::fifo) refuse("replay: the record has the strategy");
  record_open(program, args);
  strategy_start();
  thread_start();
  simulated = 1;
  kernel = &sim_kernel;
  return !state.rehearsal;
}

void sim_watchdog_arm() { linux_kernel.cpu_alarm(static_cast<u32>(state.opt.number[kSpin])); }

}  // namespace rt0
