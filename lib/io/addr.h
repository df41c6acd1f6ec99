// Addresses: from texts and names to socket addresses, and back. Go: net/ip.go, ipsock.go, hosts.go, netip.
#pragma once

#include "kernel_iface/kernel_io.h"
#include "lib/io/error.h"
#include "rt0/net.h"

namespace rt0::net {

// A network that listen and dial know.
struct Network {
  enum class Kind : u32 { tcp, udp, unix_ } kind;
  SockType type;
  u32 family;  // 0: either, 4, 6
  Str name;    // "tcp4"; static
};
// False if there is no network of that name.
bool parse_network(Str name, Network* n);

// The socket addresses that a text stands for, best first. any: the text names no host.
struct AddrList {
  static constexpr u32 kMax = 8;
  SockAddr addr[kMax];
  u32 n = 0;
  bool any = false;
};
// Fills *out. If that fails, returns false and adds the reason to m; the caller has put the text before it into m.
bool resolve(const Network& net, Str address, bool dial, AddrList* out, rt0::detail::ErrorMaker& m);

// "1.2.3.4", "::1", "fe80::1%eth0".
bool parse_ip(Str s, SockAddr* a);
void format_addr(const SockAddr& a, AddrText* out);
bool is_wildcard(const SockAddr& a);

// The kinds of IP sockets that this machine's kernel supports. Tested once. Go: ipStackCapabilities.
struct IpStack {
  bool ip4, ip6, ip4_in_6;
};
IpStack ip_stack();

}  // namespace rt0::net
