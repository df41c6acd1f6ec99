// Sockets of the simulated kernel: TCP and UDP over loopback, IPv4 and IPv6, and unix sockets. A connection is two
// rings.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

namespace {

// How long a connection over loopback takes, and a SYN without an answer is sent again: after 1, 2, 4, … 64 s.
constexpr i64 kConnectNs = 15 * 1000;
constexpr u32 kSynTries = 7;
constexpr u32 kSomaxconn = 4096;

i32& opt_of(File* f, SockOpt o) { return f->opts[static_cast<u32>(o)]; }

File* socket_new(AddrFamily family, SockType type) {
  File* f = file_new(Kind::socket);
  f->nonblock = true;
  f->family = family;
  f->type = type;
  f->local.family = family == AddrFamily::unix_ ? family : AddrFamily::none;
  opt_of(f, SockOpt::rcvbuf) = f->tcp() ? kTcpRcvBuf : kSockBuf;
  opt_of(f, SockOpt::sndbuf) = f->tcp() ? kTcpSndBuf : kSockBuf;
  opt_of(f, SockOpt::keep_idle) = 7200;
  opt_of(f, SockOpt::keep_interval) = 75;
  if (type != SockType::dgram) return f;
  f->state = Sock::packets;
  f->in = ring_new(~u32{0});
  f->in->reader = f;
  f->in->writer = f;  // any socket may write; f stands for all of them
  return f;
}

void link(File* a, File* b) {
  a->state = b->state = Sock::connected;
  a->peer = b;
  b->peer = a;
  a->out = b->in = ring_new(0);
  b->out = a->in = ring_new(0);
  a->out->writer = b->out->reader = a;
  b->out->writer = a->out->reader = b;
  File* const ends[] = {a, b};
  for (File* f : ends) {
    if (f->tcp() && !f->sndbuf_set) opt_of(f, SockOpt::sndbuf) = kTcpSndBufGrown;
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
  // Of IPv6, Linux finds an address of IPv4 too short before it looks at the family.
  return f->family == AddrFamily::ip4 && a->family == AddrFamily::ip6 ? kEafnosupport : Errno::inval;
}

// The end of a unix connection whose peer closes.
void peer_gone(File* f, bool unread) {
  f->peer = nullptr;
  f->rcv_shut = f->snd_shut = true;
  if (unread) f->error = Errno::connreset;
  notify(f);
}

void connect_fails(File* f, Errno e) {
  f->error = e;
  f->state = Sock::closed;
  f->rcv_shut = f->snd_shut = true;
  notify(f);
}

// Both ends are connected; the server's waits to be accepted.
void establish(File* f, File* l) {
  File* server = socket_new(l->family, l->type);
  if (!l->unix_socket()) {
    for (u32 i = 0; i < kSockOpts; i++) server->opts[i] = l->opts[i];
    server->sndbuf_set = l->sndbuf_set;
    server->v6only = l->v6only;
  }
  link(f, server);
  server->lag = f->lag;
  server->cut_until = f->cut_until;
  const bool v6 = l->family == AddrFamily::ip6;
  if (is_ip(l->family)) {
    server->local = v6 ? map(f->remote) : unmap(f->remote);
    server->remote = v6 ? map(f->local) : unmap(f->local);
    name_add(server);
  } else {
    server->local = l->local;
    server->remote = f->local;
  }
  if (l->pending_tail != nullptr) l->pending_tail->next_pending = server;
  else l->pending = server;
  l->pending_tail = server;
  l->npending++;
  notify(l);
  notify(f);
}

bool crowded(const File* l) { return l->npending > l->backlog; }

// The answer to a SYN: a connection, a refusal, or none, because the listener's queue is full. Then it is sent again.
void connect_answered(File* f, u32 tries) {
  File* l = name_find(f->remote, f->type, f);
  if (l == nullptr) return connect_fails(f, Errno::connrefused);
  if (!crowded(l)) return establish(f, l);
  if (tries == kSynTries) return connect_fails(f, Errno::timedout);
  event_add(state.now + (kSecond << tries), f, connect_answered, tries + 1);
}
void never_answered(File* f, u32) { connect_fails(f, Errno::timedout); }

// Faults: how long the way is, and whether it is cut.
void connect_begins(File* f) {
  constexpr i64 kLags[] = {0, kMs, 20 * kMs, 300 * kMs}, kCuts[] = {0, 200 * kMs, 5 * kSecond};
  f->lag = kLags[fault(Choice::delay, {}, 3)];
  const u32 cut = fault(Choice::cut, {}, 3);
  if (cut == 3) return event_add(state.now + (kSecond << kSynTries) - kSecond, f, never_answered, 0);
  event_add(state.now + kConnectNs + 2 * f->lag + kCuts[cut], f, connect_answered, 0);
}

SysResult connect_tcp(File* f, const SockAddr* a) {
  if (const Errno e = family_error(f, a); e != Errno::ok) return fails(e);
  switch (f->state) {
    case Sock::connecting: return fails(Errno::already);
    case Sock::closed: {
      if (!f->untold) return fails(Errno::isconn);
      // The attempt has failed; this call says so, and the next one tries again.
      const Errno e = f->error != Errno::ok ? f->error : Errno::connaborted;
      f->error = Errno::ok;
      f->untold = f->rcv_shut = f->snd_shut = false;
      f->state = Sock::fresh;
      return fails(e);
    }
    case Sock::connected:
      if (!f->untold) return fails(Errno::isconn);
      f->untold = false;
      return {};
    case Sock::fresh: break;
    default: return fails(Errno::isconn);
  }
  const SockAddr to = dialled(f, *a);
  if (!loopback(to)) return fails(kEnetunreach);
  if (const SysResult r = autobind(f, to); !r.ok()) return r;
  f->remote = to;
  if (wildcard(f->local)) f->local = source(f, to);
  f->state = Sock::connecting;
  f->untold = true;
  connect_begins(f);
  if (f->nonblock) return fails(Errno::inprogress);
  while (f->state == Sock::connecting) (void)block(f, 0);
  return connect_tcp(f, a);
}

SysResult connect_unix(File* f, const SockAddr* a) {
  if (a->family != AddrFamily::unix_) return fails(Errno::inval);
  for (;;) {
    File* l = nullptr;
    if (const Errno e = unix_find(*a, f->type, &l); e != Errno::ok) return fails(e);
    if (l->state != Sock::listening || l->rcv_shut) return fails(Errno::connrefused);
    if (f->state != Sock::fresh) return fails(f->state == Sock::connected ? Errno::isconn : Errno::inval);
    if (!crowded(l)) {
      f->remote = *a;
      establish(f, l);
      return {};
    }
    if (f->nonblock) return fails(Errno::again);
    (void)block(l, 0);
  }
}

SysResult connect_packets(File* f, const SockAddr* a) {
  if (f->unix_socket()) {
    if (a->family != AddrFamily::unix_) return fails(Errno::inval);
    File* peer = nullptr;
    if (const Errno e = unix_find(*a, f->type, &peer); e != Errno::ok) return fails(e);
    if (peer->remote.family != AddrFamily::none && peer->peer != f) return fails(Errno::perm);
    f->peer = peer;
    f->remote = *a;
    return {};
  }
  if (const Errno e = family_error(f, a); e != Errno::ok) return fails(e);
  const SockAddr to = dialled(f, *a);
  if (!loopback(to)) return fails(kEnetunreach);
  f->remote = to;
  if (const SysResult r = autobind(f, to); !r.ok()) return r;
  if (wildcard(f->local)) f->local = source(f, to);
  return {};
}

// A connection that has not been accepted goes.
void drop_pending(File* l) {
  while (File* waiting = l->pending) {
    l->pending = waiting->next_pending;
    waiting->next_pending = nullptr;
    if (File* peer = waiting->peer; peer != nullptr) {
      waiting->peer = nullptr;
      if (l->unix_socket()) peer_gone(peer, true);
      else got_reset(peer), peer->peer = nullptr;
    }
    file_unref(waiting);
  }
  l->pending_tail = nullptr;
  l->npending = 0;
}

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
    f->out->limit = static_cast<u32>(opt_of(f, SockOpt::sndbuf));
    return;
  }
  File* const ends[] = {f, f->peer};
  for (File* w : ends)
    if (w->out != nullptr)
      w->out->limit =
          static_cast<u32>(opt_of(w, SockOpt::sndbuf)) + static_cast<u32>(opt_of(w->peer, SockOpt::rcvbuf)) / 2;
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
  if (type == SockType::seqpacket && family != AddrFamily::unix_) return fails(static_cast<Errno>(94));
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
    link(ends[0], ends[1]);
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

SysResult sim_listen(i32 fd, i32 backlog) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (f->state == Sock::packets) return fails(kEopnotsupp);
  if (f->state != Sock::fresh && f->state != Sock::listening) return fails(Errno::inval);
  if (!f->bound) {
    if (!is_ip(f->family)) return fails(Errno::inval);
    SockAddr any;
    any.family = f->family;
    if (const SysResult r = bind_ip(f, any); !r.ok()) return r;
  }
  if (is_ip(f->family) && f->state == Sock::fresh && port_taken(f, f->local, true)) return fails(Errno::addrinuse);
  f->state = Sock::listening;
  f->backlog = min(static_cast<u32>(backlog), kSomaxconn);
  return {};
}

