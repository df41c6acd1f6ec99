// Finds the socket that is bound to an address in the simulation. One list holds the bound sockets of all families.
// Unix socket names exist only in this list, not in the host's file system.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

namespace {

constinit File* names = nullptr;  // bound sockets, newest first
constexpr u16 kFirstPort = 40000, kLastPort = 60999;
constinit u16 next_port = kFirstPort;  // the next port for a socket that does not ask for one

bool all_zero(const u8* p, u32 n) {
  for (u32 i = 0; i < n; i++)
    if (p[i] != 0) return false;
  return true;
}
u32 ip_len(const SockAddr& a) { return a.family == AddrFamily::ip4 ? 4 : 16; }
bool wildcard(const SockAddr& a) { return all_zero(a.ip, ip_len(a)); }
// ::ffff:1.2.3.4
bool mapped(const SockAddr& a) {
  return a.family == AddrFamily::ip6 && all_zero(a.ip, 10) && a.ip[10] == 0xff && a.ip[11] == 0xff;
}
SockAddr loopback_of(AddrFamily f) {
  SockAddr a;
  a.family = f;
  if (f == AddrFamily::ip4) a.ip[0] = 127, a.ip[3] = 1;
  else a.ip[15] = 1;
  return a;
}
bool same_ip(const SockAddr& a, const SockAddr& b) {
  if (a.family != b.family) return false;
  for (u32 i = 0; i < ip_len(a); i++)
    if (a.ip[i] != b.ip[i]) return false;
  return true;
}
bool same_path(const SockAddr& a, const SockAddr& b) {
  return a.family == AddrFamily::unix_ && b.family == AddrFamily::unix_ &&
         Str(a.path, a.path_len) == Str(b.path, b.path_len);
}

// Does f's local address accept what is sent to `to`?
bool named(const File* f, const SockAddr& to) {
  if (f->local.family == AddrFamily::unix_ || to.family == AddrFamily::unix_) return same_path(f->local, to);
  if (f->local.port != to.port) return false;
  const SockAddr dest = unmap(to);
  if (same_ip(unmap(f->local), dest)) return true;
  if (!wildcard(f->local)) return false;
  return f->local.family == dest.family || (f->local.family == AddrFamily::ip6 && !f->v6only);
}

bool port_taken(const File* me, const SockAddr& a) {
  for (const File* f = names; f != nullptr; f = f->bound_link) {
    if (f == me || f->type != me->type || !is_ip(f->local.family) || f->local.port != a.port ||
        f->state == Sock::connected)
      continue;
    const SockAddr mine = unmap(a), his = unmap(f->local);
    const bool both = mine.family == his.family || (mine.family == AddrFamily::ip6 && !me->v6only && wildcard(mine)) ||
                      (his.family == AddrFamily::ip6 && !f->v6only && wildcard(his));
    if (both && (same_ip(mine, his) || wildcard(mine) || wildcard(his))) return true;
  }
  return false;
}

// Fails if the path exists in the host's file system, or if its directory does not: there Linux's bind fails, too.
Errno path_error(const SockAddr& a) {
  if (a.path_len == 0 || a.path[0] == '\0') return Errno::ok;
  char path[kMaxUnixPath + 1];
  usize dir = 0;
  for (usize i = 0; i < a.path_len; i++) {
    path[i] = a.path[i];
    if (path[i] == '/') dir = i;
  }
  path[a.path_len] = '\0';
  FileStat st;
  if (linux_kernel_io.stat(path, false, &st).ok()) return Errno::addrinuse;
  if (dir == 0) return Errno::ok;
  path[dir] = '\0';
  const SysResult r = linux_kernel_io.stat(path, true, &st);
  return r.ok() && st.type != FileType::directory ? Errno::notdir : r.err;
}

}  // namespace

