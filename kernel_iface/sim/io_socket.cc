// Sockets of the simulated kernel: TCP and UDP over loopback, IPv4 and IPv6, and unix sockets. A connection is two
// rings. io_connect.cc has how connections come to be.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

File* socket_new(AddrFamily family, SockType type) {
  File* f = file_new(Kind::socket);
  f->nonblock = true;
  f->family = family;
  f->type = type;
  f->local.family = family == AddrFamily::unix_ ? family : AddrFamily::none;
  f->opt(SockOpt::rcvbuf) = f->tcp() ? kTcpRcvBuf : kSockBuf;
  f->opt(SockOpt::sndbuf) = f->tcp() ? kTcpSndBuf : kSockBuf;
  f->opt(SockOpt::keep_idle) = 7200;
  f->opt(SockOpt::keep_interval) = 75;
  if (type != SockType::dgram) return f;
  f->state = Sock::packets;
  f->in = ring_new(~u32{0});
  f->in->reader = f;
  f->in->writer = f;  // any socket may write; f stands for all of them
  return f;
}

void socket_link(File* a, File* b) {
  a->state = b->state = Sock::connected;
  a->peer = b;
  b->peer = a;
  a->out = b->in = ring_new(0);
  b->out = a->in = ring_new(0);
  a->out->writer = b->out->reader = a;
  b->out->writer = a->out->reader = b;
  File* const ends[] = {a, b};
  for (File* f : ends) {
    if (f->tcp() && !f->sndbuf_set) f->opt(SockOpt::sndbuf) = kTcpSndBufGrown;
    buffer_limit(f);
  }
}

File* socket_of(i32 fd, Errno* e) {
  File* f = file_of(fd);
  *e = f == nullptr ? Errno::badf : kEnotsock;
  return f != nullptr && f->kind == Kind::socket ? f : nullptr;
}

Errno family_error(const File* f, const SockAddr* a) {
  if (a->family == f->family) return Errno::ok;
  // For an IPv6 socket, Linux finds an IPv4 address too short before it looks at the family.
  return f->family == AddrFamily::ip4 && a->family == AddrFamily::ip6 ? kEafnosupport : Errno::inval;
}

void peer_gone(File* f, bool unread) {
  f->peer = nullptr;
  f->rcv_shut = f->snd_shut = true;
  if (unread) f->error = Errno::connreset;
  notify(f);
}

namespace {

// Whether the socket has such an option, and whether the value is one.
Errno option_error(const File* f, SockOpt opt, const i32* v) {
  const Errno none = f->unix_socket() || v == nullptr ? kEopnotsupp : kEnoprotoopt;
  switch (opt) {
    case SockOpt::error: return v == nullptr ? Errno::ok : kEnoprotoopt;
    case SockOpt::no_delay:
    case SockOpt::keep_idle:
    case SockOpt::keep_interval:
      if (!f->tcp()) return none;
      return v != nullptr && opt != SockOpt::no_delay && (*v < 1 || *v > 32767) ? Errno::inval : Errno::ok;
    case SockOpt::ipv6_only:
      if (f->family != AddrFamily::ip6) return none;
      return v != nullptr && f->bound ? Errno::inval : Errno::ok;
    default: return Errno::ok;
  }
}

}  // namespace

void buffer_limit(File* f) {
  if (f->peer == nullptr || f->state == Sock::packets) return;
  if (!f->tcp()) {
    f->out->limit = static_cast<u32>(f->opt(SockOpt::sndbuf));
    return;
  }
  File* const ends[] = {f, f->peer};
  for (File* w : ends)
    if (w->out != nullptr)
      w->out->limit = static_cast<u32>(w->opt(SockOpt::sndbuf)) + static_cast<u32>(w->peer->opt(SockOpt::rcvbuf)) / 2;
}

void got_reset(File* f) {
  if (f->state != Sock::connected) return;
  f->error = f->in->ended() && !f->snd_shut ? Errno::pipe : Errno::connreset;
  f->state = Sock::closed;
  f->rcv_shut = f->snd_shut = true;
  notify(f);
}

