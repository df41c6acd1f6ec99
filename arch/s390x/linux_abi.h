// linux/s390x: system call numbers and the layouts that differ between ISAs.
#pragma once

#include "arch/generic/linux_sigframe.h"

namespace rt0::linux_abi {

inline constexpr uintptr SYS_exit = 1, SYS_read = 3, SYS_write = 4, SYS_close = 6, SYS_execve = 11, SYS_chdir = 12,
                         SYS_lseek = 19, SYS_getpid = 20, SYS_kill = 37, SYS_fcntl = 55, SYS_getppid = 64,
                         SYS_mmap = 90, SYS_munmap = 91, SYS_ftruncate = 93, SYS_setitimer = 104, SYS_wait4 = 114,
                         SYS_fsync = 118, SYS_clone = 120, SYS_uname = 122, SYS_mprotect = 125, SYS_sched_yield = 158,
                         SYS_rt_sigreturn = 173, SYS_rt_sigaction = 174, SYS_rt_sigprocmask = 175, SYS_pread64 = 180,
                         SYS_pwrite64 = 181, SYS_getcwd = 183, SYS_getdents64 = 220, SYS_sigaltstack = 186,
                         SYS_getuid = 199, SYS_mincore = 218, SYS_madvise = 219, SYS_gettid = 236, SYS_futex = 238,
                         SYS_sched_getaffinity = 240, SYS_tgkill = 241, SYS_exit_group = 248, SYS_epoll_ctl = 250,
                         SYS_clock_gettime = 260, SYS_clock_nanosleep = 262, SYS_openat = 288, SYS_mkdirat = 289,
                         SYS_unlinkat = 294, SYS_ppoll = 302, SYS_epoll_pwait = 312, SYS_eventfd2 = 323,
                         SYS_pipe2 = 325, SYS_dup3 = 326, SYS_epoll_create1 = 327, SYS_renameat = 295,
                         SYS_fstatat = 293, SYS_prlimit64 = 334, SYS_flock = 143, SYS_socketcall = 102,
                         SYS_getrandom = 349, SYS_socket = 359, SYS_socketpair = 360, SYS_bind = 361, SYS_connect = 362,
                         SYS_listen = 363, SYS_accept4 = 364, SYS_getsockopt = 365, SYS_setsockopt = 366,
                         SYS_getsockname = 367, SYS_getpeername = 368, SYS_sendto = 369, SYS_recvfrom = 371,
                         SYS_shutdown = 373, SYS_statx = 379, SYS_prctl = 172;

// What fstatat fills.
struct OldStat {
  u64 dev, ino, nlink;
  u32 mode, uid, gid, pad;
  u64 rdev, size;
  i64 atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
  u64 blksize, blocks, unused[3];
};
static_assert(sizeof(OldStat) == 144);

// sigaltstack_pad: the signal frame of a CPU without vector registers ends before them.
inline constexpr Quirks kQuirks = {
    .clone_stack_first = true, .mmap_block = true, .socketcall = SYS_socketcall, .sigaltstack_pad = 512};

struct Ucontext {
  // The frame's bytes below the ucontext: a save area, an instruction with padding, siginfo.
  static constexpr usize kBefore = 160 + 8 + kSiginfoBytes;

  u64 flags;
  Ucontext* link;
  StackT stack;
  u64 psw_mask, psw_addr, r[16];
  u32 a[16], fpc, pad;
  u64 f[16];
  Sigset sigmask;
  u8 unused[120];
  u64 vectors[64];

  uintptr pc() const { return psw_addr; }
  void set_pc(uintptr to) { psw_addr = to; }
  uintptr sp() const { return r[15]; }
  // In a function that has made its frame, r11 equals r15. In a function that has no frame, or has not made it yet, r11
  // is still the caller's, and points to the caller's frame.
  uintptr fp() const {
    constexpr uintptr kFrame = 1 << 16;
    return r[11] % sizeof(uintptr) == 0 && r[11] - r[15] < kFrame ? r[11] : r[15];
  }
  uintptr lr() const { return r[14]; }
  static constexpr bool kSavedInF = true;

  // If the context was interrupted because it called address 0, moves it back to the call instruction.
  void uncall() {
    if (psw_addr == 0) psw_addr = r[14] - 2;
  }
  // Makes a save area below `sp` for the function that is called there, and above it a frame whose function returns to
  // lr(). See Kernel::sigcontext_call.
  uintptr push_link(uintptr sp) const {
    constexpr usize kSave = 20, kReturn = 14;  // in words
    uintptr* save = reinterpret_cast<uintptr*>(sp) - 2 * kSave;
    uintptr* linked = save + kSave;
    save[0] = reinterpret_cast<uintptr>(linked);
    linked[0] = *reinterpret_cast<const uintptr*>(fp());
    linked[kReturn] = lr();
    return reinterpret_cast<uintptr>(save);
  }
  // Makes the context look as if code just before pc had called `to`, which will return to pc. The `gap` bytes below
  // the stack pointer are left alone.
  void call(uintptr to, usize gap) {
    r[15] = push_link(r[15] - gap);
    r[14] = psw_addr;
    psw_addr = to;
  }
  // The same, but `to` finds a copy of the signal frame above what it may overwrite. See asyncPreempt.
  void interrupt(uintptr to, usize, uintptr aside) {
    const Ucontext* copy = copy_signal_frame(this, sizeof(*this), aside, kBefore);
    r[15] = push_link(reinterpret_cast<uintptr>(copy) - kBefore);
    r[14] = psw_addr;
    psw_addr = to;
  }
};
static_assert(offsetof(Ucontext, r) == 56 && offsetof(Ucontext, sigmask) == 384 && sizeof(Ucontext) == 1024);

// In the order in which Go dumps them.
constexpr RegName reg(const char* name, usize i) { return {name, static_cast<u16>(offsetof(Ucontext, r) + i * 8)}; }
inline constexpr RegName kRegNames[] = {
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
    reg("r11", 11),
    reg("r12", 12),
    reg("r13", 13),
    reg("r14", 14),
    reg("r15", 15),
    {"pc", offsetof(Ucontext, psw_addr)},
    {"link", offsetof(Ucontext, r) + 14 * 8},
};

inline constexpr char kVdsoClockGettime[] = "__kernel_clock_gettime";

}  // namespace rt0::linux_abi
