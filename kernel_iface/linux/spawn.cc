// A new process on Linux. Go: exec_linux.go forkAndExecInChild1.
//
// The child shares the parent's memory until it becomes the program, and the parent's thread stands still that long
// (CLONE_VM and CLONE_VFORK): a copy of the page tables would take a quarter of a second for 2 GB. So the child makes
// system calls and nothing else, for any lock may be held by a thread that it does not have; no handler of ours may run
// in it; and it leaves alone the frame that the parent's thread will go on in. QEMU makes a plain fork of it, whose
// memory is a copy: hence the pipe for the child's error.
#include "arch/arch.h"
#include "kernel_iface/kernel_io.h"
#include "kernel_iface/linux/io.h"
#include "kernel_iface/linux/linux.h"
#include "kernel_iface/linux/uapi.h"

namespace rt0 {

using namespace linux_abi;
using namespace uapi;

namespace {

constexpr i32 kStdFds = 3;

uintptr addr(const volatile void* p) { return reinterpret_cast<uintptr>(p); }

// Handlers are the parent's functions, and would run on what is the parent's memory as soon as the mask is open.
// Signals that are ignored stay so in the program.
void clear_handlers() {
  constexpr u32 kSignals = 64;
  for (u32 sig = 1; sig <= kSignals; sig++) {
    SigactionOf<kQuirks.sa_restorer != 0> sa = {};
    if (!io_sys(SYS_rt_sigaction, sig, 0, addr(&sa), kSigsetBytes).ok()) continue;
    if (reinterpret_cast<uintptr>(sa.handler) > 1) (void)linux_setsig(sig, SigDisposition::dfl);
  }
}

// In the child: descriptors, directory, signal mask, and then the program. Returns only with an error.
Errno become(const Spawn& s) {
  // Out of the way first, above 2: one may stand where another is to go.
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
  clear_handlers();
  linux_sigmask_set(s.sigmask);
  return io_sys(SYS_execve, addr(s.path), addr(s.argv), addr(s.envp)).err;
}

[[noreturn, gnu::noinline]] void child(const Spawn& s, i32 report) {
  // The report must not be where a descriptor of the program is to go.
  const SysResult up = io_sys(SYS_fcntl, static_cast<uintptr>(report), F_DUPFD_CLOEXEC, kStdFds);
  const i32 err = static_cast<i32>(up.ok() ? become(s) : up.err);
  (void)io_sys(SYS_write, up.ok() ? up.value : static_cast<uintptr>(report), addr(&err), sizeof(err));
  for (;;) (void)io_sys(SYS_exit_group, 127);
}

// Returns in the parent only. The child uses the stack below this function's frame, and never returns into it: what the
// parent finds there is what it has left. Nothing may lie below the frame, so the system call must not use the stack:
// on 386, where one with six arguments does, Isa has one for five.
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

// The child's error, through a pipe that closes by itself when the child has become the program.
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
  // A parent that ignores SIGCHLD has handed that down to us, and the kernel keeps no status of our children then.
  (void)linux_setsig(kSIGCHLD, SigDisposition::dfl);
  // No handler of ours may run in the child: see clear_handlers.
  const u64 mask = linux_sigmask_block(~u64{0});
  SysResult child = start<Isa>(*s, report[1], CLONE_VM | CLONE_VFORK);
  if (child.err == Errno::perm || child.err == Errno::nosys || child.err == Errno::inval)
    child = start<Isa>(*s, report[1], 0);  // forbidden in this form, perhaps
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
