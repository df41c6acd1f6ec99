// The only door to the outside: a table of calls. A maker fills one (kernel_iface/linux: raw system calls); the one in
// force is `kernel`, chosen before schedinit. The layers above reach the world through it and know no system call.
//
// Unless said otherwise a call may be made on any stack, takes no lock, never allocates, and does not retry on EINTR.
#pragma once

#include "base/atomic.h"
#include "base/types.h"
#include "kernel_iface/errno.h"

namespace rt0 {

// Memory protections of Kernel::mem_protect.
enum class Prot : u32 { none, read_write };

// What the kernel told the program at its start (the ELF auxiliary vector), as far as rt0 uses it.
struct Auxv {
  uintptr page_size = 0;       // AT_PAGESZ; 0 if not given
  const u8* random = nullptr;  // AT_RANDOM: 16 bytes
  uintptr hwcap = 0, hwcap2 = 0;
  uintptr vdso = 0;     // AT_SYSINFO_EHDR
  bool secure = false;  // AT_SECURE: setuid or the like; do not trust the environment
};

// A signal's disposition, as rt0 sets it.
enum class SigDisposition : u32 { dfl, ignore, handler };

// The registers of an interrupted context; `uctx` is what the signal handler was handed.
struct SigContext {
  uintptr pc, sp, fp;
  uintptr fault_addr;  // for SIGSEGV, SIGBUS, SIGFPE, SIGILL
  i32 code;            // si_code: who sent it; > 0 is the kernel
  uintptr lr = 0;      // the link register, where a function may run without a frame of its own
};

// A register of an interrupted context.
struct SigReg {
  const char* name;
  u64 value;
};
inline constexpr u32 kMaxSigRegs = 40;

struct Kernel {
  const char* name;

  // Ends the process, or only the calling thread. exit_thread stores 0 to *done as the last thing it does with memory:
  // then the thread's stack may be freed.
  void (*exit)(i32 status);
  void (*exit_thread)(Atomic<u32>* done);

  // File descriptors. value = bytes moved, or the descriptor.
  SysResult (*write)(i32 fd, const void* p, usize n);
  SysResult (*read)(i32 fd, void* p, usize n);
  // path is NUL-terminated; `create` makes or truncates it for writing (mode 0644), otherwise read-only. Close-on-exec.
  SysResult (*open)(const char* path, bool create);
  // Opens path for writing from its beginning (made if need be, mode 0644; close-on-exec), for this process alone: the
  // error is `again` if another process has opened it in this way and not ended since. What is no file, such as a
  // terminal or /dev/null, is shared.
  SysResult (*open_alone)(const char* path);
  SysResult (*close)(i32 fd);
  // Bit i set: descriptor i (0, 1, 2) is open.
  u32 (*open_std_fds)();

  // Monotonic time in nanoseconds, never 0.
  i64 (*nanotime)();
  // The same clock for the tracer: asking it does nothing to a simulated one.
  i64 (*tracetime)();
  // Wall clock: nanoseconds since 1970-01-01.
  i64 (*walltime)();
  // Sleeps at least that long, unless a signal comes.
  void (*usleep)(u32 microseconds);
  void (*osyield)();

  // Sleeps while *addr == val, until futexwakeup, a signal, or ns nanoseconds have gone by (ns < 0: no limit). May wake
  // for no reason: the caller looks again. Go: futexsleep, futexwakeup in os_linux.go.
  void (*futexsleep)(Atomic<u32>* addr, u32 val, i64 ns);
  void (*futexwakeup)(Atomic<u32>* addr, u32 count);

  // Memory, in whole pages, zeroed, private, readable and writable, not counted until touched. hint: a wish, or null.
  // value = address.
  SysResult (*mem_map)(void* hint, usize n);
  SysResult (*mem_unmap)(void* p, usize n);
  SysResult (*mem_protect)(void* p, usize n, Prot prot);
  // Makes the pages fault when touched, for ever. Where the kernel can (Linux 6.13), without splitting the mapping;
  // else at the cost of two mappings, and refused when a process has come near to as many as it may have. The caller
  // goes on without a guard.
  SysResult (*mem_guard)(void* p, usize n);
  // Gives the pages back; they read as zero when touched again.
  SysResult (*mem_dontneed)(void* p, usize n);
  // Bit 0 of pages[i]: page i of [p, p + n) is in memory.
  SysResult (*mem_resident)(const void* p, usize n, u8* pages);

  // CPUs this process may run on, at least 1.
  i32 (*getproccount)();
  // Size of a transparent huge page, 0 if there are none.
  usize (*getHugePageSize)();
  // Fills p with n random bytes; false if the kernel can't.
  bool (*getrandom)(void* p, usize n);
  // Once, before anything that needs a clock: reads the auxiliary vector at `av` and finds the vDSO. Nothing in the
  // vector is believed before it is checked. strings: where the argument and environment strings lie, above the vector;
  // empty if there are none.
  void (*start)(const uintptr* av, Span<const char> strings, Auxv* aux);

  // Starts a thread that runs runtime.mstart below `stack_hi`. tls: m->tls, tls[0] = g0. value = thread id.
  SysResult (*newosproc)(uintptr stack_hi, uintptr* tls);
  // This thread's id, 0-extended.
  u64 (*gettid)();
  u64 (*getpid)();
  SysResult (*tgkill)(u64 tid, u32 sig);

  // Signals. The handler is runtime.sigtramp on the alternate stack, with all signals blocked. value = the disposition
  // that it replaces, a SigDisposition.
  SysResult (*setsig)(u32 sig, SigDisposition how);
  void (*sigaltstack)(void* lo, usize n);
  // Blocks the signals of `set` too (bit n - 1: signal n), on this thread and those it makes. Returns the mask as it
  // was.
  u64 (*sigmask_block)(u64 set);
  void (*sigmask_set)(u64 mask);
  SigContext (*sigcontext)(void* info, void* uctx);
  // Lets the interrupted context go on at `pc`, as if it had called it where it was interrupted: the address to return
  // to lies on its stack, below a red zone if the ISA has one. comes_back: the callee keeps everything and returns; if
  // not, it finds its stack aligned as any function does, and if the context was interrupted because it had called
  // address 0, it looks as if the caller had called pc instead. Where Isa::kFramelessLeaves, the callee's frame is
  // followed by one that returns to SigContext::lr. stack, with comes_back only: 0, or the upper end of other memory for
  // the callee's frames and the registers it keeps; on x86 the general registers lie on the interrupted stack all the
  // same.
  void (*sigcontext_call)(void* uctx, uintptr pc, bool comes_back, uintptr stack);
  // The registers by name, in the order in which a dump shows them: how many of the kMaxSigRegs there are.
  u32 (*sigcontext_regs)(const void* uctx, SigReg* out);
  // Default action for sig, on the whole process, at once: used to die of a signal.
  void (*raise_default)(u32 sig);
  // SIGVTALRM for every so many milliseconds of CPU time that the process has used.
  void (*cpu_alarm)(u32 ms);
};

extern const Kernel linux_kernel;
extern const Kernel sim_kernel;

// The kernel in force.
extern const Kernel* kernel;

// As many CPUs as a quota of this process would keep busy all the time, rounded up; 0: it has none. One thread at a
// time. Of the real kernel, and not in the table, so that only programs that ask are linked with it.
u32 cpu_limit();

}  // namespace rt0
