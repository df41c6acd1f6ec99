// How connections of the simulated kernel come to be: listening, connecting, accepting.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

namespace {

// A connection over loopback takes kConnectNs. A SYN without an answer is sent again after 1, 2, 4, … 64 s.
constexpr i64 kConnectNs = 15 * 1000;
constexpr u32 kSynTries = 7;
constexpr u32 kSomaxconn = 4096;

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
  socket_link(f, server);
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

// Faults: how long the connection's bytes are on their way, and whether it is cut.
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

}  // namespace

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
  const Held held(f);
  if (f->state == Sock::packets) return connect_packets(f, a);
  return f->unix_socket() ? connect_unix(f, a) : connect_tcp(f, a);
}

SysResult sim_accept(i32 fd, SockAddr* peer) {
  if (!call(true)) return fails(Errno::intr);
  Errno e;
  File* l = socket_of(fd, &e);
  if (l == nullptr) return fails(e);
  const Held held(l);
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

}  // namespace rt0::sim
