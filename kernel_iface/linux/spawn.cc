// A new process on Linux. Go: exec_linux.go forkAndExecInChild1.
//
// The child shares the parent's memory until it becomes the program, and the parent's thread is stopped until then
// (CLONE_VM and CLONE_VFORK): a copy of the page tables would take a quarter of a second for 2 GB. So
//   - the child makes system calls and nothing else: any lock may be held by a thread that the child does not have;
//   - no signal handler of rt0's may run in the child;
//   - the child must not write to the stack frame in which the parent's thread goes on.
// QEMU makes a plain fork instead, whose memory is a copy. So the child can't report an error through memory, and does
// so through a pipe.
#include "arch/arch.h"
#include "kernel_iface/kernel_io.h"
#include "kernel_iface/linux/io.h"
#include "kernel_iface/linux/linux.h"
#include "kernel_iface/linux/uapi.h"
#include "kernel_iface/signum.h"

namespace rt0 {

using namespace linux_abi;
using namespace uapi;

namespace {

constexpr i32 kStdFds = 3;

uintptr addr(const volatile void* p) { return reinterpret_cast<uintptr>(p); }

SigDisposition present(u32 sig) { return static_cast<SigDisposition>(linux_setsig(sig, SigDisposition::keep).value); }

// Sets each signal that has a handler to its default action. A handler is a function of the parent's: as soon as
// signals are unblocked it could run in the child, and change the parent's memory. Signals stay ignored in the program
// if the parent has ignored them by signal::ignore (`ignored`), or if Go would leave them ignored: its programs have
// handlers for all others. SIGURG has a handler in the parent even if it is ignored.
void clear_handlers(u64 ignored) {
  constexpr u32 kSignals = 64;
  for (u32 sig = 1; sig <= kSignals; sig++) {
    const SigDisposition now = present(sig);
    const bool asked = (ignored & sig_bit(sig)) != 0;
    if (now == SigDisposition::handler)
      (void)linux_setsig(sig, asked && sig == kSIGURG ? SigDisposition::ignore : SigDisposition::dfl);
    else if (now == SigDisposition::ignore && !asked && (kStaysIgnored & sig_bit(sig)) == 0)
      (void)linux_setsig(sig, SigDisposition::dfl);
  }
}

// Runs in the child: sets descriptors, directory and signal mask, then executes the program. Returns only an error.
Errno become(const Spawn& s) {
  // First moves all descriptors above 2: one may have the number that another one is to get.
  i32 moved[kStdFds];
  for (i32 i = 0; i < kStdFds; i++) {
    moved[i] = -1;
    if (s.fds[i] < 0) continue;
    const SysResult r = io_sys(SYS_fcntl, static_cast<uintptr>(s.fds[i]), F_DUPFD_CLOEXEC, kStdFds);
    if (!r.ok()) return r.err;
    moved[i] = static_cast<i32>(r.value);
  }
  for (i32 i = 0; i < kStdFds; i++) {
    const SysResult r = moved[i] < 0 ? io_sys(SYS_close, static_cast<uintptr>(i))
                                     : io_sys(SYS_dup3, static_cast<uintptr>(moved[i]), static_cast<uintptr>(i), 0);
    if (!r.ok() && moved[i] >= 0) return r.err;
  }
  if (s.dir != nullptr)
    if (const SysResult r = io_sys(SYS_chdir, addr(s.dir)); !r.ok()) return r.err;
  restore_nofile();
  clear_handlers(s.ignored);
  linux_sigmask_set(s.sigmask);
  return io_sys(SYS_execve, addr(s.path), addr(s.argv), addr(s.envp)).err;
}

[[noreturn, gnu::noinline]] void child(const Spawn& s, i32 report) {
  // The report's pipe must not have a number that a descriptor of the program is to get.
  const SysResult up = io_sys(SYS_fcntl, static_cast<uintptr>(report), F_DUPFD_CLOEXEC, kStdFds);
  const i32 err = static_cast<i32>(up.ok() ? become(s) : up.err);
  (void)io_sys(SYS_write, up.ok() ? up.value : static_cast<uintptr>(report), addr(&err), sizeof(err));
  for (;;) (void)io_sys(SYS_exit_group, 127);
}

// Returns in the parent only. The child uses the stack below this function's frame and never returns into the frame, so
// the parent finds its frame unchanged. The child overwrites what lies below the frame, so the system call must keep
// nothing there: on 386, where a call with six arguments uses the stack, Isa has a call with five.
template <class I>
[[gnu::noinline]] SysResult start(const Spawn& s, i32 report, uintptr flags) {
  flags |= kSIGCHLD;
  const uintptr first = kQuirks.clone_stack_first ? 0 : flags, second = kQuirks.clone_stack_first ? flags : 0;
  uintptr r;
  if constexpr (requires { I::syscall5; }) r = I::syscall5(SYS_clone, first, second, 0, 0, 0);
  else r = I::syscall6(SYS_clone, first, second, 0, 0, 0, 0);
  if (r == 0) child(s, report);
  return SysResult::of(r);
}

// Reads the child's error from the pipe, or ok at its end: its writing end closes when the child becomes the program.
Errno read_error(i32 fd) {
  i32 err = 0;
  for (;;) {
    const SysResult r = io_sys(SYS_read, static_cast<uintptr>(fd), addr(&err), sizeof(err));
    if (r.err == Errno::intr) continue;
    return r.ok() && r.value == sizeof(err) ? static_cast<Errno>(err) : Errno::ok;
  }
}

}  // namespace

SysResult linux_spawn(const Spawn* s) {
  i32 report[2];
  if (const SysResult r = io_sys(SYS_pipe2, addr(report), O_CLOEXEC); !r.ok()) return r;
  // If this process's parent ignored SIGCHLD, this process has inherited that, and the kernel would keep no status of
  // its children. The handler ignores a SIGCHLD that the program has not asked for. The handler is set here, and not
  // the default action, because signal::notify may set it at the same time: then either order has the same effect.
  if ((s->ignored & sig_bit(kSIGCHLD)) == 0 && present(kSIGCHLD) == SigDisposition::ignore)
    (void)linux_setsig(kSIGCHLD, SigDisposition::handler);
  // No signal handler of rt0's may run in the child: see clear_handlers.
  const u64 mask = linux_sigmask_block(~u64{0});
  SysResult child = start<Isa>(*s, report[1], CLONE_VM | CLONE_VFORK);
  if (child.err == Errno::perm || child.err == Errno::nosys || child.err == Errno::inval)
    child = start<Isa>(*s, report[1], 0);  // a filter may forbid these flags: a plain fork
  linux_sigmask_set(mask);
  (void)io_sys(SYS_close, static_cast<uintptr>(report[1]));
  SysResult result = child;
  if (child.ok()) {
    if (const Errno err = read_error(report[0]); err != Errno::ok) {
      i32 status;
      while (io_sys(SYS_wait4, child.value, addr(&status), 0, 0).err == Errno::intr) {}
      result = {0, err};
    }
  }
  (void)io_sys(SYS_close, static_cast<uintptr>(report[0]));
  return result;
}

}  // namespace rt0