void settle(File* f) {
  if (f->state == Sock::connected && f->tcp() && f->snd_shut && f->in->ended()) f->state = Sock::closed;
}

SysResult sim_socket(AddrFamily family, SockType type) {
  (void)call();
  if (type == SockType::seqpacket && family != AddrFamily::unix_) return fails(Errno::socktnosupport);
  if (fault(Choice::nobufs) != 0) return fails(Errno::nobufs);
  if (const Errno e = fd_error(); e != Errno::ok) return fails(e);
  return fd_new(socket_new(family, type));
}

SysResult sim_socketpair(SockType type, i32 fds[2]) {
  (void)call();
  if (const Errno e = fd_error(); e != Errno::ok) return fails(e);
  File* ends[2] = {socket_new(AddrFamily::unix_, type), socket_new(AddrFamily::unix_, type)};
  if (type == SockType::dgram) {
    ends[0]->peer = ends[1];
    ends[1]->peer = ends[0];
  } else {
    socket_link(ends[0], ends[1]);
  }
  for (File* f : ends) f->remote.family = AddrFamily::unix_;
  const SysResult first = fd_new(ends[0]);
  if (!first.ok()) {
    file_unref(ends[1]);
    return first;
  }
  const SysResult second = fd_new(ends[1]);
  if (!second.ok()) {
    (void)sim_kernel_io.close(static_cast<i32>(first.value));
    return second;
  }
  fds[0] = static_cast<i32>(first.value);
  fds[1] = static_cast<i32>(second.value);
  return {};
}

SysResult sim_bind(i32 fd, const SockAddr* a) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (e = family_error(f, a); e != Errno::ok) return fails(e);
  if (f->bound) return fails(Errno::inval);
  if (!f->unix_socket()) return bind_ip(f, *a);
  if (a->path_len > 0 && a->path[0] != '\0' && fault(Choice::nospc) != 0) return fails(Errno::nospc);
  return bind_path(f, *a);
}

SysResult sim_getsockname(i32 fd, SockAddr* a) {
  (void)call();
  Errno e;
  const File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  *a = f->local;
  if (a->family == AddrFamily::none) a->family = f->family;  // not bound: a name of zeroes
  return {};
}
SysResult sim_getpeername(i32 fd, SockAddr* a) {
  (void)call();
  Errno e;
  const File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (f->remote.family == AddrFamily::none || f->state == Sock::connecting || f->state == Sock::closed ||
      f->state == Sock::fresh || f->state == Sock::listening)
    return fails(Errno::notconn);
  *a = f->remote;
  return {};
}

SysResult sim_getsockopt(i32 fd, SockOpt opt, i32* v) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (e = option_error(f, opt, nullptr); e != Errno::ok) return fails(e);
  if (opt == SockOpt::error) {
    *v = static_cast<i32>(f->take_error());
  } else {
    *v = f->opt(opt);
  }
  return {};
}

SysResult sim_setsockopt(i32 fd, SockOpt opt, i32 v) {
  (void)call();
  constexpr i32 kLeastRcvBuf = 2304, kLeastSndBuf = 4608;
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (e = option_error(f, opt, &v); e != Errno::ok) return fails(e);
  i32& to = f->opt(opt);
  switch (opt) {
    // Linux takes at most what rmem_max and wmem_max say, and doubles it.
    case SockOpt::rcvbuf: to = max(v < 0 || v > kSockBuf ? 2 * kSockBuf : 2 * v, kLeastRcvBuf); break;
    case SockOpt::sndbuf:
      to = max(v < 0 || v > kSockBuf ? 2 * kSockBuf : 2 * v, kLeastSndBuf);
      f->sndbuf_set = true;
      break;
    case SockOpt::keep_idle:
    case SockOpt::keep_interval: to = v; break;
    default: to = v != 0 ? 1 : 0; break;
  }
  if (opt == SockOpt::ipv6_only) f->v6only = v != 0;
  buffer_limit(f);
  return {};
}

