// The kernel table on Linux: raw system calls, mostly one for each entry. No entry retries on EINTR: futexsleep and
// usleep may return early, read and write return the error.
#include "arch/arch.h"
#include "kernel_iface/kernel.h"
#include "kernel_iface/linux/linux.h"
#include "kernel_iface/linux/uapi.h"
#include "kernel_iface/signum.h"
#include "linux_abi.h"

namespace rt0 {

using namespace linux_abi;
using namespace uapi;

uintptr clone_thread(uintptr flags, uintptr sp, uintptr tp) __asm__("runtime.clone");
[[noreturn]] void exit_thread_asm(Atomic<u32>* done) __asm__("runtime.exit_thread");

namespace {

// The calls with 64-bit times that 32-bit ISAs got with Linux 5.1. rt0 does not use the older calls, which have 32-bit
// times.
struct NamedCall {
  uintptr nr;
  Str name;
};
constexpr NamedCall kTime64Calls[] = {{SYS_clock_gettime, "clock_gettime64"},
                                      {SYS_clock_nanosleep, "clock_nanosleep_time64"},
                                      {SYS_futex, "futex_time64"},
                                      {SYS_ppoll, "ppoll_time64"}};

// Ends the program, which would hang or tell a wrong time without one of these calls. The message is written by a raw
// system call, since the runtime's own way to end a program might need the call that is missing. If several threads
// come here, the first one writes the message; the rest spin until it has ended the process.
[[maybe_unused, gnu::cold, gnu::noinline]] void end_without(uintptr nr) {
  static constinit Atomic<u32> said{0};
  for (const NamedCall& call : kTime64Calls) {
    if (call.nr != nr) continue;
    const Str parts[] = {"fatal error: the kernel has no ", call.name,
                         ": on 32-bit ISAs rt0 needs Linux 5.1 or later, and nothing that forbids this call\n"};
    char line[160];
    usize n = 0;
    for (const Str& part : parts)
      for (char c : part) line[n++] = c;
    while (!said.cas_acqrel(0, 1)) Isa::cpu_relax();
    (void)Isa::syscall6(SYS_write, 2, reinterpret_cast<uintptr>(line), n, 0, 0, 0);
    (void)Isa::syscall6(SYS_exit_group, 2, 0, 0, 0, 0, 0);
  }
}

// Not inlined: thirty callers would have thirty copies of it.
[[gnu::noinline]] SysResult sys(uintptr nr, uintptr a = 0, uintptr b = 0, uintptr c = 0, uintptr d = 0, uintptr e = 0,
                                uintptr f = 0) {
  __asm__ volatile("" : : "r"(Isa::frame_pointer()));  // forces a frame: without it tracebacks would lack the caller
  const SysResult r = SysResult::of(Isa::syscall6(nr, a, b, c, d, e, f));
  if constexpr (sizeof(uintptr) == sizeof(u32))
    // EPERM comes from seccomp filters that do not know the call.
    if (r.err == Errno::nosys || r.err == Errno::perm) [[unlikely]]
      end_without(nr);
  return r;
}
uintptr addr(const volatile void* p) { return reinterpret_cast<uintptr>(p); }

}  // namespace

void linux_exit(i32 status) { (void)sys(SYS_exit_group, static_cast<uintptr>(status)); }
void linux_exit_thread(Atomic<u32>* done) { exit_thread_asm(done); }

SysResult linux_write(i32 fd, const void* p, usize n) { return sys(SYS_write, static_cast<uintptr>(fd), addr(p), n); }
SysResult linux_read(i32 fd, void* p, usize n) { return sys(SYS_read, static_cast<uintptr>(fd), addr(p), n); }
SysResult linux_open(const char* path, bool create) {
  const uintptr flags = O_CLOEXEC | (create ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY);
  return sys(SYS_openat, kAtFdcwd, addr(path), flags, 0644);
}

// Whether the descriptor has a position that can be set. A file has one; pipes and terminals refuse, and /dev/null
// stays at 0.
static bool has_places(i32 fd) {
  constexpr uintptr kPlace = 1;
  u64 at = 0;
  const uintptr d = static_cast<uintptr>(fd);
  if constexpr (kPtrSize == 8) at = sys(SYS_lseek, d, kPlace, SEEK_SET).value;
  else (void)sys(SYS_lseek, d, 0, kPlace, addr(&at), SEEK_SET);  // _llseek
  return at == kPlace;
}
// The lock is taken before the file is truncated: truncating first would destroy the output of the process that has it.
SysResult linux_open_alone(const char* path) {
  const SysResult fd = sys(SYS_openat, kAtFdcwd, addr(path), O_CLOEXEC | O_WRONLY | O_CREAT, 0644);
  if (!fd.ok()) return fd;
  const bool taken = sys(SYS_flock, fd.value, LOCK_EX | LOCK_NB).err == Errno::again;
  if (!has_places(static_cast<i32>(fd.value))) return fd;
  if (taken) {
    (void)sys(SYS_close, fd.value);
    return {0, Errno::again};
  }
  (void)sys(SYS_lseek, fd.value, 0, 0, 0, 0);
  (void)sys(SYS_ftruncate, fd.value, 0, 0, 0);
  return fd;
}
SysResult linux_close(i32 fd) { return sys(SYS_close, static_cast<uintptr>(fd)); }

// One ppoll on all three instead of an fcntl each: a closed descriptor answers POLLNVAL.
u32 linux_open_std_fds() {
  Pollfd fds[3] = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
  Timespec zero = {0, 0};
  if (!sys(SYS_ppoll, addr(fds), 3, addr(&zero), 0, 0).ok()) return 7;
  u32 open = 0;
  for (u32 i = 0; i < 3; i++)
    if ((fds[i].revents & POLLNVAL) == 0) open |= 1u << i;
  return open;
}

static i64 clock(uintptr id) {
  Timespec ts = {0, 0};
  if (vdso_clock_gettime == nullptr || vdso_clock_gettime(static_cast<i32>(id), &ts) != 0)
    (void)sys(SYS_clock_gettime, id, addr(&ts));
  return static_cast<i64>(ts.sec) * 1000000000 + static_cast<i64>(ts.nsec);
}
i64 linux_nanotime() { return clock(CLOCK_MONOTONIC); }
i64 linux_walltime() { return clock(CLOCK_REALTIME); }

static Timespec timespec_of(i64 ns) {
  Timespec ts = {};
  ts.sec = static_cast<decltype(ts.sec)>(ns / 1000000000);
  ts.nsec = static_cast<decltype(ts.nsec)>(ns % 1000000000);
  return ts;
}
void linux_usleep(u32 us) {
  Timespec ts = timespec_of(static_cast<i64>(us) * 1000);
  (void)sys(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, addr(&ts), 0);
}
void linux_osyield() { (void)sys(SYS_sched_yield); }

// FUTEX_WAIT takes a relative time-out measured on the monotonic clock.
void linux_futexsleep(Atomic<u32>* a, u32 val, i64 ns) {
  if (ns < 0) {
    (void)sys(SYS_futex, addr(a), FUTEX_WAIT_PRIVATE, val, 0);
    return;
  }
  Timespec ts = timespec_of(ns);
  (void)sys(SYS_futex, addr(a), FUTEX_WAIT_PRIVATE, val, addr(&ts));
}
void linux_futexwakeup(Atomic<u32>* a, u32 count) {
  const SysResult r = sys(SYS_futex, addr(a), FUTEX_WAKE_PRIVATE, count);
  check(r.ok(), "futexwakeup: the kernel refused a FUTEX_WAKE");
}

static SysResult map(void* hint, usize n, uintptr flags) {
  const uintptr a[] = {addr(hint), n, PROT_READ | PROT_WRITE, flags, static_cast<uintptr>(-1), 0};
  if constexpr (kQuirks.mmap_block) return sys(SYS_mmap, addr(a));
  return sys(SYS_mmap, a[0], a[1], a[2], a[3], a[4], a[5]);
}
SysResult linux_mem_map(void* hint, usize n) { return map(hint, n, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE); }
SysResult linux_mem_unmap(void* p, usize n) { return sys(SYS_munmap, addr(p), n); }
SysResult linux_mem_protect(void* p, usize n, Prot prot) {
  return sys(SYS_mprotect, addr(p), n, prot == Prot::none ? PROT_NONE : PROT_READ | PROT_WRITE);
}
// Guards made by mprotect. Each splits a mapping, and a process may have no more than vm.max_map_count mappings: 65,530
// by default.
constexpr u32 kMostSplits = 24 * 1024;
constinit Atomic<u32> splits{0};
enum : u32 { kUntried = 0, kWorks = 1, kRefused = 2 };
constinit Atomic<u32> guard_install{kUntried};

// The second guard tests whether MADV_GUARD_INSTALL works, so that a program with no guard but main's does not pay for
// the test. Old kernels refuse the call, and some emulators report success without doing anything. Several threads may
// test at once: they all come to the same result.
SysResult linux_mem_guard(void* p, usize n) {
  if (splits.load_relaxed() != 0 && guard_install.load_relaxed() != kRefused) {
    const bool done = sys(SYS_madvise, addr(p), n, MADV_GUARD_INSTALL).ok();
    if (done && guard_install.load_relaxed() == kWorks) return {};
    const bool works = done && !page_readable(addr(p));
    guard_install.store_relaxed(works ? kWorks : kRefused);
    if (works) return {};
  }
  if (splits.add_relaxed(1) > kMostSplits) {
    (void)splits.sub_relaxed(1);
    return {0, Errno::nomem};
  }
  return linux_mem_protect(p, n, Prot::none);
}
SysResult linux_mem_dontneed(void* p, usize n) { return sys(SYS_madvise, addr(p), n, MADV_DONTNEED); }
SysResult linux_mem_resident(const void* p, usize n, u8* pages) { return sys(SYS_mincore, addr(p), n, addr(pages)); }

// Counts the bits of the affinity mask; the kernel returns how many of its bytes it has filled. The mask has room for
// 8,192 CPUs, as Go's.
i32 linux_getproccount() {
  u32 mask[256];
  const SysResult r = sys(SYS_sched_getaffinity, 0, sizeof(mask), addr(mask));
  if (!r.ok()) return 1;
  i32 n = 0;
  for (usize i = 0; i < r.value / sizeof(u32); i++)
    for (u32 bits = mask[i]; bits != 0; bits &= bits - 1) n++;
  return n > 0 ? n : 1;
}

usize linux_getHugePageSize() {
  const SysResult fd = linux_open("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", false);
  if (!fd.ok()) return 0;
  char text[24];
  const SysResult n = linux_read(static_cast<i32>(fd.value), text, sizeof(text));
  (void)linux_close(static_cast<i32>(fd.value));
  if (!n.ok()) return 0;
  usize size = 0;
  for (usize i = 0; i < n.value && text[i] >= '0' && text[i] <= '9'; i++) {
    if (size > static_cast<usize>(-1) / 16) return 0;
    size = size * 10 + static_cast<usize>(text[i] - '0');
  }
  return is_power_of_two(size) ? size : 0;
}

bool linux_getrandom(void* p, usize n) {
  const SysResult r = sys(SYS_getrandom, addr(p), n, 0);
  return r.ok() && r.value == n;
}

// The kernel writes about 20 entries, and the strings above them. If the vector has no AT_NULL, reading stops at the
// strings; if there are none, after 64 entries, or earlier at the last page that is readable. AT_RANDOM's bytes are
// used only if they lie on the stack, above the vector and below the strings' end: other addresses may not be readable.
void linux_start(const uintptr* av, Span<const char> strings, Auxv* aux) {
  constexpr uintptr kPage = 4096, kRandomBytes = 16, kMaxBytes = 64 * 2 * sizeof(uintptr);
  const uintptr begin = addr(strings.ptr), end = addr(strings.end());
  uintptr random = 0;
  uintptr limit = addr(av) + kMaxBytes;
  if (begin > addr(av)) limit = min(limit, begin);
  else if (!page_readable(limit)) limit = align_down(limit, kPage);
  for (; addr(av + 2) <= limit && av[0] != AT_NULL; av += 2) {
    const uintptr value = av[1];
    switch (av[0]) {
      case AT_PAGESZ:
        if (is_power_of_two(value) && value >= kPage && value <= 1u << 20) aux->page_size = value;
        break;
      case AT_RANDOM: random = value; break;
      case AT_HWCAP: aux->hwcap = value; break;
      case AT_HWCAP2: aux->hwcap2 = value; break;
      case AT_SYSINFO_EHDR: aux->vdso = value; break;
      case AT_SECURE: aux->secure = value != 0; break;
    }
  }
  if (random > addr(av) && random < end && end - random >= kRandomBytes)
    aux->random = reinterpret_cast<const u8*>(random);
  vdso_start(aux->vdso);
}

SysResult linux_newosproc(uintptr stack_hi, uintptr* tls) {
  return SysResult::of(
      clone_thread(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_SYSVSEM | CLONE_THREAD | CLONE_SETTLS,
                   align_down(stack_hi, Isa::kStackAlign), Isa::tls_base(tls)));
}
u64 linux_gettid() { return sys(SYS_gettid).value; }
u64 linux_getpid() { return sys(SYS_getpid).value; }
SysResult linux_tgkill(u64 tid, u32 sig) {
  return sys(SYS_tgkill, static_cast<uintptr>(linux_getpid()), static_cast<uintptr>(tid), sig);
}

SysResult linux_rename_file(const char* from, const char* to) {
  return sys(SYS_renameat, kAtFdcwd, addr(from), kAtFdcwd, addr(to), 0);
}
// Before Linux 4.11, which has no statx, the result is false for every path, and files are written directly.
bool linux_may_replace(const char* path) {
  Statx x;
  constexpr u32 kFormat = 0170000, kRegular = 0100000;
  const SysResult r = sys(SYS_statx, kAtFdcwd, addr(path), 0, STATX_BASIC_STATS, addr(&x));
  return r.ok() ? (x.mode & kFormat) == kRegular : r.err == Errno::noent;
}

Rehearsal linux_rehearse(u32** count) {
  const SysResult page = map(nullptr, sizeof(u32), MAP_SHARED | MAP_ANONYMOUS);
  if (!page.ok()) return Rehearsal::failed;
  *count = reinterpret_cast<u32*>(page.value);
  constexpr uintptr kNoStack = 0, kPdeathsig = 1, kSigkill = 9;
  // The boot unblocks it when its handler is there.
  (void)linux_sigmask_block(u64{1} << (kSIGTERM - 1));
  const SysResult child =
      kQuirks.clone_stack_first ? sys(SYS_clone, kNoStack, kSIGCHLD) : sys(SYS_clone, kSIGCHLD, kNoStack);
  if (!child.ok()) return Rehearsal::failed;
  if (child.value != 0) {
    // If this process's parent ignored SIGCHLD, the copy leaves no status, and the result is ECHILD after its end.
    while (sys(SYS_wait4, child.value, 0, 0, 0).err == Errno::intr) {}
    return Rehearsal::over;
  }
  (void)sys(SYS_prctl, kPdeathsig, kSigkill);  // the copy must not outlive this process
  for (i32 fd = 0; fd < 3; fd++) {
    (void)linux_close(fd);
    (void)linux_open("/dev/null", fd != 0);  // takes the lowest free number: this one
  }
  return Rehearsal::runs;
}

constinit const Kernel linux_kernel = {
    .name = "linux",
    .exit = linux_exit,
    .exit_thread = linux_exit_thread,
    .write = linux_write,
    .read = linux_read,
    .open = linux_open,
    .open_alone = linux_open_alone,
    .close = linux_close,
    .open_std_fds = linux_open_std_fds,
    .nanotime = linux_nanotime,
    .tracetime = linux_nanotime,
    .walltime = linux_walltime,
    .usleep = linux_usleep,
    .osyield = linux_osyield,
    .futexsleep = linux_futexsleep,
    .futexwakeup = linux_futexwakeup,
    .mem_map = linux_mem_map,
    .mem_unmap = linux_mem_unmap,
    .mem_protect = linux_mem_protect,
    .mem_guard = linux_mem_guard,
    .mem_dontneed = linux_mem_dontneed,
    .mem_resident = linux_mem_resident,
    .getproccount = linux_getproccount,
    .getHugePageSize = linux_getHugePageSize,
    .getrandom = linux_getrandom,
    .start = linux_start,
    .newosproc = linux_newosproc,
    .gettid = linux_gettid,
    .getpid = linux_getpid,
    .tgkill = linux_tgkill,
    .setsig = linux_setsig,
    .sigaltstack = linux_sigaltstack,
    .sigmask_block = linux_sigmask_block,
    .sigmask_set = linux_sigmask_set,
    .sigcontext = linux_sigcontext,
    .sigcontext_set_pc = linux_sigcontext_set_pc,
    .sigcontext_call = linux_sigcontext_call,
    .sigcontext_regs = linux_sigcontext_regs,
    .raise_default = linux_raise_default,
    .cpu_alarm = linux_cpu_alarm,
};

}  // namespace rt0
