// Names out of files. Go: net/hosts.go, port_unix.go. There is no DNS.
#pragma once

#include "lib/io/addr.h"

namespace rt0::net {

// The addresses that /etc/hosts gives for a name. ip6_first: in the order in which to try them. localhost is always
// known.
void lookup_host(Str name, bool ip6_first, AddrList* out);
// A service's port, out of a table of the usual ones.
bool lookup_service(bool udp, Str name, u16* port);

}  // namespace rt0::net
