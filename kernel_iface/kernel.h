// The kernel interface: a table of calls, and the only way in which rt0 reaches the world outside the process. Each
// implementation fills one table: kernel_iface/linux with raw system calls, kernel_iface/sim with a simulation. The
// table in force is `kernel`, chosen before schedinit. The layers above use it and make no system calls themselves.
//
// Unless said otherwise a call may be made on any stack, takes no lock, never allocates, and does not retry on EINTR.
#pragma once

#include "base/atomic.h"
#include "base/types.h"
#include "kernel_iface/errno.h"

namespace rt0 {

// Memory protections of Kernel::mem_protect.
enum class Prot : u32 { none, read_write };

// The entries of the ELF auxiliary vector that rt0 uses: facts that the kernel hands to a program at its start.
struct Auxv {
  uintptr page_size = 0;       // AT_PAGESZ; 0 if not given
  const u8* random = nullptr;  // AT_RANDOM: 16 bytes
  uintptr hwcap = 0, hwcap2 = 0;
  uintptr vdso = 0;     // AT_SYSINFO_EHDR
  bool secure = false;  // AT_SECURE: setuid or the like; do not trust the environment
};

// A signal's disposition, as rt0 sets it.
// keep: asks, and changes nothing.
enum class SigDisposition : u32 { dfl, ignore, handler, keep };

// An interrupted context, read from the `info` and `uctx` that the kernel hands to a signal handler.
struct SigContext {
  uintptr pc, sp, fp;
  uintptr fault_addr;  // for SIGSEGV, SIGBUS, SIGFPE, SIGILL
  i32 code;            // si_code: the sender; > 0: the kernel
  // Where the function at pc returns to, if no frame holds that; else 0. After a call of address 0: where that call
  // returns to. On ISAs where a function may have no frame of its own: the link register.
  uintptr lr = 0;
};

// A register of an interrupted context.
struct SigReg {
  const char* name;
  u64 value;
};
inline constexpr u32 kMaxSigRegs = 40;

struct Kernel {
  const char* name;

  // exit ends the process, exit_thread only the calling thread. The last access to memory that exit_thread makes is to
  // store 0 to *done: a thread that sees it may free the ended thread's stack.
  void (*exit)(i32 status);
  void (*exit_thread)(Atomic<u32>* done);

  // File descriptors. value = bytes moved, or the descriptor.
  SysResult (*write)(i32 fd, const void* p, usize n);
  SysResult (*read)(i32 fd, void* p, usize n);
  // path is NUL-terminated; `create` makes or truncates it for writing (mode 0644), otherwise read-only. Close-on-exec.
  SysResult (*open)(const char* path, bool create);
  // Opens path for writing from its beginning, for this process alone: the error is `again` while another process that
  // has opened it by this call still runs. Creates the file if it is missing (mode 0644); close-on-exec. Only files are
  // reserved: a terminal, a pipe or /dev/null may be opened by any number of processes.
  SysResult (*open_alone)(const char* path);
  SysResult (*close)(i32 fd);
  // Bit i set: descriptor i (0, 1, 2) is open.
  u32 (*open_std_fds)();

  // Monotonic time in nanoseconds, never 0.
  i64 (*nanotime)();
  // The same clock, for the tracer: reading it does not advance a simulated clock.
  i64 (*tracetime)();
  // Wall clock: nanoseconds since 1970-01-01.
  i64 (*walltime)();
  // Sleeps at least that long, unless a signal comes.
  void (*usleep)(u32 microseconds);
  void (*osyield)();

  // Sleeps while *addr == val, until futexwakeup, a signal, or ns nanoseconds have gone by (ns < 0: no limit). It may
  // also return for no reason: the caller must test *addr again. Go: futexsleep, futexwakeup in os_linux.go.
  void (*futexsleep)(Atomic<u32>* addr, u32 val, i64 ns);
  void (*futexwakeup)(Atomic<u32>* addr, u32 count);

  // Memory in whole pages: zeroed, private, readable and writable. A page does not count as used before it is touched.
  // hint: the address wished for, or null. value = address.
  SysResult (*mem_map)(void* hint, usize n);
  SysResult (*mem_unmap)(void* p, usize n);
  SysResult (*mem_protect)(void* p, usize n, Prot prot);
  // Makes the pages a guard: from now on each access to them faults. Linux 6.13 and later do this without splitting the
  // mapping. On older kernels a guard costs two mappings, and the call fails when the process comes near the number of
  // mappings that it may have; the caller then goes on without a guard.
  SysResult (*mem_guard)(void* p, usize n);
  // Gives the pages back; they read as zero when touched again.
  SysResult (*mem_dontneed)(void* p, usize n);
  // Sets bit 0 of pages[i] if page i of [p, p + n) is in memory.
  SysResult (*mem_resident)(const void* p, usize n, u8* pages);

  // CPUs this process may run on, at least 1.
  i32 (*getproccount)();
  // Size of a transparent huge page, 0 if there are none.
  usize (*getHugePageSize)();
  // Fills p with n random bytes; false if the kernel can't.
  bool (*getrandom)(void* p, usize n);
  // Called once, before anything that needs a clock: reads the auxiliary vector at `av` and finds the vDSO. Each entry
  // of the vector is checked before it is used. strings: where the argument and environment strings lie, above the
  // vector; empty if there are none.
  void (*start)(const uintptr* av, Span<const char> strings, Auxv* aux);

