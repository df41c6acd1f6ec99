// Files, pipes, polling and processes on Linux: by raw system calls, mostly one for each, which all ISAs have.
#include "kernel_iface/linux/io.h"
#include "arch/arch.h"
#include "base/atomic.h"
#include "kernel_iface/kernel_io.h"
#include "kernel_iface/linux/uapi.h"

namespace rt0 {

using namespace linux_abi;
using namespace uapi;

SysResult io_sys(uintptr nr, uintptr a, uintptr b, uintptr c, uintptr d, uintptr e, uintptr f) {
  return SysResult::of(Isa::syscall6(nr, a, b, c, d, e, f));
}

namespace {

uintptr addr(const volatile void* p) { return reinterpret_cast<uintptr>(p); }
using EpollEvent = EpollEventOf<kQuirks.packed_epoll_event>;

// The two halves of a 64-bit argument. A 32-bit ISA passes them in two registers, in their order in memory.
struct Halves {
  uintptr first, second;
};
Halves halves(i64 v) {
  const uintptr lo = static_cast<u32>(v), hi = static_cast<u32>(static_cast<u64>(v) >> 32);
  return Isa::kBigEndian ? Halves{hi, lo} : Halves{lo, hi};
}

SysResult linux_open(const char* path, u32 flags, u32 perm) {
  uintptr f = O_CLOEXEC | kQuirks.o_largefile;
  if ((flags & open_flag::write) != 0) f |= (flags & open_flag::read) != 0 ? O_RDWR : O_WRONLY;
  if ((flags & open_flag::append) != 0) f |= O_APPEND;
  if ((flags & open_flag::create) != 0) f |= O_CREAT;
  if ((flags & open_flag::excl) != 0) f |= O_EXCL;
  if ((flags & open_flag::sync) != 0) f |= O_SYNC;
  if ((flags & open_flag::trunc) != 0) f |= O_TRUNC;
  if ((flags & open_flag::nonblock) != 0) f |= O_NONBLOCK;
  if ((flags & open_flag::directory) != 0) f |= kQuirks.o_directory;
  return io_sys(SYS_openat, kAtFdcwd, addr(path), f, perm);
}
SysResult linux_close(i32 fd) { return io_sys(SYS_close, static_cast<uintptr>(fd)); }
SysResult linux_read(i32 fd, void* p, usize n) { return io_sys(SYS_read, static_cast<uintptr>(fd), addr(p), n); }
SysResult linux_write(i32 fd, const void* p, usize n) {
  return io_sys(SYS_write, static_cast<uintptr>(fd), addr(p), n);
}

SysResult at_offset(uintptr nr, i32 fd, const void* p, usize n, i64 off) {
  const uintptr d = static_cast<uintptr>(fd);
  if constexpr (kPtrSize == 8) return io_sys(nr, d, addr(p), n, static_cast<uintptr>(off));
  const Halves h = halves(off);
  if constexpr (kQuirks.aligned_pairs) return io_sys(nr, d, addr(p), n, 0, h.first, h.second);
  return io_sys(nr, d, addr(p), n, h.first, h.second);
}
SysResult linux_pread(i32 fd, void* p, usize n, i64 off) { return at_offset(SYS_pread64, fd, p, n, off); }
SysResult linux_pwrite(i32 fd, const void* p, usize n, i64 off) { return at_offset(SYS_pwrite64, fd, p, n, off); }

// On 32-bit ISAs SYS_lseek is _llseek, which stores the new position in memory.
SysResult linux_seek(i32 fd, i64 off, Seek whence, i64* at) {
  const uintptr d = static_cast<uintptr>(fd), w = static_cast<uintptr>(whence);
  if constexpr (kPtrSize == 8) {
    const SysResult r = io_sys(SYS_lseek, d, static_cast<uintptr>(off), w);
    *at = static_cast<i64>(r.value);
    return r;
  }
  return io_sys(SYS_lseek, d, static_cast<u32>(static_cast<u64>(off) >> 32), static_cast<u32>(off), addr(at), w);
}

SysResult linux_truncate(i32 fd, i64 size) {
  const uintptr d = static_cast<uintptr>(fd);
  if constexpr (kPtrSize == 8) return io_sys(SYS_ftruncate, d, static_cast<uintptr>(size));
  const Halves h = halves(size);
  if constexpr (kQuirks.aligned_pairs) return io_sys(SYS_ftruncate, d, 0, h.first, h.second);
  return io_sys(SYS_ftruncate, d, h.first, h.second);
}

FileType type_of(u32 mode) {
  switch (mode & 0170000) {
    case 0100000: return FileType::regular;
    case 0040000: return FileType::directory;
    case 0120000: return FileType::symlink;
    case 0010000: return FileType::fifo;
    case 0140000: return FileType::socket;
    case 0020000: return FileType::char_device;
    case 0060000: return FileType::block_device;
    default: return FileType::unknown;
  }
}

// The device number in the form of statx, from that of fstatat.
u64 device_of(u64 dev) {
  const u64 major = (dev >> 8 & 0xfff) | (dev >> 32 & 0xfffff000), minor = (dev & 0xff) | (dev >> 12 & 0xffffff00);
  return major << 32 | minor;
}
// Does the work of statx by fstatat. Before Linux 4.11 there is no statx, and seccomp filters that do not know it
// refuse it, some of them with EPERM, an error that statx itself never returns.
SysResult old_stat(i32 fd, const char* path, uintptr flags, FileStat* st) {
  OldStat x = {};
  const SysResult r = io_sys(SYS_fstatat, static_cast<uintptr>(fd), addr(path), addr(&x), flags);
  if (!r.ok()) return r;
  *st = {.type = type_of(x.mode),
         .perm = x.mode & 07777u,
         .size = static_cast<u64>(x.size),
         .ino = x.ino,
         .dev = device_of(x.dev),
         .nlink = static_cast<u32>(x.nlink),
         .uid = x.uid,
         .gid = x.gid,
         .mtime_ns = static_cast<i64>(x.mtime) * 1000000000 + static_cast<i64>(x.mtime_ns)};
  return r;
}

SysResult statx(i32 fd, const char* path, uintptr flags, FileStat* st) {
  Statx x;
  const SysResult r = io_sys(SYS_statx, static_cast<uintptr>(fd), addr(path), flags, STATX_BASIC_STATS, addr(&x));
  if (r.err == Errno::nosys || r.err == Errno::perm) return old_stat(fd, path, flags, st);
  if (!r.ok()) return r;
  *st = {.type = type_of(x.mode),
         .perm = x.mode & 07777u,
         .size = x.size,
         .ino = x.ino,
         .dev = static_cast<u64>(x.dev_major) << 32 | x.dev_minor,
         .nlink = x.nlink,
         .uid = x.uid,
         .gid = x.gid,
         .mtime_ns = x.mtime.sec * 1000000000 + x.mtime.nsec};
  return r;
}
SysResult linux_fstat(i32 fd, FileStat* st) { return statx(fd, "", AT_EMPTY_PATH, st); }
SysResult linux_stat(const char* path, bool follow, FileStat* st) {
  return statx(static_cast<i32>(kAtFdcwd), path, follow ? 0 : AT_SYMLINK_NOFOLLOW, st);
}

SysResult linux_sync(i32 fd) { return io_sys(SYS_fsync, static_cast<uintptr>(fd)); }
SysResult linux_unlink(const char* path) { return io_sys(SYS_unlinkat, kAtFdcwd, addr(path), 0); }
SysResult linux_rmdir(const char* path) { return io_sys(SYS_unlinkat, kAtFdcwd, addr(path), AT_REMOVEDIR); }
SysResult linux_mkdir(const char* path, u32 perm) { return io_sys(SYS_mkdirat, kAtFdcwd, addr(path), perm); }
SysResult linux_rename(const char* from, const char* to) {
  return io_sys(SYS_renameat, kAtFdcwd, addr(from), kAtFdcwd, addr(to), 0);
}
SysResult linux_chdir(const char* path) { return io_sys(SYS_chdir, addr(path)); }
SysResult linux_getcwd(char* buf, usize n) { return io_sys(SYS_getcwd, addr(buf), n); }
// A DirRecord is the kernel's linux_dirent64, the same on all ISAs.
SysResult linux_read_dir(i32 fd, void* p, usize n) {
  return io_sys(SYS_getdents64, static_cast<uintptr>(fd), addr(p), n);
}
SysResult linux_dup(i32 fd) { return io_sys(SYS_fcntl, static_cast<uintptr>(fd), F_DUPFD_CLOEXEC, 0); }

SysResult linux_get_nonblock(i32 fd) {
  SysResult r = io_sys(SYS_fcntl, static_cast<uintptr>(fd), F_GETFL);
  if (r.ok()) r.value = (r.value & O_NONBLOCK) != 0 ? 1 : 0;
  return r;
}
SysResult linux_set_nonblock(i32 fd, bool on) {
  const SysResult r = io_sys(SYS_fcntl, static_cast<uintptr>(fd), F_GETFL);
  if (!r.ok()) return r;
  const uintptr flags = on ? r.value | O_NONBLOCK : r.value & ~O_NONBLOCK;
  return flags == r.value ? r : io_sys(SYS_fcntl, static_cast<uintptr>(fd), F_SETFL, flags);
}
SysResult linux_pipe(i32 fds[2], bool nonblock) {
  return io_sys(SYS_pipe2, addr(fds), O_CLOEXEC | (nonblock ? O_NONBLOCK : 0));
}

SysResult linux_wait_ready(i32 fd, bool to_write) {
  Pollfd p = {fd, to_write ? POLLOUT : POLLIN, 0};
  return io_sys(SYS_ppoll, addr(&p), 1, 0, 0, 0);
}

// RLIMIT_NOFILE in the layout of prlimit64. raise_nofile sets the soft limit to hard - 1, not to hard. A limit that was
// changed meanwhile by the program or another process is usually equal to hard, so restore_nofile can recognise it and
// leaves it alone. Go: rlimit.go.
struct Rlimit {
  u64 soft, hard;
};
enum : u32 { kUntouched, kRaising, kRaised, kLeft };
constinit Atomic<u32> nofile_state{kUntouched};
constinit u64 nofile_soft = 0;  // the soft limit at the start; written before the state becomes kRaised

SysResult nofile(const Rlimit* to, Rlimit* was) { return io_sys(SYS_prlimit64, 0, RLIMIT_NOFILE, addr(to), addr(was)); }

void linux_raise_nofile() {
  if (nofile_state.load_relaxed() != kUntouched || !nofile_state.cas_acquire(kUntouched, kRaising)) return;
  Rlimit l = {};
  bool raised = nofile(nullptr, &l).ok() && l.hard > 0 && l.soft < l.hard - 1;
  if (raised) {
    nofile_soft = l.soft;
    l.soft = l.hard - 1;
    raised = nofile(&l, nullptr).ok();
  }
  nofile_state.store_release(raised ? kRaised : kLeft);
}

SysResult linux_poll_create() { return io_sys(SYS_epoll_create1, O_CLOEXEC); }
SysResult linux_poll_add(i32 poller, i32 fd, u64 data, bool edge) {
  EpollEvent ev = {};
  ev.events = edge ? EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET : EPOLLIN;
  ev.data = data;
  return io_sys(SYS_epoll_ctl, static_cast<uintptr>(poller), EPOLL_CTL_ADD, static_cast<uintptr>(fd), addr(&ev));
}
SysResult linux_poll_del(i32 poller, i32 fd) {
  EpollEvent ev = {};  // kernels before 2.6.9 need a valid pointer
  return io_sys(SYS_epoll_ctl, static_cast<uintptr>(poller), EPOLL_CTL_DEL, static_cast<uintptr>(fd), addr(&ev));
}
SysResult linux_poll_wait(i32 poller, PollEvent* ev, usize n, i32 timeout_ms) {
  EpollEvent raw[128];
  const usize most = min(n, countof(raw));
  const SysResult r = io_sys(SYS_epoll_pwait, static_cast<uintptr>(poller), addr(raw), most,
                             static_cast<uintptr>(timeout_ms), 0, kSigsetBytes);
  if (!r.ok()) return r;
  for (usize i = 0; i < r.value; i++) {
    const u32 e = raw[i].events;
    ev[i].data = raw[i].data;
    ev[i].events = ((e & EPOLLIN) != 0 ? PollEvent::kIn : 0) | ((e & EPOLLOUT) != 0 ? PollEvent::kOut : 0) |
                   ((e & EPOLLHUP) != 0 ? PollEvent::kHup : 0) | ((e & EPOLLRDHUP) != 0 ? PollEvent::kRdhup : 0) |
                   ((e & EPOLLERR) != 0 ? PollEvent::kErr : 0);
  }
  return r;
}
SysResult linux_eventfd() { return io_sys(SYS_eventfd2, 0, O_CLOEXEC | O_NONBLOCK); }

i32 linux_getpid() { return static_cast<i32>(io_sys(SYS_getpid).value); }
i32 linux_getppid() { return static_cast<i32>(io_sys(SYS_getppid).value); }
i32 linux_getuid() { return static_cast<i32>(io_sys(SYS_getuid).value); }
SysResult linux_kill(i32 pid, u32 sig) { return io_sys(SYS_kill, static_cast<uintptr>(pid), sig); }
SysResult linux_wait(i32 pid, bool no_hang, i32* status) {
  return io_sys(SYS_wait4, static_cast<uintptr>(pid), addr(status), no_hang ? 1 : 0, 0);
}
SysResult linux_hostname(char* buf, usize n) {
  Utsname u;
  const SysResult r = io_sys(SYS_uname, addr(&u));
  if (!r.ok() || n == 0) return r;
  usize i = 0;
  for (; i + 1 < n && i < sizeof(u.nodename) && u.nodename[i] != '\0'; i++) buf[i] = u.nodename[i];
  buf[i] = '\0';
  return r;
}

}  // namespace

void restore_nofile() {
  Rlimit l = {};
  if (nofile_state.load_acquire() != kRaised || !nofile(nullptr, &l).ok() || l.soft != l.hard - 1) return;
  l.soft = nofile_soft;
  (void)nofile(&l, nullptr);
}

constinit const KernelIo linux_kernel_io = {
    .open = linux_open,
    .close = linux_close,
    .read = linux_read,
    .write = linux_write,
    .pread = linux_pread,
    .pwrite = linux_pwrite,
    .seek = linux_seek,
    .fstat = linux_fstat,
    .stat = linux_stat,
    .truncate = linux_truncate,
    .sync = linux_sync,
    .unlink = linux_unlink,
    .rmdir = linux_rmdir,
    .mkdir = linux_mkdir,
    .rename = linux_rename,
    .chdir = linux_chdir,
    .getcwd = linux_getcwd,
    .read_dir = linux_read_dir,
    .dup = linux_dup,
    .get_nonblock = linux_get_nonblock,
    .set_nonblock = linux_set_nonblock,
    .pipe = linux_pipe,
    .wait_ready = linux_wait_ready,
    .raise_nofile = linux_raise_nofile,
    .socket = linux_socket,
    .socketpair = linux_socketpair,
    .bind = linux_bind,
    .listen = linux_listen,
    .accept = linux_accept,
    .connect = linux_connect,
    .getsockname = linux_getsockname,
    .getpeername = linux_getpeername,
    .getsockopt = linux_getsockopt,
    .setsockopt = linux_setsockopt,
    .sendto = linux_sendto,
    .recvfrom = linux_recvfrom,
    .shutdown = linux_shutdown,
    .poll_create = linux_poll_create,
    .poll_add = linux_poll_add,
    .poll_del = linux_poll_del,
    .poll_wait = linux_poll_wait,
    .eventfd = linux_eventfd,
    .getpid = linux_getpid,
    .getppid = linux_getppid,
    .getuid = linux_getuid,
    .kill = linux_kill,
    .spawn = linux_spawn,
    .wait = linux_wait,
    .hostname = linux_hostname,
};

}  // namespace rt0
