// linux/amd64: system call numbers and the layouts that differ between ISAs.
#pragma once

#include "arch/generic/linux_structs.h"

namespace rt0::linux_abi {

enum Nr : uintptr {
  SYS_read = 0,
  SYS_write = 1,
  SYS_close = 3,
  SYS_mmap = 9,
  SYS_mprotect = 10,
  SYS_munmap = 11,
  SYS_rt_sigaction = 13,
  SYS_rt_sigprocmask = 14,
  SYS_rt_sigreturn = 15,
  SYS_sched_yield = 24,
  SYS_mincore = 27,
  SYS_madvise = 28,
  SYS_setitimer = 38,
  SYS_getpid = 39,
  SYS_clone = 56,
  SYS_exit = 60,
  SYS_arch_prctl = 158,
  SYS_prctl = 157,
  SYS_gettid = 186,
  SYS_futex = 202,
  SYS_sched_getaffinity = 204,
  SYS_clock_gettime = 228,
  SYS_clock_nanosleep = 230,
  SYS_exit_group = 231,
  SYS_tgkill = 234,
  SYS_openat = 257,
  SYS_ppoll = 271,
  SYS_sigaltstack = 131,
  SYS_getrandom = 318,
  // Files, sockets, processes (kernel_iface/linux/io.cc, socket.cc).
  SYS_lseek = 8,
  SYS_pread64 = 17,
  SYS_pwrite64 = 18,
  SYS_connect = 42,
  SYS_sendto = 44,
  SYS_recvfrom = 45,
  SYS_shutdown = 48,
  SYS_bind = 49,
  SYS_listen = 50,
  SYS_getsockname = 51,
  SYS_getpeername = 52,
  SYS_socket = 41,
  SYS_socketpair = 53,
  SYS_setsockopt = 54,
  SYS_getsockopt = 55,
  SYS_execve = 59,
  SYS_wait4 = 61,
  SYS_kill = 62,
  SYS_uname = 63,
  SYS_fcntl = 72,
  SYS_fsync = 74,
  SYS_ftruncate = 77,
  SYS_getcwd = 79,
  SYS_getdents64 = 217,
  SYS_chdir = 80,
  SYS_getuid = 102,
  SYS_getppid = 110,
  SYS_epoll_ctl = 233,
  SYS_mkdirat = 258,
  SYS_unlinkat = 263,
  SYS_epoll_pwait = 281,
  SYS_accept4 = 288,
  SYS_eventfd2 = 290,
  SYS_epoll_create1 = 291,
  SYS_dup3 = 292,
  SYS_pipe2 = 293,
  SYS_prlimit64 = 302,
  SYS_fstatat = 262,
  SYS_renameat = 264,
  SYS_flock = 73,
  SYS_statx = 332,
};
struct OldStat {  // what fstatat fills
  u64 dev, ino, nlink;
  u32 mode, uid, gid, pad;
  u64 rdev, size, blksize, blocks;
  i64 atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
  u64 unused[3];
};
static_assert(sizeof(OldStat) == 144);

inline constexpr uintptr kArchSetFs = 0x1002;

inline constexpr Quirks kQuirks = {.packed_epoll_event = true};

// The registers of the interrupted context, inside the kernel's ucontext.
struct Ucontext {
  u64 flags;
  Ucontext* link;
  StackT stack;
  u64 r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
  u16 cs, gs, fs, ss;
  u64 err, trapno, oldmask, cr2;
  void* fpstate;
  u64 reserved[8];
  Sigset sigmask;

  uintptr pc() const { return rip; }
  void set_pc(uintptr to) { rip = to; }
  uintptr sp() const { return rsp; }
  uintptr fp() const { return rbp; }
  uintptr lr() const { return rip == 0 ? *reinterpret_cast<const uintptr*>(rsp) : 0; }
  // If the context was interrupted because it called address 0, moves it back to the call instruction.
  void uncall() {
    if (rip != 0) return;
    rip = *reinterpret_cast<uintptr*>(rsp) - 1;
    rsp += sizeof(uintptr);
  }
  // Makes the context look as if code just before rip had called `pc`. The `gap` bytes below rsp are left alone.
  void call(uintptr pc, usize gap) {
    rsp -= gap + sizeof(uintptr);
    *reinterpret_cast<uintptr*>(rsp) = rip;
    rip = pc;
  }
  // The same, with a word between the red zone and the return address: `aside`, 0 or another stack. See asyncPreempt.
  void interrupt(uintptr pc, usize red_zone, uintptr aside) {
    call(pc, red_zone + sizeof(aside));
    reinterpret_cast<uintptr*>(rsp)[1] = aside;
  }
};
static_assert(offsetof(Ucontext, r8) == 40);

// In the order in which Go dumps them.
inline constexpr RegName kRegNames[] = {
    {"rax", offsetof(Ucontext, rax)},  {"rbx", offsetof(Ucontext, rbx)},  {"rcx", offsetof(Ucontext, rcx)},
    {"rdx", offsetof(Ucontext, rdx)},  {"rdi", offsetof(Ucontext, rdi)},  {"rsi", offsetof(Ucontext, rsi)},
    {"rbp", offsetof(Ucontext, rbp)},  {"rsp", offsetof(Ucontext, rsp)},  {"r8", offsetof(Ucontext, r8)},
    {"r9", offsetof(Ucontext, r9)},    {"r10", offsetof(Ucontext, r10)},  {"r11", offsetof(Ucontext, r11)},
    {"r12", offsetof(Ucontext, r12)},  {"r13", offsetof(Ucontext, r13)},  {"r14", offsetof(Ucontext, r14)},
    {"r15", offsetof(Ucontext, r15)},  {"rip", offsetof(Ucontext, rip)},  {"rflags", offsetof(Ucontext, eflags)},
    {"cs", offsetof(Ucontext, cs), 2}, {"fs", offsetof(Ucontext, fs), 2}, {"gs", offsetof(Ucontext, gs), 2},
};

inline constexpr char kVdsoClockGettime[] = "__vdso_clock_gettime";

}  // namespace rt0::linux_abi