  // Starts a thread that runs runtime.mstart, on the stack below stack_hi. tls: m->tls, tls[0] = g0. value = thread id.
  SysResult (*newosproc)(uintptr stack_hi, uintptr* tls);
  // This thread's id, 0-extended.
  u64 (*gettid)();
  u64 (*getpid)();
  SysResult (*tgkill)(u64 tid, u32 sig);

  // Signals. SigDisposition::handler installs runtime.sigtramp, which runs on the alternate stack with all signals
  // blocked. value = the disposition before, a SigDisposition.
  SysResult (*setsig)(u32 sig, SigDisposition how);
  void (*sigaltstack)(void* lo, usize n);
  // Blocks the signals of `set` (bit n - 1: signal n), too, on this thread and on each thread that it makes from now
  // on. Returns the mask before.
  u64 (*sigmask_block)(u64 set);
  void (*sigmask_set)(u64 mask);
  SigContext (*sigcontext)(void* info, void* uctx);
  // Changes the interrupted context so that it goes on at `pc`, with all other registers as they are.
  void (*sigcontext_set_pc)(void* uctx, uintptr pc);
  // Changes the interrupted context so that it goes on at `pc`, as if it had called `pc` where it was interrupted. The
  // return address is where a call of this ISA leaves it; if that is the stack, below the red zone, if there is one.
  //   comes_back = true   the function at `pc` keeps every register and returns to the point of interruption.
  //                       `stack`: 0, or the upper end of other memory for the callee's frames and the registers it
  //                       keeps; on x86 the general registers lie on the interrupted stack even then.
  //   comes_back = false  the function finds its stack aligned as after any call. If the context was interrupted
  //                       because it had called address 0, it looks as if the caller had called `pc` instead.
  // On ISAs with Isa::kFramelessLeaves the frame above the callee's is one that returns to SigContext::lr: without it a
  // traceback would miss the caller of an interrupted function that has no frame.
  void (*sigcontext_call)(void* uctx, uintptr pc, bool comes_back, uintptr stack);
  // Writes the registers, in the order in which a dump shows them, to `out`, which has room for kMaxSigRegs. Returns
  // their number.
  u32 (*sigcontext_regs)(const void* uctx, SigReg* out);
  // Takes the default action for sig on the whole process at once. rt0 uses it to end a process by a signal.
  void (*raise_default)(u32 sig);
  // From now on the process gets a SIGVTALRM each time it has used `ms` more milliseconds of CPU time.
  void (*cpu_alarm)(u32 ms);
};

// In programs with exceptions: what the unwinder needs to know of the interrupted function. sigcontext_call with
// comes_back = false leaves it above the frames that it makes; Isa's RT0_INTERRUPTED_CFI says where that is, seen from
// the function that seems to have been called.
struct Interrupted {
  uintptr unused;
  uintptr kept[7];  // arm: r4 to r10. The order is the one in which its unwinder reads registers
  uintptr frame, sp, link, pc;
  u64 more[8];  // s390x: f0 to f7, in which a function that calls no other keeps general registers
};

extern const Kernel linux_kernel;
extern const Kernel sim_kernel;

// Entries of linux_kernel that sim_kernel has, too.
SysResult linux_read(i32 fd, void* p, usize n);
SysResult linux_open(const char* path, bool create);
SysResult linux_open_alone(const char* path);
SysResult linux_close(i32 fd);
u32 linux_open_std_fds();
SysResult linux_mem_unmap(void* p, usize n);
SysResult linux_mem_protect(void* p, usize n, Prot prot);
SysResult linux_mem_guard(void* p, usize n);
void linux_start(const uintptr* av, Span<const char> strings, Auxv* aux);
SigContext linux_sigcontext(void* info, void* uctx);
void linux_sigcontext_set_pc(void* uctx, uintptr pc);
void linux_sigcontext_call(void* uctx, uintptr pc, bool comes_back, uintptr stack);
u32 linux_sigcontext_regs(const void* uctx, SigReg* out);
void linux_cpu_alarm(u32 ms);

// For files that the runtime itself writes; always on the host. linux_may_replace is true if rename() may replace the
// path: it is a regular file or does not exist, and is no device, pipe or terminal.
SysResult linux_rename_file(const char* from, const char* to);
bool linux_may_replace(const char* path);
// Makes a copy of this process (fork), which must have one thread only. The copy goes on, with /dev/null for its
// standard streams; this process waits for the copy's end, and a SIGTERM that comes meanwhile waits for the boot to
// unblock it. If this process is killed, so is the copy. *count is a number that both share.
enum class Rehearsal : u8 { failed, runs, over };  // there is no copy; this is the copy; it has ended
Rehearsal linux_rehearse(u32** count);

// The kernel in force.
extern const Kernel* kernel;

// The process's CPU quota: how many CPUs it lets the process keep busy all the time, rounded up. 0: there is no quota.
// Only one thread at a time may call it. It exists for the real kernel only, and is not in the table, so that only
// programs that call it are linked with it.
u32 cpu_limit();

}  // namespace rt0
