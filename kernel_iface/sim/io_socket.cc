// Sockets of the simulated kernel: TCP and UDP over loopback, IPv4 and IPv6, and unix sockets. A connection is two
// rings.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

namespace {

void link(File* a, File* b) {
  a->state = b->state = Sock::connected;
  a->out = b->in = ring_new(kRingBytes);
  b->out = a->in = ring_new(kRingBytes);
  a->out->writer = b->out->reader = a;
  b->out->writer = a->out->reader = b;
}

File* socket_new(AddrFamily family, SockType type) {
  File* f = file_new(Kind::socket);
  f->nonblock = true;
  f->family = family;
  f->type = type;
  f->local.family = family == AddrFamily::unix_ ? family : AddrFamily::none;
  f->opts[static_cast<u32>(SockOpt::rcvbuf)] = f->opts[static_cast<u32>(SockOpt::sndbuf)] = kRingBytes;
  if (type == SockType::stream) return f;
  f->state = Sock::packets;
  f->in = ring_new(kPacketRingBytes);
  f->in->reader = f;
  f->in->writer = f;  // any socket may write; f stands for all of them, so that the ring never looks closed
  return f;
}

File* socket_of(i32 fd, Errno* e) {
  File* f = file_of(fd);
  *e = f == nullptr ? Errno::badf : kEnotsock;
  return f != nullptr && f->kind == Kind::socket ? f : nullptr;
}

SysResult connect_packets(File* f, const SockAddr* a) {
  if (a->family == AddrFamily::unix_) {
    const File* peer = name_find(*a, f->type, f);
    if (peer == nullptr) return fails(Errno::connrefused);
  }
  const SysResult bound = autobind(f, *a);
  if (bound.ok()) f->remote = *a;
  return bound;
}

// What receiving a TCP reset does to f.
void reset(File* f) {
  f->error = Errno::connreset;
  f->peer_gone = true;
}

struct PacketHead {
  u32 len;
  SockAddr from;
};

}  // namespace

SysResult sim_socket(AddrFamily family, SockType type) {
  (void)call();
  return fd_new(socket_new(family, type));
}

SysResult sim_socketpair(SockType type, i32 fds[2]) {
  (void)call();
  File* ends[2] = {socket_new(AddrFamily::unix_, type), socket_new(AddrFamily::unix_, type)};
  if (type == SockType::stream) {
    link(ends[0], ends[1]);
  } else {
    // Each end gets a name that no program can bind: two NUL bytes and a number.
    for (u32 i = 0; i < 2; i++) {
      static constinit u32 pairs = 0;
      File* f = ends[i];
      f->local.family = AddrFamily::unix_;
      f->local.path_len = 6;
      f->local.path[0] = f->local.path[1] = '\0';
      pairs++;
      for (u32 k = 0; k < 4; k++) f->local.path[2 + k] = static_cast<char>(pairs >> 8 * k);
      name_add(f);
    }
    ends[0]->remote = ends[1]->local;
    ends[1]->remote = ends[0]->local;
  }
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
  if (f->bound) return fails(Errno::inval);
  if (a->family != f->family) return fails(Errno::inval);
  return a->family == AddrFamily::unix_ ? bind_path(f, *a) : bind_ip(f, *a);
}

SysResult sim_listen(i32 fd, i32 backlog) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (f->state == Sock::packets) return fails(kEopnotsupp);
  if (f->state == Sock::connected) return fails(Errno::inval);
  if (!f->bound) {
    if (!is_ip(f->family)) return fails(Errno::inval);
    SockAddr any;
    any.family = f->family;
    if (const SysResult r = bind_ip(f, any); !r.ok()) return r;
  }
  f->state = Sock::listening;
  f->backlog = static_cast<u32>(max(backlog, 1));
  return {};
}

SysResult sim_connect(i32 fd, const SockAddr* a) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (f->state == Sock::packets) return connect_packets(f, a);
  if (f->state != Sock::fresh) return fails(f->state == Sock::connected ? Errno::isconn : Errno::inval);
  const SockAddr to = dialled(f, *a);
  if (is_ip(to.family) && !loopback(to)) return fails(kEnetunreach);
  File* l = name_find(to, f->type, f);
  if (l == nullptr || l->state != Sock::listening)
    return fails(l == nullptr && to.family == AddrFamily::unix_ && to.path[0] != '\0' ? Errno::noent
                                                                                      : Errno::connrefused);
  if (l->npending > l->backlog) return fails(l->family == AddrFamily::unix_ ? Errno::again : Errno::connrefused);
  if (const SysResult r = autobind(f, to); !r.ok()) return r;
  File* server = socket_new(l->family, SockType::stream);
  link(f, server);
  f->remote = to;
  server->local = is_ip(to.family) ? (l->family == AddrFamily::ip6 ? map(to) : unmap(to)) : l->local;
  server->remote = is_ip(to.family) ? (l->family == AddrFamily::ip6 ? map(f->local) : unmap(f->local)) : f->local;
  if (l->pending_tail != nullptr) l->pending_tail->next_pending = server;
  else l->pending = server;
  l->pending_tail = server;
  l->npending++;
  notify(l);
  notify(f);
  return {};
}

