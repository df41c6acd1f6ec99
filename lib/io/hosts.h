// Looking names up in files. Go: net/hosts.go, port_unix.go. There is no DNS.
#pragma once

#include "lib/io/addr.h"

namespace rt0::net {

// The addresses that /etc/hosts gives for a name, in the order in which to try them: those of IPv6 first if ip6_first,
// else those of IPv4. localhost is always known.
void lookup_host(Str name, bool ip6_first, AddrList* out);
// The port of a well-known service, from a table in the program.
bool lookup_service(bool udp, Str name, u16* port);

}  // namespace rt0::net