SockAddr unmap(const SockAddr& a) {
  if (!mapped(a)) return a;
  SockAddr b;
  b.family = AddrFamily::ip4;
  b.port = a.port;
  for (u32 i = 0; i < 4; i++) b.ip[i] = a.ip[12 + i];
  return b;
}
SockAddr map(const SockAddr& a) {
  if (a.family != AddrFamily::ip4) return a;
  SockAddr b;
  b.family = AddrFamily::ip6;
  b.port = a.port;
  b.ip[10] = b.ip[11] = 0xff;
  for (u32 i = 0; i < 4; i++) b.ip[12 + i] = a.ip[i];
  return b;
}
bool loopback(const SockAddr& addr) {
  const SockAddr a = unmap(addr);
  if (a.family == AddrFamily::ip4) return a.ip[0] == 127;
  return all_zero(a.ip, 15) && a.ip[15] == 1;
}

// The address to connect to: a dialled wildcard address means this machine, so it becomes the loopback address.
SockAddr dialled(const File* f, const SockAddr& a) {
  if (!is_ip(a.family) || !wildcard(a)) return a;
  SockAddr b = f->family == AddrFamily::ip6 && a.family == AddrFamily::ip4 ? map(loopback_of(AddrFamily::ip4))
                                                                           : loopback_of(a.family);
  b.port = a.port;
  return b;
}

// A socket bound to exactly this address is preferred to one that is bound to the wildcard.
File* name_find(const SockAddr& to, SockType type, const File* for_whom) {
  File* best = nullptr;
  for (File* f = names; f != nullptr; f = f->bound_link) {
    if (f->type != type || f->state == Sock::connected || !named(f, to)) continue;
    // A connected datagram socket receives from its peer only.
    if (type == SockType::dgram && f->remote.family != AddrFamily::none && is_ip(f->family) &&
        (f->remote.port != for_whom->local.port))
      continue;
    if (best == nullptr || (is_ip(to.family) && wildcard(best->local) && !wildcard(f->local))) best = f;
  }
  return best;
}

void name_add(File* f) {
  f->bound = true;
  f->bound_link = names;
  names = f;
}
void name_drop(File* f) {
  for (File** at = &names; *at != nullptr; at = &(*at)->bound_link) {
    if (*at != f) continue;
    *at = f->bound_link;
    return;
  }
}

SysResult bind_ip(File* f, SockAddr a) {
  if (!wildcard(a) && !loopback(a)) return fails(kEaddrnotavail);
  if (a.port == 0) {
    for (u32 tries = 0; tries <= kLastPort - kFirstPort; tries++) {
      a.port = next_port;
      next_port = next_port == kLastPort ? kFirstPort : static_cast<u16>(next_port + 1);
      if (!port_taken(f, a)) break;
    }
  }
  if (port_taken(f, a)) return fails(Errno::addrinuse);
  f->local = a;
  name_add(f);
  return {};
}

SysResult bind_path(File* f, const SockAddr& a) {
  for (const File* other = names; other != nullptr; other = other->bound_link)
    if (same_path(other->local, a)) return fails(Errno::addrinuse);
  if (const Errno wrong = path_error(a); wrong != Errno::ok) return fails(wrong);
  f->local = a;
  if (a.path_len > 0) name_add(f);
  return {};
}

// A socket that sends without having been bound gets a name: for IP, the loopback address and a port.
SysResult autobind(File* f, const SockAddr& to) {
  if (f->bound || !is_ip(f->family)) return {};
  SockAddr a = mapped(to) ? map(loopback_of(AddrFamily::ip4)) : loopback_of(f->family);
  a.port = 0;
  return bind_ip(f, a);
}

bool unix_unlink(const char* path) {
  const Str name = cstr(path);
  for (File** at = &names; *at != nullptr; at = &(*at)->bound_link) {
    File* f = *at;
    if (f->local.family != AddrFamily::unix_ || Str(f->local.path, f->local.path_len) != name) continue;
    *at = f->bound_link;
    return true;
  }
  return false;
}

}  // namespace rt0::sim
