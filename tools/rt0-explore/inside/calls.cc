// Kernel calls of the explored program. rt0-explore puts these functions into the program's tables, in the places of
// those that are not null in linux_now, sim_now and io_now.
//
// The physical state is what the kernel has; the virtual one is what the program thinks it has, and is put back after
// each run. A call is made only if the physical state must change, so most runs make no system call at all.
#include "inside.h"
#include "kernel_iface/linux/uapi.h"
#include "kernel_iface/signum.h"
#include "linux_abi.h"

namespace rt0::explore {

using namespace linux_abi;
using namespace uapi;

constinit bool inside = true, parsing = false, in_handler = false;
constinit uintptr hwcap2 = 0;
constinit u32 run_number = 0;
constinit Written written = {};

namespace {

constexpr u32 kSignals = 65;
constexpr u64 kFnvStart = 14695981039346656037u, kFnvPrime = 1099511628211u;
constexpr usize kAltStack = 64 * 1024;
constexpr u32 kMostFiles = 256, kMaxPath = 4096;
constexpr u32 kNoDefer = 0x40000000;  // SA_NODEFER

constinit SigDisposition is_now[kSignals] = {}, wanted[kSignals] = {}, at_snapshot[kSignals] = {};
// The masks are the kernel's, the program's, and the program's at the snapshot. After a run the kernel's is left as it
// is, because the next run sets it again.
constinit u64 mask_is = 0, mask = 0, mask_at_snapshot = 0;
constinit bool mask_known = false;
constinit i32 std_fds = -1;  // what open_std_fds has said
constinit u32 alarm_now = 0;
constinit i32 trace_fd = -1;
constinit i32 files[kMostFiles] = {};
constinit u32 nfiles = 0;
// Bit i: the program has closed its descriptor i, of the standard ones. Copies of these are kept, to put them back.
constinit u32 closed_std = 0;
constexpr i32 kStd = 3, kCopies = 1002;
constinit bool moved = false;
constinit char home[kMaxPath] = {};  // the working directory at the snapshot
constinit uintptr stack_end = 0;

uintptr addr(const void* p) { return reinterpret_cast<uintptr>(p); }

// --- Signals ---------------------------------------------------------------------------------------------------------

constexpr u32 kSegv = kSIGSEGV, kVtalrm = kSIGVTALRM;

// All handlers are this one. A fault of a write-protected page is the snapshot's; the watchdog's tick waits while the
// program does not run; everything else is the program's.
void handler(int sig, void* info, void* uctx) {
  const u32 s = static_cast<u32>(sig);
  if (s == kSegv) {
    const SigContext c = linux_was.sigcontext(info, uctx);
    if (pages_fault(c.fault_addr)) return;
  }
  if (inside) {
    if (s == kVtalrm) return;
    die("a fault in the explorer's own code");
  }
  if (wanted[s] == SigDisposition::ignore || (wanted[s] == SigDisposition::dfl && s == kVtalrm)) return;
  if (wanted[s] == SigDisposition::dfl && s != kSegv) return linux_was.raise_default(s);
  in_handler = true;
  imports.sigtramp(sig, info, uctx);
  in_handler = false;
}

void install(u32 sig, SigDisposition how) {
  // A handler stays installed: it does what the program wants now, and runs change their mind all the time.
  if (is_now[sig] == how || is_now[sig] == SigDisposition::handler) return;
  SigactionOf<kQuirks.sa_restorer != 0> sa = {};
  // SA_NODEFER for faults: the program's handler, too, may write to a page that is not hot yet.
  sa.flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | kQuirks.sa_restorer | (sig == kSegv ? kNoDefer : 0);
  sa.restorer = imports.sigreturn;
  sa.mask = Sigset::of(~u64{0} & ~(u64{1} << (kSegv - 1)));
  if (how == SigDisposition::ignore) sa.handler = reinterpret_cast<void (*)(int, void*, void*)>(1);
  else if (how == SigDisposition::handler) sa.handler = handler;
  (void)Isa::syscall6(SYS_rt_sigaction, sig, addr(&sa), 0, kSigsetBytes, 0, 0);
  is_now[sig] = how;
}

SysResult my_setsig(u32 sig, SigDisposition how) {
  if (sig >= kSignals) return linux_was.setsig(sig, how);
  const SysResult was = {static_cast<uintptr>(wanted[sig]), Errno::ok};
  if (how == SigDisposition::keep) return was;
  wanted[sig] = how;
  if (sig != kSegv) install(sig, how);
  return was;
}
// The handlers' stack is this code's own, because the kernel cannot write to a stack of the program that is protected.
void my_sigaltstack(void*, usize) {}
void set_mask(u64 to) {
  mask = to;
  if (to != mask_is || in_handler) linux_was.sigmask_set(mask_is = to);
}
u64 my_sigmask_block(u64 set) {
  if (!mask_known) mask_is = mask = linux_was.sigmask_block(0);
  mask_known = true;
  const u64 was = mask;
  if (set != 0) set_mask(was | set);
  return was;
}
void my_sigmask_set(u64 to) { set_mask(to); }
void my_cpu_alarm(u32 ms) {
  if (ms != alarm_now) linux_was.cpu_alarm(alarm_now = ms);
}
void my_raise_default(u32 sig) { server_ended(128 + static_cast<i32>(sig)); }

// --- Files -----------------------------------------------------------------------------------------------------------

u64 hash(u64 h, const void* p, usize n) {
  for (usize i = 0; i < n; i++) h = (h ^ static_cast<const u8*>(p)[i]) * kFnvPrime;
  return h;
}

SysResult opened(SysResult r) {
  if (!r.ok() || run_number == 0) return r;
  if (nfiles == kMostFiles) die("the program has opened too many files");
  files[nfiles++] = static_cast<i32>(r.value);
  return r;
}
void closed(i32 fd) {
  if (run_number != 0 && fd >= 0 && fd < kStd) closed_std |= 1u << fd;
  for (u32 i = 0; i < nfiles; i++)
    if (files[i] == fd) files[i] = files[--nfiles];
}

// Standard output and error, and the trace, which has been opened on /dev/null. If the program has closed one of them,
// its number may be that of another file by now.
bool keep(i32 fd, const void* p, usize n) {
  if (parsing || (fd >= 0 && fd < kStd && (closed_std & 1u << fd) != 0)) return false;
  if ((fd == 1 || fd == 2) && leaks_running_on()) return true;  // a process would have ended
  if (fd == 1 || fd == 2) {
    written.out_hash = hash(written.out_hash, p, n);
    if (fd == 2) note({static_cast<const char*>(p), n});
  } else if (fd == trace_fd) {
    written.trace_hash = hash(written.trace_hash, p, n);
    written.traced = true;
  } else {
    return false;
  }
  return true;
}

SysResult my_write(i32 fd, const void* p, usize n) {
  return keep(fd, p, n) ? SysResult{n, Errno::ok} : linux_was.write(fd, p, n);
}
SysResult my_read(i32 fd, void* p, usize n) {
  pages_touch(p, n);
  return linux_was.read(fd, p, n);
}
SysResult my_open(const char* path, bool create) { return opened(linux_was.open(path, create)); }
SysResult my_open_alone(const char* path) {
  const SysResult r = linux_was.open_alone(path);
  if (r.ok() && run_number == 0) trace_fd = static_cast<i32>(r.value);
  return opened(r);
}
SysResult my_close(i32 fd) {
  closed(fd);
  return linux_was.close(fd);
}
u32 my_open_std_fds() {
  if (std_fds < 0) std_fds = static_cast<i32>(linux_was.open_std_fds());
  return static_cast<u32>(std_fds);
}

void my_start(const uintptr* av, Span<const char> strings, Auxv* aux) {
  pages_start();
  linux_was.start(av, strings, aux);
  if (aux->page_size != 0) pages_set_size(aux->page_size);
  stack_end = addr(strings.end());
  hwcap2 = aux->hwcap2;
}

SysResult io_open(const char* path, u32 flags, u32 perm) { return opened(io_was.open(path, flags, perm)); }
SysResult io_close(i32 fd) {
  closed(fd);
  return io_was.close(fd);
}
SysResult io_read(i32 fd, void* p, usize n) {
  pages_touch(p, n);
  return io_was.read(fd, p, n);
}
SysResult io_write(i32 fd, const void* p, usize n) {
  return keep(fd, p, n) ? SysResult{n, Errno::ok} : io_was.write(fd, p, n);
}
SysResult io_pread(i32 fd, void* p, usize n, i64 off) {
  pages_touch(p, n);
  return io_was.pread(fd, p, n, off);
}
SysResult io_getcwd(char* buf, usize n) {
  pages_touch(buf, n);
  return io_was.getcwd(buf, n);
}
SysResult io_read_dir(i32 fd, void* p, usize n) {
  pages_touch(p, n);
  return io_was.read_dir(fd, p, n);
}
SysResult io_chdir(const char* path) {
  moved = true;
  return io_was.chdir(path);
}
SysResult io_dup(i32 fd) { return opened(io_was.dup(fd)); }

}  // namespace

// rt0-explore reads these three by name.
constinit Kernel linux_now = [] {
  Kernel k = {};
  k.exit = server_ended;
  k.write = my_write;
  k.read = my_read;
  k.open = my_open;
  k.open_alone = my_open_alone;
  k.close = my_close;
  k.open_std_fds = my_open_std_fds;
  k.mem_map = pages_map;
  k.mem_unmap = pages_unmap;
  k.mem_protect = pages_protect;
  k.mem_guard = [](void* p, usize n) { return pages_protect(p, n, Prot::none); };
  k.mem_dontneed = pages_dontneed;
  k.start = my_start;
  k.setsig = my_setsig;
  k.sigaltstack = my_sigaltstack;
  k.sigmask_block = my_sigmask_block;
  k.sigmask_set = my_sigmask_set;
  k.raise_default = my_raise_default;
  k.cpu_alarm = my_cpu_alarm;
  return k;
}();
constinit Kernel sim_now = [] {
  Kernel k = {};
  k.getrandom = [](void* p, usize n) {
    server_random();
    return sim_was.getrandom(p, n);
  };
  return k;
}();
constinit KernelIo io_now = [] {
  KernelIo k = {};
  k.open = io_open;
  k.close = io_close;
  k.read = io_read;
  k.write = io_write;
  k.pread = io_pread;
  k.chdir = io_chdir;
  k.getcwd = io_getcwd;
  k.read_dir = io_read_dir;
  k.dup = io_dup;
  return k;
}();

static void copy_fd(i32 from, i32 to) {
  (void)Isa::syscall6(SYS_dup3, static_cast<uintptr>(from), static_cast<uintptr>(to), 0, 0, 0, 0);
}

void calls_snapshot() {
  for (u32 i = 0; i < kSignals; i++) at_snapshot[i] = wanted[i];
  mask_at_snapshot = my_sigmask_block(0);
  StackT ss = {};
  ss.sp = own_memory(kAltStack);
  ss.size = kAltStack;
  (void)Isa::syscall6(SYS_sigaltstack, addr(&ss), 0, 0, 0, 0, 0);
  install(kSegv, SigDisposition::handler);
  for (i32 fd = 0; fd < kStd; fd++) copy_fd(fd, kCopies + fd);
  if (imports.linux_io != nullptr) (void)io_was.getcwd(home, kMaxPath);
  pages_snapshot(align_down(Isa::frame_pointer(), 1024) - 4096, stack_end);
  calls_restore();
}

void calls_restore() {
  for (u32 i = 1; i < kSignals; i++) wanted[i] = at_snapshot[i];
  mask = mask_at_snapshot;
  if (in_handler) linux_was.sigmask_set(mask_is = mask);
  in_handler = false;
  while (nfiles > 0) (void)linux_was.close(files[--nfiles]);
  for (i32 fd = 0; fd < kStd; fd++)
    if ((closed_std & 1u << fd) != 0) copy_fd(kCopies + fd, fd);
  closed_std = 0;
  if (moved) (void)io_was.chdir(home);
  moved = false;
  written.out_hash = written.trace_hash = kFnvStart;
  written.text_len = 0;
}

void note(Str text) {
  const usize more = min(text.len, kTextMax - usize{written.text_len});
  __builtin_memcpy(written.text + written.text_len, text.ptr, more);
  written.text_len += static_cast<u32>(more);
}

void die(const char* why) {
  const Str text = cstr(why);
  (void)linux_was.write(2, "rt0-explore: inside the program: ", 33);
  (void)linux_was.write(2, text.ptr, text.len);
  (void)linux_was.write(2, "\n", 1);
  linux_was.exit(125);
  __builtin_unreachable();
}

}  // namespace rt0::explore
