// Linux constants that are equal on every ISA rt0 is ported to. Constants that differ are in arch/<isa>/linux_abi.h.
#pragma once

#include "base/types.h"

namespace rt0::uapi {

inline constexpr uintptr kAtFdcwd = static_cast<uintptr>(-100);
inline constexpr uintptr O_RDONLY = 0, O_WRONLY = 1, O_CREAT = 0100, O_TRUNC = 01000, O_CLOEXEC = 02000000;
inline constexpr uintptr O_RDWR = 2, O_EXCL = 0200, O_APPEND = 02000, O_NONBLOCK = 04000, O_SYNC = 04010000;
inline constexpr uintptr F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030;
inline constexpr uintptr LOCK_EX = 2, LOCK_NB = 4, SEEK_SET = 0, RLIMIT_NOFILE = 7;
inline constexpr uintptr AT_REMOVEDIR = 0x200, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;

struct StatxTime {
  i64 sec;
  u32 nsec;
  i32 pad;
};
struct Statx {
  u32 mask, blksize;
  u64 attributes;
  u32 nlink, uid, gid;
  u16 mode, pad0;
  u64 ino, size, blocks, attributes_mask;
  StatxTime atime, btime, ctime, mtime;
  u32 rdev_major, rdev_minor, dev_major, dev_minor;
  u64 spare[14];
};
static_assert(sizeof(Statx) == 256);
inline constexpr uintptr STATX_BASIC_STATS = 0x7ff;

inline constexpr u16 AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10;
inline constexpr uintptr SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_SEQPACKET = 5, SOCK_NONBLOCK = 04000,
                         SOCK_CLOEXEC = 02000000;
inline constexpr uintptr SOL_SOCKET = 1, IPPROTO_TCP = 6, IPPROTO_IPV6 = 41;
inline constexpr uintptr SO_REUSEADDR = 2, SO_ERROR = 4, SO_BROADCAST = 6, SO_SNDBUF = 7, SO_RCVBUF = 8,
                         SO_KEEPALIVE = 9;
inline constexpr uintptr TCP_NODELAY = 1, TCP_KEEPIDLE = 4, TCP_KEEPINTVL = 5, IPV6_V6ONLY = 26, MSG_NOSIGNAL = 0x4000;

inline constexpr uintptr EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2;
inline constexpr u32 EPOLLIN = 1, EPOLLOUT = 4, EPOLLERR = 8, EPOLLHUP = 16, EPOLLRDHUP = 0x2000, EPOLLET = 0x80000000;

// Socket addresses in the kernel's layout: the family in the machine's byte order, port and IP in the network's.
union RawAddr {
  u16 family;
  struct {
    u16 family;
    u8 port[2], ip[4], zero[8];
  } in4;
  struct {
    u16 family;
    u8 port[2], flow[4], ip[16];
    u32 scope;
  } in6;
  struct {
    u16 family;
    char path[108];
  } un;
};

struct Utsname {
  char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

inline constexpr uintptr PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2;
inline constexpr uintptr MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MAP_NORESERVE = 0x4000;
inline constexpr uintptr MADV_DONTNEED = 4, MADV_GUARD_INSTALL = 102;

inline constexpr uintptr FUTEX_WAIT_PRIVATE = 128, FUTEX_WAKE_PRIVATE = 129;
inline constexpr uintptr CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1;

inline constexpr uintptr CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800,
                         CLONE_THREAD = 0x10000, CLONE_SYSVSEM = 0x40000, CLONE_VFORK = 0x4000, CLONE_SETTLS = 0x80000;

inline constexpr uintptr SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2;
inline constexpr i32 SS_DISABLE = 2;

inline constexpr u16 POLLIN = 1, POLLOUT = 4, POLLNVAL = 0x20;
struct Pollfd {
  i32 fd;
  u16 events, revents;
};

// Keys of the ELF auxiliary vector.
inline constexpr uintptr AT_NULL = 0, AT_PAGESZ = 6, AT_HWCAP = 16, AT_SECURE = 23, AT_RANDOM = 25, AT_HWCAP2 = 26,
                         AT_SYSINFO_EHDR = 33;

}  // namespace rt0::uapi
