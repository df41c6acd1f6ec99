// linux/386: system call numbers and the layouts that differ between ISAs.
#pragma once

#include "arch/generic/linux_stat.h"
#include "arch/generic/linux_structs.h"

namespace rt0::linux_abi {

inline constexpr uintptr SYS_exit = 1, SYS_read = 3, SYS_write = 4, SYS_close = 6, SYS_execve = 11, SYS_chdir = 12,
                         SYS_getpid = 20, SYS_kill = 37, SYS_getppid = 64, SYS_munmap = 91, SYS_setitimer = 104,
                         SYS_wait4 = 114, SYS_fsync = 118, SYS_clone = 120, SYS_uname = 122, SYS_mprotect = 125,
                         SYS_lseek = 140, SYS_sched_yield = 158, SYS_rt_sigreturn = 173, SYS_rt_sigaction = 174,
                         SYS_rt_sigprocmask = 175, SYS_pread64 = 180, SYS_pwrite64 = 181, SYS_getcwd = 183,
                         SYS_getdents64 = 220, SYS_sigaltstack = 186, SYS_mmap = 192, SYS_ftruncate = 194,
                         SYS_getuid = 199, SYS_mincore = 218, SYS_madvise = 219, SYS_fcntl = 221, SYS_gettid = 224,
                         SYS_sched_getaffinity = 242, SYS_exit_group = 252, SYS_epoll_ctl = 255, SYS_tgkill = 270,
                         SYS_openat = 295, SYS_mkdirat = 296, SYS_unlinkat = 301, SYS_epoll_pwait = 319,
                         SYS_eventfd2 = 328, SYS_epoll_create1 = 329, SYS_dup3 = 330, SYS_pipe2 = 331,
                         SYS_renameat = 302, SYS_fstatat = 300, SYS_prlimit64 = 340, SYS_flock = 143,
                         SYS_socketcall = 102, SYS_getrandom = 355, SYS_socket = 359, SYS_socketpair = 360,
                         SYS_bind = 361, SYS_connect = 362, SYS_listen = 363, SYS_accept4 = 364, SYS_getsockopt = 365,
                         SYS_setsockopt = 366, SYS_getsockname = 367, SYS_getpeername = 368, SYS_sendto = 369,
                         SYS_recvfrom = 371, SYS_shutdown = 373, SYS_statx = 383, SYS_clock_gettime = 403,
                         SYS_clock_nanosleep = 407, SYS_ppoll = 414, SYS_futex = 422, SYS_prctl = 172;
inline constexpr uintptr SYS_set_thread_area = 243;

using OldStat = Stat64;
static_assert(sizeof(OldStat) == 96);

inline constexpr Quirks kQuirks = {.o_largefile = 0100000, .socketcall = SYS_socketcall};

// The program's text: see arch/rt0.ld.
extern "C" const u8 rt0_text[] __asm__("runtime.text");
extern "C" const u8 rt0_etext[] __asm__("runtime.etext");

struct Ucontext {
  uintptr flags;
  Ucontext* link;
  StackT stack;
  u16 gs, gs_high, fs, fs_high, es, es_high, ds, ds_high;
  u32 edi, esi, ebp, esp, ebx, edx, ecx, eax, trapno, err, eip;
  u16 cs, cs_high;
  u32 eflags, esp_at_signal;
  u16 ss, ss_high;
  void* fpstate;
  u32 oldmask, cr2;
  Sigset sigmask;

  uintptr pc() const { return eip; }
  void set_pc(uintptr to) { eip = to; }
  uintptr sp() const { return esp; }
  // During Isa::syscall6 ebp is an argument, and the frame pointer lies on the stack. This is recognised by its code,
  // "int $0x80; popl %ebp": the int lies just before eip, or at eip if the kernel is to make the call again. Only the
  // program's text is read: after a jump to a wrong address eip may point to no memory.
  uintptr fp() const {
    const u8* at = reinterpret_cast<const u8*>(eip) - 2;
    auto in_call = [](const u8* p) { return p[0] == 0xcd && p[1] == 0x80 && p[2] == 0x5d; };
    const uintptr lo = reinterpret_cast<uintptr>(rt0_text) + 2, hi = reinterpret_cast<uintptr>(rt0_etext) - 3;
    const bool code = eip >= lo && eip <= hi && (in_call(at) || in_call(at + 2));
    return code ? *reinterpret_cast<const uintptr*>(esp) : ebp;
  }
  uintptr lr() const { return eip == 0 ? *reinterpret_cast<const uintptr*>(esp) : 0; }
  // If the context was interrupted because it called address 0, moves it back to the call instruction.
  void uncall() {
    if (eip != 0) return;
    eip = *reinterpret_cast<uintptr*>(esp) - 1;
    esp += sizeof(uintptr);
  }
  // Makes the context look as if code just before eip had called `pc`, which will return to eip. The `gap` bytes below
  // the stack pointer are left alone.
  void call(uintptr pc, usize gap) {
    esp -= gap + sizeof(uintptr);
    *reinterpret_cast<uintptr*>(esp) = eip;
    eip = pc;
  }
  // The same, with a word between the red zone and the return address: `aside`, 0 or another stack. See asyncPreempt.
  void interrupt(uintptr pc, usize red_zone, uintptr aside) {
    call(pc, red_zone + sizeof(aside));
    reinterpret_cast<uintptr*>(esp)[1] = aside;
  }
};
static_assert(offsetof(Ucontext, edi) == 36 && offsetof(Ucontext, sigmask) == 108);

// In the order in which Go dumps them.
inline constexpr RegName kRegNames[] = {
    {"eax", offsetof(Ucontext, eax)},       {"ebx", offsetof(Ucontext, ebx)},  {"ecx", offsetof(Ucontext, ecx)},
    {"edx", offsetof(Ucontext, edx)},       {"edi", offsetof(Ucontext, edi)},  {"esi", offsetof(Ucontext, esi)},
    {"ebp", offsetof(Ucontext, ebp)},       {"esp", offsetof(Ucontext, esp)},  {"eip", offsetof(Ucontext, eip)},
    {"eflags", offsetof(Ucontext, eflags)}, {"cs", offsetof(Ucontext, cs), 2}, {"fs", offsetof(Ucontext, fs), 2},
    {"gs", offsetof(Ucontext, gs), 2},
};

inline constexpr char kVdsoClockGettime[] = "__vdso_clock_gettime64";

}  // namespace rt0::linux_abi
