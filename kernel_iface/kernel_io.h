// The second half of the kernel interface: files, pipes, sockets, polling, processes. It is a table of its own, so that
// only programs that use it are linked with it. Each implementation of kernel.h's table fills one of these, too.
//
// Flags and socket addresses are rt0's own types, not Linux's. Each entry does what the POSIX call of that name does,
// takes no lock, never allocates, and never retries on EINTR: the layer above uses ignoringEINTR for that. A path is
// NUL-terminated. Every descriptor is made close-on-exec.
#pragma once

#include "base/types.h"
#include "kernel_iface/errno.h"

namespace rt0 {

// How a file is opened.
namespace open_flag {
inline constexpr u32 read = 1, write = 2, append = 4, create = 8, excl = 16, sync = 32, trunc = 64, nonblock = 128,
                     directory = 256;
}

enum class FileType : u32 { unknown, regular, directory, symlink, fifo, socket, char_device, block_device };

struct FileStat {
  FileType type;
  u32 perm;  // the lower 12 bits of st_mode
  u64 size, ino, dev;
  u32 nlink, uid, gid;
  i64 mtime_ns;  // since 1970
};

// An entry of a directory. Its name, which ends in NUL, begins at kName; the next one is `size` bytes further.
struct DirRecord {
  static constexpr usize kName = 19;
  u64 ino;
  i64 next;
  u16 size;
  u8 type;  // the lower four bits of st_mode >> 12; 0: unknown
};

enum class Seek : u32 { set, cur, end };

enum class AddrFamily : u32 { none, ip4, ip6, unix_ };
inline constexpr usize kMaxUnixPath = 108;

// A socket's address. ip4 uses ip[0..4). A unix path has no NUL at its end; an abstract one begins with NUL. Family
// none: the socket has no name. Of an IP address that was given with a zone, path has the zone's text; scope is the
// interface's number, for the kernel.
struct SockAddr {
  AddrFamily family = AddrFamily::none;
  u16 port = 0;
  u16 path_len = 0;
  u32 scope = 0;
  u8 ip[16] = {};
  char path[kMaxUnixPath];

  RT0_INLINE SockAddr() = default;
};

enum class SockType : u32 { stream, dgram, seqpacket };
enum class SockOpt : u32 {
  error,
  reuse_addr,
  keep_alive,
  broadcast,
  no_delay,
  ipv6_only,
  keep_idle,
  keep_interval,
  rcvbuf,
  sndbuf
};
enum class Shut : u32 { read, write, both };

// An event that the poller reports for a descriptor.
struct PollEvent {
  static constexpr u32 kIn = 1, kOut = 2, kHup = 4, kRdhup = 8, kErr = 16;
  u64 data;  // as given to poll_add
  u32 events;
};

// A program to be started as a process of its own. All strings end in NUL, the arrays in a null pointer.
struct Spawn {
  const char* path;
  char* const* argv;
  char* const* envp;
  const char* dir;  // null: this process's
  i32 fds[3];       // its descriptors 0, 1, 2; -1: closed
  u64 sigmask;      // its signal mask
  u64 ignored;      // signals that the program itself has set to be ignored: the new process ignores them, too
};

struct KernelIo {
  // Files. value: the descriptor, or bytes moved.
  SysResult (*open)(const char* path, u32 flags, u32 perm);
  SysResult (*close)(i32 fd);
  SysResult (*read)(i32 fd, void* p, usize n);
  SysResult (*write)(i32 fd, const void* p, usize n);
  SysResult (*pread)(i32 fd, void* p, usize n, i64 off);
  SysResult (*pwrite)(i32 fd, const void* p, usize n, i64 off);
  SysResult (*seek)(i32 fd, i64 off, Seek whence, i64* at);
  SysResult (*fstat)(i32 fd, FileStat* st);
  SysResult (*stat)(const char* path, bool follow, FileStat* st);
  SysResult (*truncate)(i32 fd, i64 size);
  SysResult (*sync)(i32 fd);
  SysResult (*unlink)(const char* path);
  SysResult (*rmdir)(const char* path);
  SysResult (*mkdir)(const char* path, u32 perm);
  SysResult (*rename)(const char* from, const char* to);
  SysResult (*chdir)(const char* path);
  SysResult (*getcwd)(char* buf, usize n);  // value: bytes written, the NUL included
  // Reads entries of the directory fd into p as a row of DirRecords. value: bytes written; 0 at the end.
  SysResult (*read_dir)(i32 fd, void* p, usize n);
  SysResult (*dup)(i32 fd);
  SysResult (*get_nonblock)(i32 fd);  // value: 0 or 1
  SysResult (*set_nonblock)(i32 fd, bool on);
  SysResult (*pipe)(i32 fds[2], bool nonblock);
  // Blocks the thread until fd can be read or written; an error means that the kernel can't wait for it. For
  // descriptors that are non-blocking but not in a poller.
  SysResult (*wait_ready)(i32 fd, bool to_write);
  // Raises the soft limit of open descriptors to the hard limit, less one; only the first call in a process does
  // anything. Programs that are spawned get the old limit.
  void (*raise_nofile)();

