// Go's package net: TCP, UDP and unix sockets. Errors are values. A call that waits stops the goroutine, not its
// thread.
//
//   auto [l, err] = net::listen("tcp", "127.0.0.1:0");
//   for (;;) {
//     auto [c, aerr] = l.accept();
//     if (aerr) break;                        // accept tcp 127.0.0.1:8080: use of closed network connection
//     go([c] { char buf[512]; auto [n, rerr] = c.read(buf, sizeof(buf)); c.write(buf, n); });
//   }
//
// Networks are "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "unixpacket"; addresses "host:port",
// "[::1]:80", ":80", a path, or "@name" for a unix name outside the file system. Hosts are numbers or names of
// /etc/hosts. The zone of an IPv6 address is an interface's name or number, "[fe80::1%eth0]:80"; it is kept and printed
// as it was given. Addresses that come from the kernel have the interface's name, or its number where /sys does not
// tell the name. A zone of more than 64 bytes is an error.
#pragma once

#include "rt0/error.h"
#include "rt0/time.h"

namespace rt0::net {

using errors::Err;
using errors::Error;
using errors::Result;

// An address as text: "127.0.0.1:80", "[::1]:80", "/run/socket".
using AddrText = FixedText<128>;
using HostPortText = FixedText<320>;  // the longest name of a host has 255 bytes

struct Addr {
  const char* network = "";  // "tcp", "udp", "unix"
  AddrText text;
  int port = 0;  // 0 for unix

  const char* data() const { return text.data(); }
  size_t size() const { return text.size(); }
  const char* c_str() const { return text.c_str(); }
};

namespace detail {
struct NetFd;

// A socket, shared by the copies of its handle. It is closed by close(), or when the last copy is destroyed.
class Handle {
 public:
  Handle() = default;
  Handle(const Handle& o);
  Handle(Handle&& o) noexcept : f_(o.f_) { o.f_ = nullptr; }
  Handle& operator=(Handle o) noexcept {
    NetFd* t = f_;
    f_ = o.f_;
    o.f_ = t;
    return *this;
  }
  ~Handle();

  explicit operator bool() const { return f_ != nullptr; }
  // Ends all calls that wait on the socket, with the error "use of closed network connection".
  Error close() const;
  // Calls that are not done at the time t end with "i/o timeout"; at once if t has passed. Time{}: no deadline.
  Error set_deadline(time::Time t) const;
  int fd() const;  // -1 if closed

 protected:
  friend struct NetFd;
  NetFd* f_ = nullptr;
};
}  // namespace detail

// A connection. Several goroutines may use it at once; readers take turns, and so do writers.
class Conn : public detail::Handle {
 public:
  // Reads at most n bytes into p, and waits until there are some. io::eof when the other side has closed.
  Result<size_t> read(void* p, size_t n) const;
  // Writes all n bytes, or returns an error and the number of bytes written before it.
  Result<size_t> write(const void* p, size_t n) const;
  Result<size_t> write(StrArg s) const { return write(s.ptr, s.len); }
  Error set_read_deadline(time::Time t) const;
  Error set_write_deadline(time::Time t) const;
  Addr local_addr() const;
  Addr remote_addr() const;
  // Closes one direction, for TCP and unix streams: after close_write the other side reads io::eof, and this side can
  // go on reading.
  Error close_write() const;
  Error close_read() const;
  // true, the initial setting: small pieces are sent at once; false: the kernel collects them. TCP only.
  Error set_no_delay(bool on) const;
};

class Listener : public detail::Handle {
 public:
  // Waits for the next connection.
  Result<Conn> accept() const;
  // The address at which it listens; with the port that the kernel has chosen, if the program asked for port 0.
  Addr addr() const;
};

// A socket for datagrams from and to any address.
class PacketConn : public detail::Handle {
 public:
  struct Packet {
    size_t n = 0;
    Addr from;
  };
  // Waits for a datagram and reads it into p; returns its size and its sender. Bytes beyond n are lost.
  Result<Packet> read_from(void* p, size_t n) const;
  // Sends n bytes as one datagram.
  Result<size_t> write_to(const void* p, size_t n, const Addr& to) const;
  Error set_read_deadline(time::Time t) const;
  Error set_write_deadline(time::Time t) const;
  Addr local_addr() const;
};

// Opens a socket for connections. network and address: see the head of this file. Port 0, or none: the kernel chooses.
Result<Listener> listen(StrArg network, StrArg address);
// A datagram socket at that address: "udp…" or "unixgram".
Result<PacketConn> listen_packet(StrArg network, StrArg address);
// Connects: waits until the connection is made, was refused (Err::connrefused), or has failed.
Result<Conn> dial(StrArg network, StrArg address);
// The same, but fails with Err::timeout after the time d; d = 0: no limit.
Result<Conn> dial_timeout(StrArg network, StrArg address, time::Duration d);
// The two ends of a unix stream.
struct ConnPair {
  Conn a, b;
};
Result<ConnPair> socketpair();

// "host:port", or "[host]:port" if the host has colons. Go: net.JoinHostPort.
HostPortText join_host_port(StrArg host, StrArg port);

}  // namespace rt0::net

namespace rt0 {
template <>
inline constexpr bool kRelocatable<net::Conn> = true;
template <>
inline constexpr bool kRelocatable<net::Listener> = true;
template <>
inline constexpr bool kRelocatable<net::PacketConn> = true;
}  // namespace rt0
