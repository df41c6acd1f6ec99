// linux/amd64: system call numbers and the layouts that differ between ISAs.
#pragma once

#include "base/types.h"

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
  SYS_madvise = 28,
  SYS_getpid = 39,
  SYS_clone = 56,
  SYS_exit = 60,
  SYS_arch_prctl = 158,
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
  SYS_renameat2 = 316,
  SYS_statx = 332,
  SYS_llseek = ~uintptr{0},  // 32-bit ISAs only
};
// clone(flags, stack, …), not clone(stack, flags, …).
inline constexpr bool kCloneStackFirst = false;
inline constexpr uintptr kArchSetFs = 0x1002;

inline constexpr usize kSigsetBytes = 8;
struct Sigset {
  u64 bits;
};

struct Sigaction {
  void (*handler)(int, void*, void*);
  u64 flags;
  void (*restorer)();
  Sigset mask;
};
inline constexpr u64 SA_SIGINFO = 4, SA_ONSTACK = 0x08000000, SA_RESTART = 0x10000000, SA_RESTORER = 0x04000000;

struct StackT {
  void* sp;
  i32 flags;
  usize size;
};

struct Timespec {
  i64 sec, nsec;
};

// siginfo_t: the fault address, for SIGSEGV and its kin.
struct Siginfo {
  i32 signo, err, code, pad;
  uintptr addr;
};

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
  uintptr sp() const { return rsp; }
  uintptr fp() const { return rbp; }
  // Interrupted by a call of address 0: back to the call instruction.
  void uncall() {
    if (rip != 0) return;
    rip = *reinterpret_cast<uintptr*>(rsp) - 1;
    rsp += sizeof(uintptr);
  }
  // As if the instruction at rip had been a call of `pc`, with the red zone left alone.
  void call(uintptr pc, usize red_zone) {
    rsp -= red_zone + sizeof(uintptr);
    *reinterpret_cast<uintptr*>(rsp) = rip;
    rip = pc;
  }
};
static_assert(offsetof(Ucontext, r8) == 40);

// What a dump shows, in Go's order.
struct RegName {
  const char* name;
  u16 at, bytes;
};
inline constexpr RegName kRegNames[] = {
    {"rax", offsetof(Ucontext, rax), 8}, {"rbx", offsetof(Ucontext, rbx), 8}, {"rcx", offsetof(Ucontext, rcx), 8},
    {"rdx", offsetof(Ucontext, rdx), 8}, {"rdi", offsetof(Ucontext, rdi), 8}, {"rsi", offsetof(Ucontext, rsi), 8},
    {"rbp", offsetof(Ucontext, rbp), 8}, {"rsp", offsetof(Ucontext, rsp), 8}, {"r8", offsetof(Ucontext, r8), 8},
    {"r9", offsetof(Ucontext, r9), 8},   {"r10", offsetof(Ucontext, r10), 8}, {"r11", offsetof(Ucontext, r11), 8},
    {"r12", offsetof(Ucontext, r12), 8}, {"r13", offsetof(Ucontext, r13), 8}, {"r14", offsetof(Ucontext, r14), 8},
    {"r15", offsetof(Ucontext, r15), 8}, {"rip", offsetof(Ucontext, rip), 8}, {"rflags", offsetof(Ucontext, eflags), 8},
    {"cs", offsetof(Ucontext, cs), 2},   {"fs", offsetof(Ucontext, fs), 2},   {"gs", offsetof(Ucontext, gs), 2},
};

// x86-64 alone packs it; elsewhere u64 has its natural alignment.
struct [[gnu::packed]] EpollEvent {
  u32 events;
  u64 data;
};
// A 64-bit argument in two registers begins at an even one. 32-bit ISAs only.
inline constexpr bool kAlignedPairs = false;

inline constexpr char kVdsoClockGettime[] = "__vdso_clock_gettime";

}  // namespace rt0::linux_abi
