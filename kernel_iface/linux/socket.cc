// Sockets on Linux, and the translation of their addresses. On 386 and s390x these calls have numbers of their own
// since Linux 4.3; before that, the one call socketcall does them all.
#include "kernel_iface/linux/io.h"
#include "kernel_iface/linux/uapi.h"

namespace rt0 {

using namespace linux_abi;
using namespace uapi;

namespace {

uintptr addr(const volatile void* p) { return reinterpret_cast<uintptr>(p); }
constexpr usize kUnixPathAt = 2;  // sun_path's offset

uintptr to_raw(const SockAddr* a, RawAddr* raw) {
  *raw = {};
  switch (a->family) {
    case AddrFamily::ip4:
      raw->in4.family = AF_INET;
      raw->in4.port[0] = static_cast<u8>(a->port >> 8);
      raw->in4.port[1] = static_cast<u8>(a->port);
      for (u32 i = 0; i < 4; i++) raw->in4.ip[i] = a->ip[i];
      return sizeof(raw->in4);
    case AddrFamily::ip6:
      raw->in6.family = AF_INET6;
      raw->in6.port[0] = static_cast<u8>(a->port >> 8);
      raw->in6.port[1] = static_cast<u8>(a->port);
      for (u32 i = 0; i < 16; i++) raw->in6.ip[i] = a->ip[i];
      raw->in6.scope = a->scope;
      return sizeof(raw->in6);
    case AddrFamily::unix_: {
      raw->un.family = AF_UNIX;
      for (u32 i = 0; i < a->path_len; i++) raw->un.path[i] = a->path[i];
      // A path in the file system ends in NUL. The end of an abstract name is given by the length alone.
      const bool named = a->path_len > 0 && a->path[0] != '\0';
      return kUnixPathAt + a->path_len + (named && a->path_len < kMaxUnixPath ? 1 : 0);
    }
    case AddrFamily::none: break;
  }
  return 0;
}

void from_raw(const RawAddr& raw, u32 len, SockAddr* a) {
  a->family = AddrFamily::none;
  a->path_len = 0;
  if (len < sizeof(raw.family)) return;
  if (raw.family == AF_INET && len >= sizeof(raw.in4)) {
    a->family = AddrFamily::ip4;
    a->port = static_cast<u16>(raw.in4.port[0] << 8 | raw.in4.port[1]);
    for (u32 i = 0; i < 4; i++) a->ip[i] = raw.in4.ip[i];
  } else if (raw.family == AF_INET6 && len >= sizeof(raw.in6)) {
    a->family = AddrFamily::ip6;
    a->port = static_cast<u16>(raw.in6.port[0] << 8 | raw.in6.port[1]);
    for (u32 i = 0; i < 16; i++) a->ip[i] = raw.in6.ip[i];
    a->scope = raw.in6.scope;
  } else if (raw.family == AF_UNIX) {
    a->family = AddrFamily::unix_;
    u32 n = min(len - static_cast<u32>(kUnixPathAt), static_cast<u32>(kMaxUnixPath));
    // The kernel's length may include the path's NUL and bytes after it: the path ends at the NUL.
    if (n > 0 && raw.un.path[0] != '\0')
      for (u32 i = 0; i < n; i++)
        if (raw.un.path[i] == '\0') n = i;
    for (u32 i = 0; i < n; i++) a->path[i] = raw.un.path[i];
    a->path_len = static_cast<u16>(n);
  }
}

uintptr type_of(SockType t) {
  switch (t) {
    case SockType::stream: return SOCK_STREAM;
    case SockType::dgram: return SOCK_DGRAM;
    case SockType::seqpacket: return SOCK_SEQPACKET;
  }
  return 0;
}

struct Option {
  uintptr level, name;
};
Option option_of(SockOpt o) {
  switch (o) {
    case SockOpt::error: return {SOL_SOCKET, SO_ERROR};
    case SockOpt::reuse_addr: return {SOL_SOCKET, SO_REUSEADDR};
    case SockOpt::keep_alive: return {SOL_SOCKET, SO_KEEPALIVE};
    case SockOpt::broadcast: return {SOL_SOCKET, SO_BROADCAST};
    case SockOpt::rcvbuf: return {SOL_SOCKET, SO_RCVBUF};
    case SockOpt::sndbuf: return {SOL_SOCKET, SO_SNDBUF};
    case SockOpt::no_delay: return {IPPROTO_TCP, TCP_NODELAY};
    case SockOpt::keep_idle: return {IPPROTO_TCP, TCP_KEEPIDLE};
    case SockOpt::keep_interval: return {IPPROTO_TCP, TCP_KEEPINTVL};
    case SockOpt::ipv6_only: return {IPPROTO_IPV6, IPV6_V6ONLY};
  }
  return {0, 0};
}

// A call on sockets: its own system call number, and its number as an argument of socketcall.
struct SocketCall {
  uintptr nr, old;
};
constexpr SocketCall kSocket = {SYS_socket, 1}, kBind = {SYS_bind, 2}, kConnect = {SYS_connect, 3},
                     kListen = {SYS_listen, 4}, kGetsockname = {SYS_getsockname, 6},
                     kGetpeername = {SYS_getpeername, 7}, kSocketpair = {SYS_socketpair, 8}, kSendto = {SYS_sendto, 11},
                     kRecvfrom = {SYS_recvfrom, 12}, kShutdown = {SYS_shutdown, 13}, kSetsockopt = {SYS_setsockopt, 14},
                     kGetsockopt = {SYS_getsockopt, 15}, kAccept4 = {SYS_accept4, 18};

SysResult sock_sys(SocketCall call, uintptr a, uintptr b = 0, uintptr c = 0, uintptr d = 0, uintptr e = 0,
                   uintptr f = 0) {
  const SysResult r = io_sys(call.nr, a, b, c, d, e, f);
  if constexpr (kQuirks.socketcall != 0) {
    if (r.err == Errno::nosys) {  // before Linux 4.3
      const uintptr args[] = {a, b, c, d, e, f};
      return io_sys(kQuirks.socketcall, call.old, addr(args));
    }
  }
  return r;
}

SysResult name_of(SocketCall call, i32 fd, SockAddr* a) {
  RawAddr raw = {};
  u32 len = sizeof(raw);
  const SysResult r = sock_sys(call, static_cast<uintptr>(fd), addr(&raw), addr(&len));
  if (r.ok()) from_raw(raw, len, a);
  return r;
}

}  // namespace

SysResult linux_socket(AddrFamily family, SockType type) {
  const uintptr f = family == AddrFamily::ip4 ? AF_INET : family == AddrFamily::ip6 ? AF_INET6 : AF_UNIX;
  return sock_sys(kSocket, f, type_of(type) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
SysResult linux_socketpair(SockType type, i32 fds[2]) {
  return sock_sys(kSocketpair, AF_UNIX, type_of(type) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, addr(fds));
}
SysResult linux_bind(i32 fd, const SockAddr* a) {
  RawAddr raw;
  const uintptr len = to_raw(a, &raw);
  return sock_sys(kBind, static_cast<uintptr>(fd), addr(&raw), len);
}
SysResult linux_listen(i32 fd, i32 backlog) {
  return sock_sys(kListen, static_cast<uintptr>(fd), static_cast<uintptr>(backlog));
}
SysResult linux_accept(i32 fd, SockAddr* peer) {
  RawAddr raw = {};
  u32 len = sizeof(raw);
  const SysResult r =
      sock_sys(kAccept4, static_cast<uintptr>(fd), addr(&raw), addr(&len), SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (r.ok() && peer != nullptr) from_raw(raw, len, peer);
  return r;
}
SysResult linux_connect(i32 fd, const SockAddr* a) {
  RawAddr raw;
  const uintptr len = to_raw(a, &raw);
  return sock_sys(kConnect, static_cast<uintptr>(fd), addr(&raw), len);
}
SysResult linux_getsockname(i32 fd, SockAddr* a) { return name_of(kGetsockname, fd, a); }
SysResult linux_getpeername(i32 fd, SockAddr* a) { return name_of(kGetpeername, fd, a); }

SysResult linux_getsockopt(i32 fd, SockOpt opt, i32* v) {
  const Option o = option_of(opt);
  u32 len = sizeof(*v);
  return sock_sys(kGetsockopt, static_cast<uintptr>(fd), o.level, o.name, addr(v), addr(&len));
}
SysResult linux_setsockopt(i32 fd, SockOpt opt, i32 v) {
  const Option o = option_of(opt);
  return sock_sys(kSetsockopt, static_cast<uintptr>(fd), o.level, o.name, addr(&v), sizeof(v));
}

SysResult linux_sendto(i32 fd, const void* p, usize n, const SockAddr* to) {
  RawAddr raw;
  const uintptr len = to != nullptr ? to_raw(to, &raw) : 0;
  return sock_sys(kSendto, static_cast<uintptr>(fd), addr(p), n, MSG_NOSIGNAL, to != nullptr ? addr(&raw) : 0, len);
}
SysResult linux_recvfrom(i32 fd, void* p, usize n, SockAddr* from) {
  if (from == nullptr) return sock_sys(kRecvfrom, static_cast<uintptr>(fd), addr(p), n, 0, 0, 0);
  RawAddr raw = {};
  u32 len = sizeof(raw);
  const SysResult r = sock_sys(kRecvfrom, static_cast<uintptr>(fd), addr(p), n, 0, addr(&raw), addr(&len));
  if (r.ok()) from_raw(raw, len, from);
  return r;
}
SysResult linux_shutdown(i32 fd, Shut how) {
  return sock_sys(kShutdown, static_cast<uintptr>(fd), static_cast<uintptr>(how));
}

}  // namespace rt0
