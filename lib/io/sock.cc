// Sockets in use: connections, listeners, packets. Go: net/net.go, fd_posix.go, tcpsock.go, udpsock.go, unixsock.go.
#include "lib/io/sock.h"

#include "mem/malloc.h"
#include "rt0/go.h"

namespace rt0::net {

using detail::ErrorMaker;
using detail::NetFd;
using detail::op_error;

namespace detail {

NetFd* NetFd::make(i32 sysfd, const Network& n) {
  NetFd* f = ::new (rt0::detail::InPlace{}, malloc_or_die<NetFd>()) NetFd;
  f->fd.sysfd = sysfd;
  f->fd.is_stream = n.type == SockType::stream;
  f->fd.eof_is_zero = n.type != SockType::dgram;
  f->net = n;
  return f;
}

// A unix listener's path is removed before its socket is closed. The other way round, another process could make a
// socket of the same name in between, and its path would be removed. Go: unlinkOnce.
IoResult NetFd::close() {
  if (unlink_on_close && local.path_len > 0 && local.path[0] != '\0') {
    char path[kMaxUnixPath + 1];
    for (u32 i = 0; i < local.path_len; i++) path[i] = local.path[i];
    path[local.path_len] = '\0';
    unlink_on_close = false;
    (void)ignoringEINTR([&] { return kernel_io().unlink(path); });
  }
  return fd.close();
}

void NetFd::release() {
  if (handles.sub_acqrel(1) != 0) return;
  (void)close();  // fails only if it has been closed before
  heap_free(this);
}

void NetFd::set_names() {
  (void)kernel_io().getsockname(fd.sysfd, &local);
  (void)kernel_io().getpeername(fd.sysfd, &remote);
}

void op_error(Error* e, Str op, Str network, const SockAddr* from, const SockAddr* to, const IoResult& r, Str call) {
  ErrorMaker m(*e);
  m.op(op).put(" ").put(network);
  const bool has_from = from != nullptr && from->family != AddrFamily::none;
  if (has_from) {
    AddrText t;
    format_addr(*from, &t);
    m.put(" ").put({t.text, t.len});
  }
  if (to != nullptr && to->family != AddrFamily::none) {
    AddrText t;
    format_addr(*to, &t);
    m.put(has_from ? Str("->") : Str(" ")).put({t.text, t.len});
  }
  m.put(": ", true);
  put_reason(m, r, true, call);
}

Handle::Handle(const Handle& o) : f_(o.f_) {
  if (f_ != nullptr) (void)f_->handles.add_relaxed(1);  // the handle that is copied keeps *f_ alive
}
Handle::~Handle() {
  if (f_ != nullptr) f_->release();
}

}  // namespace detail

namespace {

// The error of a handle that refers to no socket. Go: syscall.EINVAL.
Error invalid() {
  Error e;
  ErrorMaker(e).reason("invalid argument", Err::inval);
  return e;
}

// The error of a call on an open socket. Its text names both ends of a connection, or the one end of a listener.
Error failed(const NetFd* f, Str op, const IoResult& r, Str call) {
  Error e;
  if (r.ok()) return e;
  if (f->connected || f->net.type == SockType::dgram) op_error(&e, op, f->net.name, &f->local, &f->remote, r, call);
  else op_error(&e, op, f->net.name, nullptr, &f->local, r, call);
  return e;
}

Addr addr_of(const NetFd* f, const SockAddr& a) {
  Addr out;
  out.network = f->net.name.ptr;
  format_addr(a, &out.text);
  if (a.family == AddrFamily::ip4 || a.family == AddrFamily::ip6) out.port = a.port;
  return out;
}

Error deadline(NetFd* f, Time t, PollMode mode) {
  if (f == nullptr) return invalid();
  const IoResult r = f->fd.set_deadline(rt0::detail::deadline_of(t), mode);
  Error e;
  // Go names the local end only.
  if (!r.ok()) op_error(&e, "set", f->net.name, nullptr, &f->local, r, {});
  return e;
}

Error option(NetFd* f, SockOpt o, i32 v) {
  if (f == nullptr) return invalid();
  const IoResult r = f->fd.control([&] { return kernel_io().setsockopt(f->fd.sysfd, o, v); });
  return failed(f, "set", r, "setsockopt");
}

Error shut(NetFd* f, Shut how) {
  if (f == nullptr) return invalid();
  return failed(f, "close", f->fd.control([&] { return kernel_io().shutdown(f->fd.sysfd, how); }), "shutdown");
}

}  // namespace

int detail::Handle::fd() const { return f_ != nullptr ? f_->fd.sysfd : -1; }
Error detail::Handle::close() const { return f_ == nullptr ? invalid() : failed(f_, "close", f_->close(), {}); }
Error detail::Handle::set_deadline(Time t) const { return deadline(f_, t, PollMode::both); }
Error Conn::set_read_deadline(Time t) const { return deadline(f_, t, PollMode::read); }
Error Conn::set_write_deadline(Time t) const { return deadline(f_, t, PollMode::write); }
Error PacketConn::set_read_deadline(Time t) const { return deadline(f_, t, PollMode::read); }
Error PacketConn::set_write_deadline(Time t) const { return deadline(f_, t, PollMode::write); }
Error Conn::close_write() const { return shut(f_, Shut::write); }
Error Conn::close_read() const { return shut(f_, Shut::read); }
Error Conn::set_no_delay(bool on) const { return option(f_, SockOpt::no_delay, on ? 1 : 0); }

Addr Conn::local_addr() const { return f_ != nullptr ? addr_of(f_, f_->local) : Addr{}; }
Addr Conn::remote_addr() const { return f_ != nullptr ? addr_of(f_, f_->remote) : Addr{}; }
Addr Listener::addr() const { return f_ != nullptr ? addr_of(f_, f_->local) : Addr{}; }
Addr PacketConn::local_addr() const { return f_ != nullptr ? addr_of(f_, f_->local) : Addr{}; }

Result<size_t> Conn::read(void* p, size_t n) const {
  Result<size_t> out;
  if (f_ == nullptr) {
    out.err = invalid();
    return out;
  }
  const IoResult r = f_->fd.read(p, n);
  out.value = r.n;
  if (r.err == IoErr::eof) ErrorMaker(out.err).reason("EOF", Err::eof);
  else if (!r.ok()) out.err = failed(f_, "read", r, "read");
  return out;
}

// Uses sendto without an address: unlike write, it can be told not to raise SIGPIPE.
Result<size_t> Conn::write(const void* p, size_t n) const {
  Result<size_t> out;
  if (f_ == nullptr) {
    out.err = invalid();
    return out;
  }
  const IoResult r = f_->fd.sendto(p, n, nullptr);
  out.value = r.n;
  if (!r.ok()) out.err = failed(f_, "write", r, "write");
  return out;
}

Result<Conn> Listener::accept() const {
  Result<Conn> out;
  if (f_ == nullptr) {
    out.err = invalid();
    return out;
  }
  SockAddr peer;
  IoResult r = f_->fd.accept(&peer);
  if (!r.ok()) {
    out.err = failed(f_, "accept", r, "accept4");
    return out;
  }
  NetFd* c = NetFd::make(static_cast<i32>(r.n), f_->net);
  out.value = NetFd::handle<Conn>(c);  // from here on it is closed with the handle
  if (const Errno e = c->fd.init_poll(); e != Errno::ok) {
    out.err = failed(f_, "accept", IoResult::sys(e), poll_refused());
    out.value = Conn{};
    return out;
  }
  c->connected = true;
  (void)kernel_io().getsockname(c->fd.sysfd, &c->local);
  c->remote = peer;
  if (f_->net.kind == Network::Kind::tcp) {
    (void)kernel_io().setsockopt(c->fd.sysfd, SockOpt::no_delay, 1);
    (void)kernel_io().setsockopt(c->fd.sysfd, SockOpt::keep_alive, 1);
    (void)kernel_io().setsockopt(c->fd.sysfd, SockOpt::keep_idle, 15);
    (void)kernel_io().setsockopt(c->fd.sysfd, SockOpt::keep_interval, 15);
  }
  return out;
}

Result<PacketConn::Packet> PacketConn::read_from(void* p, size_t n) const {
  Result<Packet> out;
  if (f_ == nullptr) {
    out.err = invalid();
    return out;
  }
  SockAddr from;
  const IoResult r = f_->fd.recvfrom(p, n, &from);
  if (r.ok()) {
    out.value.n = r.n;
    out.value.from = addr_of(f_, from);
  } else {
    out.err = failed(f_, "read", r, "recvfrom");
  }
  return out;
}

Result<size_t> PacketConn::write_to(const void* p, size_t n, const Addr& to) const {
  Result<size_t> out;
  if (f_ == nullptr) {
    out.err = invalid();
    return out;
  }
  AddrList list;
  ErrorMaker m(out.err);
  m.op("write").put(" ").put(f_->net.name).put(": ", true);
  if (!resolve(f_->net, {to.data(), to.size()}, true, &list, m)) return out;
  out.err = Error{};
  SockAddr a = list.addr[0];
  // A socket for both families takes an IPv4 address as ::ffff:a.b.c.d.
  if (f_->local.family == AddrFamily::ip6 && a.family == AddrFamily::ip4) {
    for (u32 i = 0; i < 4; i++) a.ip[12 + i] = a.ip[i];
    for (u32 i = 0; i < 10; i++) a.ip[i] = 0;
    a.ip[10] = a.ip[11] = 0xff;
    a.family = AddrFamily::ip6;
  }
  const IoResult r = f_->fd.sendto(p, n, &a);
  out.value = r.n;
  if (!r.ok()) op_error(&out.err, "write", f_->net.name, &f_->local, &list.addr[0], r, "sendto");
  return out;
}

}  // namespace rt0::net