SysResult sim_accept(i32 fd, SockAddr* peer) {
  if (!call(true)) return fails(Errno::intr);
  Errno e;
  File* l = socket_of(fd, &e);
  if (l == nullptr) return fails(e);
  if (l->state != Sock::listening) return fails(l->state == Sock::packets ? kEopnotsupp : Errno::inval);
  File* f = l->pending;
  if (f == nullptr) return fails(Errno::again);
  l->pending = f->next_pending;
  if (l->pending == nullptr) l->pending_tail = nullptr;
  l->npending--;
  f->next_pending = nullptr;
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
  if (f->type != SockType::stream && a->path_len == 6 && a->path[1] == '\0') a->path_len = 0;
  return {};
}
SysResult sim_getpeername(i32 fd, SockAddr* a) {
  (void)call();
  Errno e;
  const File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (f->state != Sock::connected && f->remote.family == AddrFamily::none) return fails(Errno::notconn);
  *a = f->remote;
  if (a->family == AddrFamily::none) a->family = f->family;
  return {};
}

SysResult sim_getsockopt(i32 fd, SockOpt opt, i32* v) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (opt == SockOpt::error) {
    *v = static_cast<i32>(f->error);
    f->error = Errno::ok;
  } else {
    *v = f->opts[static_cast<u32>(opt)];
  }
  return {};
}
SysResult sim_setsockopt(i32 fd, SockOpt opt, i32 v) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  f->opts[static_cast<u32>(opt)] = v;
  if (opt == SockOpt::ipv6_only) f->v6only = v != 0;
  return {};
}

SysResult packet_write(File* f, const void* p, usize n, const SockAddr* to) {
  if (f->error != Errno::ok) {
    const Errno e = f->error;
    f->error = Errno::ok;
    return fails(e);
  }
  const SockAddr dest = to != nullptr ? dialled(f, *to) : f->remote;
  if (dest.family == AddrFamily::none) return fails(is_ip(f->family) ? kEdestaddrreq : Errno::notconn);
  if (is_ip(dest.family)) {
    if (n > 65507) return fails(kEmsgsize);
    if (!loopback(dest)) return fails(kEnetunreach);
    if (const SysResult r = autobind(f, dest); !r.ok()) return r;
  } else if (n > kPacketRingBytes / 2) {
    return fails(kEmsgsize);
  }
  File* peer = name_find(dest, f->type, f);
  if (peer == nullptr) {
    if (dest.family == AddrFamily::unix_)
      return fails(dest.path[0] != '\0' && to != nullptr ? Errno::noent : Errno::connrefused);
    if (to == nullptr) f->error = Errno::connrefused;  // as the ICMP answer would be reported to a connected socket
    return {n, Errno::ok};
  }
  Ring* r = peer->in;
  if (r->room() < sizeof(PacketHead) + n) {
    if (dest.family == AddrFamily::unix_) return fails(Errno::again);
    return {n, Errno::ok};  // UDP: the packet is lost
  }
  PacketHead head = {static_cast<u32>(n), f->local};
  if (is_ip(head.from.family)) head.from = peer->family == AddrFamily::ip6 ? map(head.from) : unmap(head.from);
  r->put(&head, sizeof(head));
  r->put(p, static_cast<u32>(n));
  notify(peer);
  return {n, Errno::ok};
}

SysResult packet_read(File* f, void* p, usize n, SockAddr* from) {
  if (f->error != Errno::ok) {
    const Errno e = f->error;
    f->error = Errno::ok;
    return fails(e);
  }
  Ring* r = f->in;
  if (r->len == 0) return f->read_shut ? SysResult{} : fails(Errno::again);
  PacketHead head;
  r->get(&head, sizeof(head));
  const u32 got = static_cast<u32>(min<usize>(n, head.len));
  r->get(p, got);
  r->get(nullptr, head.len - got);
  if (from != nullptr) {
    *from = head.from;
    if (from->family == AddrFamily::none) from->family = f->family;
  }
  return {got, Errno::ok};
}

SysResult sim_sendto(i32 fd, const void* p, usize n, const SockAddr* to) {
  if (!call(true)) return fails(Errno::intr);
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  return f->state == Sock::packets ? packet_write(f, p, n, to)
                                   : stream_write(f, p, n > 1 && fault(Choice::shorter) ? 1 : n);
}
SysResult sim_recvfrom(i32 fd, void* p, usize n, SockAddr* from) {
  if (!call(true)) return fails(Errno::intr);
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (f->state == Sock::packets) return packet_read(f, p, n, from);
  if (from != nullptr) from->family = AddrFamily::none;
  return stream_read(f, p, n > 1 && fault(Choice::shorter) ? 1 : n);
}

SysResult sim_shutdown(i32 fd, Shut how) {
  (void)call();
  Errno e;
  File* f = socket_of(fd, &e);
  if (f == nullptr) return fails(e);
  if (f->state != Sock::connected && f->remote.family == AddrFamily::none) return fails(Errno::notconn);
  if (how != Shut::write) f->read_shut = true;
  if (how != Shut::read && f->state == Sock::connected && f->out != nullptr) {
    ring_close(f->out, f);
    f->out = nullptr;
  }
  notify(f);
  return {};
}

void socket_close(File* f) {
  name_drop(f);
  while (File* waiting = f->pending) {
    f->pending = waiting->next_pending;
    if (File* peer = waiting->in->writer; peer != nullptr && f->family != AddrFamily::unix_) reset(peer);
    file_unref(waiting);
  }
  // TCP: closing a socket with unread bytes sends a reset to the peer.
  if (f->state == Sock::connected && f->in->len > 0 && f->family != AddrFamily::unix_ && f->in->writer != nullptr)
    reset(f->in->writer);
  if (f->state == Sock::packets) f->in->writer = nullptr;
  ring_close(f->in, f);
  ring_close(f->out, f);
}

}  // namespace rt0::sim
