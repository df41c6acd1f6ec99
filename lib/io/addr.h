// Addresses: text to socket address and back, names. Go: net/ip.go, ipsock.go, hosts.go, netip.
#pragma once

#include "kernel_iface/kernel_io.h"
#include "lib/io/error.h"
#include "rt0/net.h"

namespace rt0::net {

// The networks there are.
struct Network {
  enum class Kind : u32 { tcp, udp, unix_ } kind;
  SockType type;
  u32 family;  // 0: either, 4, 6
  Str name;    // "tcp4"; static
};
// False for a network nobody knows.
bool parse_network(Str name, Network* n);

// What an address stands for, best first. any: no host was given.
struct AddrList {
  static constexpr u32 kMax = 8;
  SockAddr addr[kMax];
  u32 n = 0;
  bool any = false;
};
// False: *m has the reason, and the caller has written what comes before it.
bool resolve(const Network& net, Str address, bool dial, AddrList* out, rt0::detail::ErrorMaker& m);

// "1.2.3.4", "::1", "fe80::1%2".
bool parse_ip(Str s, SockAddr* a);
void format_addr(const SockAddr& a, AddrText* out);
bool is_wildcard(const SockAddr& a);

// What this machine's kernel has. Asked once. Go: ipStackCapabilities.
struct IpStack {
  bool ip4, ip6, ip4_in_6;
};
IpStack ip_stack();

}  // namespace rt0::net
