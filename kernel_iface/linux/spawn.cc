// A new process on Linux. Go: exec_linux.go forkAndExecInChild. Differs: a plain fork, whose child has memory of its own and so can do
// no harm to the parent's; nothing but system calls is made in it, for it has no other thread, and any lock may be held by one of those.
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

SysResult fork() {
  const uintptr flags = kSIGCHLD;
  return kQuirks.clone_stack_first ? io_sys(SYS_clone, 0, flags) : io_sys(SYS_clone, flags, 0);
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
  linux_sigmask_set(s.sigmask);
  return io_sys(SYS_execve, addr(s.path), addr(s.argv), addr(s.envp)).err;
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
  // No handler of ours may run in the child: until it is the program, it has our handlers.
  const u64 mask = linux_sigmask_block(~u64{0});
  const SysResult child = fork();
  if (child.ok() && child.value == 0) {
    // The report must not be where a descriptor of the program is to go.
    const SysResult up = io_sys(SYS_fcntl, static_cast<uintptr>(report[1]), F_DUPFD_CLOEXEC, kStdFds);
    const i32 err = static_cast<i32>(up.ok() ? become(*s) : up.err);
    (void)io_sys(SYS_write, up.ok() ? up.value : static_cast<uintptr>(report[1]), addr(&err), sizeof(err));
    for (;;) (void)io_sys(SYS_exit_group, 127);
  }
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