SysResult sim_connect(i32 fd, const SockAddr* a) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (f->state == Sock::packets) return connect_packets(f, a);
  return f->unix_socket() ? connect_unix(f, a) : connect_tcp(f, a);
}

SysResult sim_accept(i32 fd, SockAddr* peer) {
  if (!call(true)) return fails(Errno::intr);
  Errno e;
  File* l = socket_of(fd, &e);
  if (l == nullptr) return fails(e);
  if (l->state == Sock::packets) return fails(kEopnotsupp);
  if (e = fd_error(); e != Errno::ok) return fails(e);
  while (l->pending == nullptr) {
    if (l->state != Sock::listening) return fails(Errno::inval);
    if (l->nonblock) return fails(Errno::again);
    if (l->rcv_shut) return fails(Errno::inval);
    (void)block(l, 0);
  }
  File* f = l->pending;
  l->pending = f->next_pending;
  if (l->pending == nullptr) l->pending_tail = nullptr;
  l->npending--;
  f->next_pending = nullptr;
  if (f->unix_socket()) (void)wake(l, ~u32{0});  // those that wait for room in its queue
  if (f->tcp() && f->peer != nullptr && fault(Choice::abort) != 0) {
    File* client = f->peer;
    got_reset(client);
    client->peer = f->peer = nullptr;
    file_unref(f);
    return fails(Errno::connaborted);
  }
  if (peer != nullptr) *peer = f->remote;
  return fd_new(f);
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
    *v = static_cast<i32>(f->error);
    f->error = Errno::ok;
  } else {
    *v = opt_of(f, opt);
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
  i32& to = opt_of(f, opt);
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
  if (has_packets(f)) return packet_write(f, p, n, to);
  if (f->unix_socket() && to != nullptr) return fails(f->state == Sock::connected ? Errno::isconn : kEopnotsupp);
  return stream_write(f, p, shortened(n));
}
SysResult sim_recvfrom(i32 fd, void* p, usize n, SockAddr* from) {
  if (!call(true)) return fails(Errno::intr);
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
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

// No unix datagram socket stays connected to one that goes.
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