SysResult sim_sendto(i32 fd, const void* p, usize n, const SockAddr* to) {
  if (!call(true)) return fails(Errno::intr);
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  const Held held(f);
  if (has_packets(f)) return packet_write(f, p, n, to);
  if (f->unix_socket() && to != nullptr) return fails(f->state == Sock::connected ? Errno::isconn : kEopnotsupp);
  return stream_write(f, p, shortened(n));
}
SysResult sim_recvfrom(i32 fd, void* p, usize n, SockAddr* from) {
  if (!call(true)) return fails(Errno::intr);
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  const Held held(f);
  if (has_packets(f)) return packet_read(f, p, n, from);
  if (from != nullptr) from->family = AddrFamily::none;
  return stream_read(f, p, shortened(n));
}

namespace {

// A listener stops listening. Linux keeps its port if the program has asked for that very one.
void stop_listening(File* f) {
  drop_pending(f);
  f->state = Sock::fresh;
  if (f->port_asked) return notify(f);
  name_drop(f);
  f->bound = false;
  f->local.port = 0;
  notify(f);
}

SysResult shutdown_tcp(File* f, Shut how) {
  switch (f->state) {
    case Sock::fresh:
    case Sock::closed: return fails(Errno::notconn);
    case Sock::listening:
      if (how != Shut::write) stop_listening(f);
      return {};
    case Sock::connecting:
      events_drop(f);
      f->state = Sock::fresh;
      f->untold = false;
      f->error = Errno::connreset;
      notify(f);
      return {};
    default: break;
  }
  if (how != Shut::write) f->rcv_shut = true;
  if (how != Shut::read && !f->snd_shut) {
    f->snd_shut = true;
    f->out->fin = true;
    ring_close(f->out, f);
    f->out = nullptr;
    settle(f);
    if (f->peer != nullptr) {
      settle(f->peer);
      notify(f->peer);
    }
  }
  notify(f);
  return {};
}

void shutdown_unix(File* f, Shut how) {
  File* other = f->type == SockType::dgram ? nullptr : f->peer;
  if (how != Shut::write) f->rcv_shut = true;
  if (how != Shut::read) f->snd_shut = true;
  if (other != nullptr) {
    if (how != Shut::write) other->snd_shut = true;
    if (how != Shut::read) other->rcv_shut = true;
    notify(other);
  }
  notify(f);
}

}  // namespace

SysResult sim_shutdown(i32 fd, Shut how) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (f->unix_socket()) {
    shutdown_unix(f, how);
    return {};
  }
  if (f->tcp()) return shutdown_tcp(f, how);
  if (how != Shut::write) f->rcv_shut = true;
  if (how != Shut::read) f->snd_shut = true;
  notify(f);
  return f->remote.family == AddrFamily::none ? fails(Errno::notconn) : SysResult{};
}

namespace {

// No unix datagram socket stays connected to f, which is being closed.
void forget_peer(const File* f) {
  for (i32 fd = 0; fd < fd_end(); fd++)
    if (File* other = file_of(fd); other != nullptr && other->state == Sock::packets && other->peer == f) {
      other->peer = nullptr;
      notify(other);
    }
}

}  // namespace

void socket_close(File* f) {
  name_drop(f);
  events_drop(f);
  drop_pending(f);
  if (f->state == Sock::packets && f->unix_socket()) forget_peer(f);
  File* peer = f->state == Sock::packets ? nullptr : f->peer;
  if (peer != nullptr && f->unix_socket()) peer_gone(peer, f->in->len > 0);
  if (peer != nullptr && f->tcp()) {
    peer->peer = nullptr;
    // Closing a TCP socket with unread bytes sends a reset to the peer.
    if (f->state == Sock::connected && f->in->len > 0) {
      got_reset(peer);
    } else if (f->state == Sock::connected && f->out != nullptr) {
      f->out->fin = true;
      settle(peer);
      notify(peer);
    }
  }
  if (f->state == Sock::packets) f->in->writer = nullptr;
  ring_close(f->in, f);
  ring_close(f->out, f);
  if (f->held != nullptr) {
    f->held->reader = f->held->writer = nullptr;
    ring_close(f->held, f);
  }
}

}  // namespace rt0::sim
