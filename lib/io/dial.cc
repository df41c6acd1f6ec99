// Making sockets: listen and dial. Go: net/dial.go, sock_posix.go, ipsock_posix.go.
//
// Differs: the addresses of a name are tried one after the other, without a second attempt in parallel.
#include "kernel_iface/kernel.h"
#include "lib/io/sock.h"

namespace rt0::net {

using detail::ErrorMaker;
using detail::NetFd;
using detail::op_error;

namespace {

constexpr i32 kBacklog = 4096;  // the kernel cuts it to net.core.somaxconn

Str text_of(StrArg s) { return {s.ptr, s.len}; }

constinit Atomic<u32> stack_known{0};  // 8: tested; 1, 2, 4: the members of IpStack

bool can_bind(AddrFamily family, bool loopback4in6) {
  const KernelIo& io = kernel_io();
  const SysResult r = io.socket(family, SockType::stream);
  if (!r.ok()) return false;
  const i32 fd = static_cast<i32>(r.value);
  bool ok = true;
  if (family == AddrFamily::ip6) {
    SockAddr a;
    a.family = family;
    a.ip[15] = 1;
    if (loopback4in6) {
      a.ip[10] = a.ip[11] = 0xff;
      a.ip[12] = 127;
    }
    ok = io.setsockopt(fd, SockOpt::ipv6_only, loopback4in6 ? 0 : 1).ok() && io.bind(fd, &a).ok();
  }
  (void)io.close(fd);
  return ok;
}

// The result of one attempt at one address. If it succeeded, err.err is none. call: the system call that failed, or
// empty.
struct Made {
  NetFd* f;
  IoResult err;
  Str call;
};

Made failed(NetFd* f, Errno e, Str call) {
  f->release();
  return {nullptr, IoResult::sys(e), call};
}

Made make_socket(const Network& net, AddrFamily family, bool only6) {
  const KernelIo& io = kernel_io();
  io.raise_nofile();
  const SysResult r = io.socket(family, net.type);
  if (!r.ok()) return {nullptr, IoResult::sys(r.err), "socket"};
  NetFd* f = NetFd::make(static_cast<i32>(r.value), net);
  if (family == AddrFamily::ip6) (void)io.setsockopt(f->fd.sysfd, SockOpt::ipv6_only, only6 ? 1 : 0);
  if (net.kind != Network::Kind::unix_) (void)io.setsockopt(f->fd.sysfd, SockOpt::broadcast, 1);
  return {f, {}, {}};
}

Made listen_on(const Network& net, const SockAddr& a, bool any) {
  const bool only6 = a.family == AddrFamily::ip6 && !(any || is_wildcard(a)) ? true : net.family == 6;
  Made m = make_socket(net, a.family, only6);
  if (m.f == nullptr) return m;
  const KernelIo& io = kernel_io();
  NetFd* f = m.f;
  if (net.type != SockType::dgram) (void)io.setsockopt(f->fd.sysfd, SockOpt::reuse_addr, 1);
  SysResult r = io.bind(f->fd.sysfd, &a);
  if (!r.ok()) return failed(f, r.err, "bind");
  if (net.type != SockType::dgram) {
    r = io.listen(f->fd.sysfd, kBacklog);
    if (!r.ok()) return failed(f, r.err, "listen");
  }
  if (const Errno e = f->fd.init_poll(); e != Errno::ok) return failed(f, e, poll_refused());
  (void)io.getsockname(f->fd.sysfd, &f->local);
  f->unlink_on_close = net.kind == Network::Kind::unix_ && net.type != SockType::dgram;
  return m;
}

bool same_end(const SockAddr& a, const SockAddr& b) {
  if (a.family != b.family || a.port != b.port) return false;
  for (usize i = 0; i < (a.family == AddrFamily::ip4 ? 4 : sizeof(a.ip)); i++)
    if (a.ip[i] != b.ip[i]) return false;
  return true;
}

// Whether a socket is connected to itself. If a program dials a port of its own machine on which no socket listens, the
// kernel may choose that very port for the dialling end. TCP then takes the two for the ends of a simultaneous connect.
// Go: selfConnect.
bool self_connected(const Made& m) {
  return m.f != nullptr && m.f->net.kind == Network::Kind::tcp && same_end(m.f->local, m.f->remote);
}
// For loopback addresses the kernel sometimes returns this error when it had no port for the dialling end. Go:
// spuriousENOTAVAIL.
bool no_port(const Made& m) { return m.f == nullptr && m.err.err == IoErr::sys && m.err.no == Errno::addrnotavail; }

Made dial_once(const Network& net, const SockAddr& a, i64 deadline) {
  if (deadline < 0) return {nullptr, {0, IoErr::timeout, Errno::ok}, {}};
  Made m = make_socket(net, a.family, false);
  if (m.f == nullptr) return m;
  const KernelIo& io = kernel_io();
  NetFd* f = m.f;
  m.err = f->fd.connect(&a, deadline);
  if (!m.err.ok()) {
    const bool sys = m.err.err == IoErr::sys;
    f->release();
    return {nullptr, m.err, sys ? Str("connect") : Str()};
  }
  f->set_names();
  if (f->remote.family == AddrFamily::none) f->remote = a;
  f->connected = true;
  if (net.kind == Network::Kind::tcp) {
    (void)io.setsockopt(f->fd.sysfd, SockOpt::no_delay, 1);
    (void)io.setsockopt(f->fd.sysfd, SockOpt::keep_alive, 1);
    (void)io.setsockopt(f->fd.sysfd, SockOpt::keep_idle, 15);
    (void)io.setsockopt(f->fd.sysfd, SockOpt::keep_interval, 15);
  }
  return m;
}

Made dial_to(const Network& net, const SockAddr& a, i64 deadline) {
  constexpr u32 kTries = 3;
  for (u32 i = 1;; i++) {
    Made m = dial_once(net, a, deadline);
    if (i == kTries || net.kind != Network::Kind::tcp || !(self_connected(m) || no_port(m))) return m;
    if (m.f != nullptr) m.f->release();
  }
}

// Looks up the network and resolves the address. If that fails, returns false, and *e says why.
bool prepare(Str op, Str network, Str address, bool dial, Network* net, AddrList* list, Error* e) {
  ErrorMaker m(*e);
  m.op(op);
  if (!network.empty()) m.put(" ").put(network);
  m.put(": ", true);
  if (!parse_network(network, net)) {
    m.put("unknown network ", true).put(network).reason("", Err::address);
    return false;
  }
  // A unix path that is too long for any address. In Go the kernel refuses it, so the error has the kernel's form.
  if (net->kind == Network::Kind::unix_ && address.len >= kMaxUnixPath &&
      (address[0] != '@' || address.len > kMaxUnixPath)) {
    ErrorMaker long_path(*e);
    long_path.op(op).put(" ").put(network).put(" ").put(address).put(dial ? Str(": connect: ") : Str(": bind: "), true);
    long_path.errno_reason(Errno::inval);
    return false;
  }
  if (!resolve(*net, address, dial, list, m)) return false;
  *e = Error{};
  return true;
}

// Go's error for a network whose kind does not fit the call: listen on "udp", listen_packet on "tcp".
void unexpected_type(Error* e, const Network& net, Str address, const SockAddr& a) {
  AddrText t;
  format_addr(a, &t);
  ErrorMaker m(*e);
  m.op("listen").put(" ").put(net.name).put(" ").put({t.text, t.len}).put(": address ", true).put(address);
  m.put(": ", true).reason("unexpected address type", Err::address);
}

// Adds an address to an error's text as Go does: only ":80" if the program named no host (any).
void put_dialed(ErrorMaker& m, const SockAddr& a, bool any) {
  AddrText t;
  format_addr(a, &t);
  Str s = {t.text, t.len};
  if (any)
    for (usize i = s.len; i-- > 0;)
      if (s[i] == ':') {
        s = s.sub(i);
        break;
      }
  m.put(" ").put(s);
}

void made_error(Error* e, Str op, const Network& net, const SockAddr& a, bool any, const Made& made) {
  ErrorMaker m(*e);
  m.op(op).put(" ").put(net.name);
  put_dialed(m, a, any);
  m.put(": ", true);
  put_reason(m, made.err, true, made.call);
}

template <class H>
Result<H> listen_as(StrArg network, StrArg address, bool packets) {
  Result<H> out;
  Network net;
  AddrList list;
  if (!prepare("listen", text_of(network), text_of(address), false, &net, &list, &out.err)) return out;
  const SockAddr& a = list.addr[0];
  if ((net.type == SockType::dgram) != packets) {
    unexpected_type(&out.err, net, text_of(address), a);
    return out;
  }
  SockAddr at = a;
  // "0.0.0.0" means every address, too: of both families, unless the network names one. Go: favoriteAddrFamily.
  const bool wildcard = a.family != AddrFamily::unix_ && is_wildcard(a);
  if (wildcard && net.family == 0 && ip_stack().ip4_in_6) {
    at = SockAddr{};
    at.family = AddrFamily::ip6;
    at.port = a.port;
  }
  const Made m = listen_on(net, at, wildcard);
  if (m.f != nullptr) out.value = NetFd::handle<H>(m.f);
  else made_error(&out.err, "listen", net, a, list.any, m);
  return out;
}

// The time until which the first of `left` addresses may be tried, so that the remaining ones get their share of the
// time. It is at least 2 s from now, if the deadline is. Times are in ns on nanotime's clock; 0: no limit, -1: the
// deadline has passed. Go: partialDeadline.
i64 partial_deadline(i64 deadline, u32 left) {
  constexpr i64 kLeast = 2'000'000'000;
  if (deadline <= 0) return deadline;
  const i64 now = kernel->nanotime();
  const i64 remaining = deadline - now;
  if (remaining <= 0) return -1;
  return now + max(remaining / left, min(remaining, kLeast));
}

Result<Conn> dial_until(StrArg network, StrArg address, i64 deadline) {
  Result<Conn> out;
  Network net;
  AddrList list;
  if (!prepare("dial", text_of(network), text_of(address), true, &net, &list, &out.err)) return out;
  for (u32 i = 0; i < list.n; i++) {
    const Made m = dial_to(net, list.addr[i], partial_deadline(deadline, list.n - i));
    if (m.f != nullptr) {
      out.err = Error{};
      out.value = NetFd::handle<Conn>(m.f);
      return out;
    }
    // If all addresses fail, the first error is returned.
    if (!out.err) made_error(&out.err, "dial", net, list.addr[i], list.any, m);
  }
  return out;
}

}  // namespace

IpStack ip_stack() {
  u32 v = stack_known.load_acquire();
  if (v == 0) {
    v = 8 | (can_bind(AddrFamily::ip4, false) ? 1 : 0) | (can_bind(AddrFamily::ip6, false) ? 2 : 0) |
        (can_bind(AddrFamily::ip6, true) ? 4 : 0);
    stack_known.store_release(v);
  }
  return {(v & 1) != 0, (v & 2) != 0, (v & 4) != 0};
}

Result<Listener> listen(StrArg network, StrArg address) { return listen_as<Listener>(network, address, false); }
Result<PacketConn> listen_packet(StrArg network, StrArg address) {
  return listen_as<PacketConn>(network, address, true);
}
Result<Conn> dial(StrArg network, StrArg address) { return dial_until(network, address, 0); }
Result<Conn> dial_timeout(StrArg network, StrArg address, Duration d) {
  return dial_until(network, address, d <= Duration{0} ? (d.count == 0 ? 0 : -1) : deadline_after(d.count));
}

Result<ConnPair> socketpair() {
  Result<ConnPair> out;
  i32 fds[2];
  Network net;
  (void)parse_network("unix", &net);
  kernel_io().raise_nofile();
  const SysResult r = kernel_io().socketpair(net.type, fds);
  if (!r.ok()) {
    ErrorMaker(out.err).op("socketpair").put(": ", true).errno_reason(r.err);
    return out;
  }
  Conn* ends[2] = {&out.value.a, &out.value.b};
  for (u32 i = 0; i < 2; i++) {
    NetFd* f = NetFd::make(fds[i], net);
    f->connected = true;
    *ends[i] = NetFd::handle<Conn>(f);
    if (const Errno e = f->fd.init_poll(); e != Errno::ok && !out.err)
      ErrorMaker(out.err).op(poll_refused()).put(": ", true).errno_reason(e);
    f->set_names();
  }
  return out;
}

}  // namespace rt0::net
