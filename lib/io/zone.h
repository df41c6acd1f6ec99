// Zones of IPv6 addresses: the part behind the % in fe80::1%eth0.
#pragma once

#include "lib/io/addr.h"

namespace rt0::net {

// The longest zone that an address may have, in bytes; a longer one is an error. In Go there is no limit. The
// name of an interface has at most 15 bytes.
inline constexpr usize kMaxZone = 64;

// The number of the interface that the zone names. If there is no interface of this name, the number at the zone's
// beginning; 0, which means no zone, if it begins with no number.
u32 zone_index(Str zone);
// Adds "%" and a's zone to *out: the text that the program has given, or the name of the interface, if the address
// comes from the kernel. Adds nothing if there is no zone.
void put_zone(const SockAddr& a, AddrText* out);

}  // namespace rt0::net