  // Sockets, all non-blocking.
  SysResult (*socket)(AddrFamily family, SockType type);
  SysResult (*socketpair)(SockType type, i32 fds[2]);
  SysResult (*bind)(i32 fd, const SockAddr* a);
  SysResult (*listen)(i32 fd, i32 backlog);
  SysResult (*accept)(i32 fd, SockAddr* peer);
  SysResult (*connect)(i32 fd, const SockAddr* a);
  SysResult (*getsockname)(i32 fd, SockAddr* a);
  SysResult (*getpeername)(i32 fd, SockAddr* a);
  SysResult (*getsockopt)(i32 fd, SockOpt opt, i32* v);
  SysResult (*setsockopt)(i32 fd, SockOpt opt, i32 v);
  // If the peer has closed its end, sendto fails with Errno::pipe, and raises no SIGPIPE. to, from: may be null.
  SysResult (*sendto)(i32 fd, const void* p, usize n, const SockAddr* to);
  SysResult (*recvfrom)(i32 fd, void* p, usize n, SockAddr* from);
  SysResult (*shutdown)(i32 fd, Shut how);

  // A poller. poll_add with `edge` watches for reading, writing and hang-up, edge-triggered; without `edge` for reading
  // only, level-triggered. poll_wait reports at most n events, value = how many. timeout_ms < 0: no limit.
  SysResult (*poll_create)();
  SysResult (*poll_add)(i32 poller, i32 fd, u64 data, bool edge);
  SysResult (*poll_del)(i32 poller, i32 fd);
  SysResult (*poll_wait)(i32 poller, PollEvent* ev, usize n, i32 timeout_ms);
  // A non-blocking counter in a descriptor: write 8 bytes to add, read 8 to take.
  SysResult (*eventfd)();

  // Processes. kill with sig 0 only tests whether the process exists. wait: value = the child's id, or 0 if none has
  // ended and no_hang is set.
  i32 (*getpid)();
  i32 (*getppid)();
  i32 (*getuid)();
  SysResult (*kill)(i32 pid, u32 sig);
  // spawn: value = the child's id. If the child fails before it has become the program, spawn returns the child's
  // error. The status of a child that has ended is kept for wait, even if this process's parent had SIGCHLD ignored.
  SysResult (*spawn)(const Spawn* s);
  SysResult (*wait)(i32 pid, bool no_hang, i32* status);
  SysResult (*hostname)(char* buf, usize n);  // NUL-terminated
};

extern const KernelIo linux_kernel_io;
extern const KernelIo sim_kernel_io;

// The table of the kernel in force.
const KernelIo& kernel_io();

// Calls f, and calls it again as long as its error is EINTR. Go: ignoringEINTR.
template <class F>
SysResult ignoringEINTR(F f) {
  for (;;) {
    const SysResult r = f();
    if (r.err != Errno::intr) return r;
  }
}

}  // namespace rt0
