// Signals on Linux: dispositions, masks, the alternate stack, and reading and changing a handler's ucontext.
#include "arch/arch.h"
#include "kernel_iface/linux/interrupted.h"
#include "kernel_iface/linux/linux.h"
#include "kernel_iface/linux/uapi.h"

namespace rt0 {

using namespace linux_abi;
using namespace uapi;

void sigtramp(int sig, void* info, void* uctx) __asm__("runtime.sigtramp");
void sigreturn() __asm__("runtime.sigreturn");

namespace {
uintptr addr(const volatile void* p) { return reinterpret_cast<uintptr>(p); }
}  // namespace

SysResult linux_setsig(u32 sig, SigDisposition how) {
  SigactionOf<kQuirks.sa_restorer != 0> sa = {};
  sa.flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | kQuirks.sa_restorer;
  sa.restorer = sigreturn;
  sa.mask = Sigset::of(~u64{0});
  switch (how) {
    case SigDisposition::dfl: sa.handler = nullptr; break;
    case SigDisposition::ignore: sa.handler = reinterpret_cast<void (*)(int, void*, void*)>(1); break;
    case SigDisposition::handler: sa.handler = sigtramp; break;
    case SigDisposition::keep: break;
  }
  decltype(sa) old = {};
  const uintptr now = how == SigDisposition::keep ? 0 : addr(&sa);
  SysResult r = SysResult::of(Isa::syscall6(SYS_rt_sigaction, sig, now, addr(&old), kSigsetBytes, 0, 0));
  const uintptr was = reinterpret_cast<uintptr>(old.handler);
  r.value = static_cast<uintptr>(was == 0   ? SigDisposition::dfl
                                 : was == 1 ? SigDisposition::ignore
                                            : SigDisposition::handler);
  return r;
}

void linux_sigaltstack(void* lo, usize n) {
  StackT ss = {};
  ss.sp = lo;
  ss.size = lo == nullptr ? 0 : n - kQuirks.sigaltstack_pad;
  ss.flags = lo == nullptr ? SS_DISABLE : 0;
  check(SysResult::of(Isa::syscall6(SYS_sigaltstack, addr(&ss), 0, 0, 0, 0, 0)).ok(), "sigaltstack refused");
}

u64 linux_sigmask_block(u64 signals) {
  Sigset set = Sigset::of(signals), old = {};
  (void)Isa::syscall6(SYS_rt_sigprocmask, SIG_BLOCK, addr(&set), addr(&old), kSigsetBytes, 0, 0);
  return old.bits();
}
void linux_sigmask_set(u64 mask) {
  Sigset set = Sigset::of(mask);
  (void)Isa::syscall6(SYS_rt_sigprocmask, SIG_SETMASK, addr(&set), 0, kSigsetBytes, 0, 0);
}

// Hands the address to rt_sigprocmask as a new mask, with a "how" that does not exist. The kernel copies the mask
// before it looks at "how": the error is EFAULT if the address can't be read, else EINVAL, and the mask never changes.
bool page_readable(uintptr a) {
  constexpr uintptr kNoSuchHow = 99;
  return SysResult::of(Isa::syscall6(SYS_rt_sigprocmask, kNoSuchHow, a, 0, kSigsetBytes, 0, 0)).err != Errno::fault;
}

SigContext linux_sigcontext(void* info, void* uctx) {
  const Siginfo* si = static_cast<const Siginfo*>(info);
  const Ucontext* uc = static_cast<const Ucontext*>(uctx);
  return {uc->pc(), uc->sp(), uc->fp(), si->addr, si->code, uc->lr()};
}

void linux_sigcontext_call(void* uctx, uintptr pc, bool comes_back, uintptr stack) {
  Ucontext* uc = static_cast<Ucontext*>(uctx);
  if (comes_back) {
    uc->interrupt(pc, Isa::kRedZone, stack);
    return;
  }
  uc->uncall();
  uc->call(pc, save_interrupted(*uc, Isa::kRedZone + (uc->sp() - Isa::kRedZone) % Isa::kStackAlign));
}

void linux_sigcontext_set_pc(void* uctx, uintptr pc) { static_cast<Ucontext*>(uctx)->set_pc(pc); }

u32 linux_sigcontext_regs(const void* uctx, SigReg* out) {
  static_assert(countof(kRegNames) <= kMaxSigRegs);
  u32 n = 0;
  for (const RegName& r : kRegNames) {
    const u8* at = static_cast<const u8*>(uctx) + r.at;
    u16 half = 0;
    uintptr word = 0;
    if (r.bytes == sizeof(half)) __builtin_memcpy(&half, at, sizeof(half));
    else __builtin_memcpy(&word, at, sizeof(word));
    out[n++] = {r.name, r.bytes == sizeof(half) ? half : word};
  }
  return n;
}

// Unblocks this signal only. Other pending signals stay blocked: the process must end by this one.
void linux_raise_default(u32 sig) {
  (void)linux_setsig(sig, SigDisposition::dfl);
  Sigset set = Sigset::of(u64{1} << (sig - 1));
  (void)Isa::syscall6(SYS_rt_sigprocmask, SIG_UNBLOCK, addr(&set), 0, kSigsetBytes, 0, 0);
  (void)linux_kernel.tgkill(linux_kernel.gettid(), sig);
}

// The array is a struct itimerval: the interval, then the time to the first signal. Each has seconds and microseconds,
// a word each.
void linux_cpu_alarm(u32 ms) {
  constexpr uintptr kItimerVirtual = 1;
  const uintptr s = ms / 1000, us = uintptr{ms} % 1000 * 1000;
  const uintptr timer[4] = {s, us, s, us};
  (void)Isa::syscall6(SYS_setitimer, kItimerVirtual, addr(timer), 0, 0, 0, 0);
}

}  // namespace rt0
