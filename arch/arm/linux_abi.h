// linux/arm (EABI): system call numbers and the layouts that differ between ISAs.
#pragma once

#include "arch/generic/linux_sigframe.h"
#include "arch/generic/linux_stat.h"

namespace rt0::linux_abi {

inline constexpr uintptr SYS_exit = 1, SYS_read = 3, SYS_write = 4, SYS_close = 6, SYS_execve = 11, SYS_chdir = 12,
                         SYS_getpid = 20, SYS_kill = 37, SYS_getppid = 64, SYS_munmap = 91, SYS_setitimer = 104,
                         SYS_wait4 = 114, SYS_fsync = 118, SYS_clone = 120, SYS_uname = 122, SYS_mprotect = 125,
                         SYS_lseek = 140, SYS_sched_yield = 158, SYS_rt_sigreturn = 173, SYS_rt_sigaction = 174,
                         SYS_rt_sigprocmask = 175, SYS_pread64 = 180, SYS_pwrite64 = 181, SYS_getcwd = 183,
                         SYS_getdents64 = 217, SYS_sigaltstack = 186, SYS_mmap = 192, SYS_ftruncate = 194,
                         SYS_getuid = 199, SYS_mincore = 219, SYS_madvise = 220, SYS_fcntl = 221, SYS_gettid = 224,
                         SYS_sched_getaffinity = 242, SYS_exit_group = 248, SYS_epoll_ctl = 251, SYS_tgkill = 268,
                         SYS_socket = 281, SYS_bind = 282, SYS_connect = 283, SYS_listen = 284, SYS_getsockname = 286,
                         SYS_getpeername = 287, SYS_socketpair = 288, SYS_sendto = 290, SYS_recvfrom = 292,
                         SYS_shutdown = 293, SYS_setsockopt = 294, SYS_getsockopt = 295, SYS_openat = 322,
                         SYS_mkdirat = 323, SYS_unlinkat = 328, SYS_epoll_pwait = 346, SYS_eventfd2 = 356,
                         SYS_epoll_create1 = 357, SYS_dup3 = 358, SYS_pipe2 = 359, SYS_accept4 = 366,
                         SYS_renameat = 329, SYS_fstatat = 327, SYS_prlimit64 = 369, SYS_flock = 143,
                         SYS_getrandom = 384, SYS_statx = 397, SYS_clock_gettime = 403, SYS_clock_nanosleep = 407,
                         SYS_ppoll = 414, SYS_futex = 422, SYS_prctl = 172;
inline constexpr uintptr kSetTls = 0xf0005;

using OldStat = Stat64;
static_assert(sizeof(OldStat) == 104);

inline constexpr Quirks kQuirks = {.o_directory = 040000, .o_largefile = 0400000, .aligned_pairs = true};

struct Ucontext {
  uintptr flags;
  Ucontext* link;
  StackT stack;
  u32 trap_no, error_code, oldmask, r[16], cpsr, fault_address;
  Sigset sigmask;
  u32 unused[30];
  alignas(8) u32 coprocessors[128];

  uintptr pc() const { return r[15]; }
  void set_pc(uintptr to) { r[15] = to; }
  uintptr sp() const { return r[13]; }
  uintptr fp() const { return r[11]; }
  uintptr lr() const { return r[14]; }
  static constexpr usize kKept = 4;  // see Interrupted

  // If the context was interrupted because it called address 0, moves it back to the call instruction.
  void uncall() {
    if (r[15] == 0) r[15] = r[14] - 4;
  }
  // Makes a frame below `sp`, in the layout of the compiler in use, whose function returns to lr(). See
  // Kernel::sigcontext_call.
  uintptr push_link(uintptr sp) {
    uintptr* frame = reinterpret_cast<uintptr*>(sp) - 4;
#ifdef __clang__
    constexpr usize kFp = 0, kReturn = 1;
#else
    constexpr usize kFp = 3, kReturn = 2;
#endif
    frame[0] = r[11];
    frame[kReturn] = r[14];
    r[11] = reinterpret_cast<uintptr>(&frame[kFp]);
    return reinterpret_cast<uintptr>(frame);
  }
  // Makes the context look as if code just before pc had called `to`, which will return to pc. The `gap` bytes below
  // the stack pointer are left alone.
  void call(uintptr to, usize gap) {
    r[13] = push_link(r[13] - gap);
    r[14] = r[15];
    r[15] = to;
  }
  // The same, but `to` finds a copy of the signal frame above the frame that push_link makes. See asyncPreempt.
  void interrupt(uintptr to, usize, uintptr aside) {
    const Ucontext* copy = copy_signal_frame(this, sizeof(*this), aside);
    call(to, r[13] - (reinterpret_cast<uintptr>(copy) - kSiginfoBytes));
  }
};
static_assert(offsetof(Ucontext, r) == 32 && offsetof(Ucontext, coprocessors) == 232 && sizeof(Ucontext) == 744);

// In the order in which Go dumps them.
constexpr RegName reg(const char* name, usize i) { return {name, static_cast<u16>(offsetof(Ucontext, r) + i * 4)}; }
inline constexpr RegName kRegNames[] = {
    {"trap", offsetof(Ucontext, trap_no)},
    {"error", offsetof(Ucontext, error_code)},
    {"oldmask", offsetof(Ucontext, oldmask)},
    reg("r0", 0),
    reg("r1", 1),
    reg("r2", 2),
    reg("r3", 3),
    reg("r4", 4),
    reg("r5", 5),
    reg("r6", 6),
    reg("r7", 7),
    reg("r8", 8),
    reg("r9", 9),
    reg("r10", 10),
    reg("fp", 11),
    reg("ip", 12),
    reg("sp", 13),
    reg("lr", 14),
    reg("pc", 15),
    {"cpsr", offsetof(Ucontext, cpsr)},
    {"fault", offsetof(Ucontext, fault_address)},
};

inline constexpr char kVdsoClockGettime[] = "__vdso_clock_gettime64";

}  // namespace rt0::linux_abi
