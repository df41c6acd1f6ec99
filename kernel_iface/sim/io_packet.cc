// Datagrams, and packets of unix seqpacket connections. Each lies in the receiver's ring after a head.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

namespace {

struct PacketHead {
  u32 len, cost;
  SockAddr from;
};

void enter(Ring* r, const PacketHead& head, const void* p) {
  r->put(&head, sizeof(head));
  r->put(p, head.len);
  r->cost += head.cost;
  r->npackets++;
}

PacketHead take_head(Ring* r) {
  PacketHead head;
  r->get(&head, sizeof(head));
  r->cost -= head.cost;
  r->npackets--;
  return head;
}

// --- UDP: a datagram that finds no room is lost; and the faults ------------------------------------------------------

bool full(File* to) { return to->in->cost > static_cast<u32>(to->opt(SockOpt::rcvbuf)); }
void udp_enter(File* to, const PacketHead& head, const void* p) {
  if (!full(to)) enter(to->in, head, p);
}

// The datagrams that were held back arrive.
void release(File* f, u32) {
  Ring* held = f->held;
  while (held->npackets > 0) {
    const PacketHead head = take_head(held);
    if (full(f)) {
      held->get(nullptr, head.len);
      continue;
    }
    f->in->put(&head, sizeof(head));
    f->in->cost += head.cost;
    f->in->npackets++;
    u8 bytes[256];
    for (u32 left = head.len; left > 0;) {
      const u32 n = min<u32>(left, sizeof(bytes));
      held->get(bytes, n);
      f->in->put(bytes, n);
      left -= n;
    }
  }
  notify(f);
}

void udp_send(File* to, const PacketHead& head, const void* p) {
  if (fault(Choice::loss) != 0) return;
  if (fault(Choice::reorder) != 0) {
    if (to->held == nullptr) to->held = ring_new(~u32{0});
    if (to->held->npackets == 0) event_add(state.now + kMs, to, release, 0);
    enter(to->held, head, p);
    return;
  }
  udp_enter(to, head, p);
  if (fault(Choice::dup) != 0) udp_enter(to, head, p);
  if (to->held != nullptr && to->held->npackets > 0) release(to, 0);
  else notify(to);
}

SysResult udp_write(File* f, const void* p, usize n, const SockAddr* to) {
  if (f->error != Errno::ok) return fails(f->take_error());
  const SockAddr dest = to != nullptr ? dialled(f, *to) : f->remote;
  if (dest.family == AddrFamily::none) return fails(kEdestaddrreq);
  const bool v4 = unmap(dest).family == AddrFamily::ip4;
  if (n > (v4 ? 65507 : 65527)) return fails(kEmsgsize);
  if (dest.port == 0) return fails(Errno::inval);
  if (f->family != dest.family) return fails(f->family == AddrFamily::ip4 ? kEafnosupport : Errno::inval);
  if (!loopback(dest)) return fails(kEnetunreach);
  if (f->snd_shut) return fails(Errno::pipe);
  if (fault(Choice::nobufs) != 0) return fails(Errno::nobufs);
  if (const SysResult r = autobind(f, dest); !r.ok()) return r;
  File* peer = name_find(dest, f->type, f);
  if (peer == nullptr) {
    // ICMP reports to a connected socket that its peer does not exist. A reader that waits there is notified, too.
    if (f->remote.family != AddrFamily::none) {
      f->error = Errno::connrefused;
      notify(f);
    }
    return {n, Errno::ok};
  }
  PacketHead head = {static_cast<u32>(n), static_cast<u32>(n) + kPacketCost, source(f, dest)};
  head.from = peer->family == AddrFamily::ip6 ? map(head.from) : unmap(head.from);
  udp_send(peer, head, p);
  return {n, Errno::ok};
}

// --- unix ------------------------------------------------------------------------------------------------------------

SysResult unix_write(File* f, const void* p, usize n, const SockAddr* to) {
  const bool connection = f->type == SockType::seqpacket;
  if (connection) {
    if (f->error != Errno::ok) return fails(f->take_error());
    if (f->state != Sock::connected) return fails(Errno::notconn);
    to = nullptr;
  }
  const i32 most = f->opt(SockOpt::sndbuf);
  for (;;) {
    File* peer = f->peer;
    if (to != nullptr) {
      if (to->family != AddrFamily::unix_) return fails(Errno::inval);
      if (const Errno e = unix_find(*to, f->type, &peer); e != Errno::ok) return fails(e);
    } else if (peer == nullptr && !connection && f->remote.family == AddrFamily::none) {
      return fails(Errno::notconn);
    }
    if (n > static_cast<u32>(most - 32)) return fails(kEmsgsize);
    if (f->error != Errno::ok) return fails(f->take_error());
    if (f->snd_shut) return fails(Errno::pipe);
    if (peer == nullptr) {
      if (connection) return fails(Errno::pipe);
      f->remote.family = AddrFamily::none;  // the one it was connected to is gone
      return fails(Errno::connrefused);
    }
    if (!connection && peer->remote.family != AddrFamily::none && peer->peer != f) return fails(Errno::perm);
    if (peer->rcv_shut) return fails(Errno::pipe);
    Ring* r = connection ? f->out : peer->in;
    const bool crowded = !connection && peer->peer != f && r->npackets > kMaxDgramQueue;
    if (!crowded && r->cost < static_cast<u32>(most)) {
      const PacketHead head = {static_cast<u32>(n), static_cast<u32>(n) + kPacketCost, f->local};
      enter(r, head, p);
      notify(peer);
      return {n, Errno::ok};
    }
    r->wanted = true;
    if (f->nonblock) return fails(Errno::again);
    (void)block(connection ? static_cast<void*>(f) : r, 0);
  }
}

// Those that may write to f again, now that a packet has been taken out.
void wake_writers(File* f) {
  Ring* r = f->in;
  if (f->type == SockType::seqpacket) {
    if (r->writer != nullptr && r->cost * 4 <= static_cast<u32>(r->writer->opt(SockOpt::sndbuf))) notify(r->writer);
    return;
  }
  if (!f->unix_socket() || !r->wanted) return;
  r->wanted = false;
  for (i32 fd = 0; fd < fd_end(); fd++)
    if (File* other = file_of(fd); other != nullptr && other->state == Sock::packets && other->peer == f) notify(other);
  (void)wake(r, ~u32{0});
}

}  // namespace

SysResult packet_write(File* f, const void* p, usize n, const SockAddr* to) {
  return f->unix_socket() ? unix_write(f, p, n, to) : udp_write(f, p, n, to);
}

SysResult packet_read(File* f, void* p, usize n, SockAddr* from) {
  const bool connection = f->type == SockType::seqpacket;
  if (connection && f->state != Sock::connected) return fails(Errno::notconn);
  for (;;) {
    if (f->error != Errno::ok) return fails(f->take_error());
    Ring* r = f->in;
    if (r->npackets > 0) {
      const PacketHead head = take_head(r);
      const u32 got = static_cast<u32>(min<usize>(n, head.len));
      r->get(p, got);
      r->get(nullptr, head.len - got);
      wake_writers(f);
      if (from != nullptr) {
        *from = head.from;
        // A unix socket without a name: the kernel gives no address at all.
        if (from->family == AddrFamily::unix_ && from->path_len == 0) from->family = AddrFamily::none;
      }
      return {got, Errno::ok};
    }
    if (f->rcv_shut && connection) return {};
    if (f->nonblock) return fails(Errno::again);
    if (f->rcv_shut) return {};
    (void)block(f, 0);
  }
}

}  // namespace rt0::sim
