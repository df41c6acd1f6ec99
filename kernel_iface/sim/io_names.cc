// Which socket an address leads to. IP and abstract unix names are in one list. A unix name in the file system is a
// Path, which stays there when its socket is closed, until it is removed; the host's file system does not have it.
// Files of the host are looked at, too: a name can't be where one is.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

// A socket's name in the file system: a hash of the path from the root on, for a program may write it in several ways.
struct Path {
  u64 hash;
  File* file;  // null: closed
  u32 ino;
  i64 made_ns;
  Path* next;
};

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

// --- Paths -----------------------------------------------------------------------------------------------------------

constinit Path* paths = nullptr;
constinit Path* free_paths = nullptr;
constinit u32 next_ino = 1;

// A hash of the path without empty and "." parts. ".." removes the part before it; after a symbolic link that is wrong.
u64 path_hash(Str path) {
  constexpr usize kRoom = 8192;
  constinit static char full[kRoom], cwd[kRoom];  // large; and the simulation has one thread of the host's
  usize len = 0;
  auto add = [&](Str s) {
    for (usize i = 0; i < s.len;) {
      usize end = i;
      while (end < s.len && s[end] != '/') end++;
      const Str part = s.sub(i, end - i);
      i = end + 1;
      if (part.empty() || part == Str(".")) continue;
      if (part == Str("..")) {
        while (len > 0) {
          len--;
          if (full[len] == '/') break;
        }
        continue;
      }
      if (len + part.len + 1 > kRoom) return;
      full[len++] = '/';
      for (const char c : part) full[len++] = c;
    }
  };
  if (path.len > 0 && path[0] != '/' && linux_kernel_io.getcwd(cwd, kRoom).ok()) add(cstr(cwd));
  add(path);
  u64 h = 0xcbf29ce484222325u;
  for (usize i = 0; i < len; i++) h = (h ^ static_cast<u8>(full[i])) * 0x100000001b3u;
  return h;
}

Path** path_find(Str path) {
  Path** at = &paths;
  if (*at == nullptr) return at;
  const u64 hash = path_hash(path);
  while (*at != nullptr && (*at)->hash != hash) at = &(*at)->next;
  return at;
}

void path_drop(Path** at) {
  Path* gone = *at;
  if (gone == nullptr) return;
  *at = gone->next;
  if (gone->file != nullptr) gone->file->path = nullptr;
  gone->next = free_paths;
  free_paths = gone;
}

bool in_file_system(const SockAddr& a) { return a.path_len > 0 && a.path[0] != '\0'; }

// The host's file of that name.
SysResult host_stat(const SockAddr& a, usize len, bool follow, FileStat* st) {
  char path[kMaxUnixPath + 1];
  for (usize i = 0; i < len; i++) path[i] = a.path[i];
  path[len] = '\0';
  return linux_kernel_io.stat(path, follow, st);
}

// Fails if the path exists in the host's file system, or if its directory does not: there Linux's bind fails, too.
Errno path_error(const SockAddr& a) {
  if (*path_find(Str(a.path, a.path_len)) != nullptr) return Errno::addrinuse;
  FileStat st;
  if (host_stat(a, a.path_len, false, &st).ok()) return Errno::addrinuse;
  usize dir = a.path_len;  // up to the last slash, and with it
  while (dir > 0 && a.path[dir - 1] != '/') dir--;
  if (dir <= 1) return Errno::ok;
  const SysResult r = host_stat(a, dir - 1, true, &st);
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
bool wildcard(const SockAddr& a) { return all_zero(a.ip, ip_len(a)); }
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

// A socket without an address of its own sends from 127.0.0.1 or ::1, whatever loopback address it sends to.
SockAddr source(const File* f, const SockAddr& to) {
  if (!is_ip(f->local.family) || !wildcard(f->local)) return f->local;
  SockAddr a = loopback_of(unmap(to).family);
  a.port = f->local.port;
  return f->family == AddrFamily::ip6 ? map(a) : a;
}

// Linux lets two sockets have one port if both have SO_REUSEADDR and, with TCP, neither listens.
bool port_taken(const File* me, const SockAddr& a, bool to_listen) {
  constexpr u32 kReuse = static_cast<u32>(SockOpt::reuse_addr);
  for (const File* f = names; f != nullptr; f = f->bound_link) {
    if (f == me || f->type != me->type || !is_ip(f->local.family) || f->local.port != a.port) continue;
    const SockAddr mine = unmap(a), his = unmap(f->local);
    const bool both = mine.family == his.family || (mine.family == AddrFamily::ip6 && !me->v6only && wildcard(mine)) ||
                      (his.family == AddrFamily::ip6 && !f->v6only && wildcard(his));
    if (!both || (!same_ip(mine, his) && !wildcard(mine) && !wildcard(his))) continue;
    const bool listens = me->type == SockType::stream && f->state == Sock::listening;
    if (to_listen ? listens : listens || me->opts[kReuse] == 0 || f->opts[kReuse] == 0) return true;
  }
  return false;
}

// A socket bound to exactly this address is preferred to one that is bound to the wildcard.
File* name_find(const SockAddr& to, SockType type, const File* for_whom) {
  File* best = nullptr;
  for (File* f = names; f != nullptr; f = f->bound_link) {
    if (f->type != type || (type == SockType::stream && f->state != Sock::listening) || !named(f, to)) continue;
    // A connected datagram socket receives from its peer only.
    if (type == SockType::dgram && f->remote.family != AddrFamily::none) {
      const SockAddr from = unmap(source(for_whom, to)), peer = unmap(f->remote);
      if (from.port != peer.port || !same_ip(from, peer)) continue;
      return f;
    }
    if (best == nullptr || (wildcard(best->local) && !wildcard(f->local))) best = f;
  }
  return best;
}

Errno unix_find(const SockAddr& to, SockType type, File** found) {
  File* f = nullptr;
  if (in_file_system(to)) {
    if (const Path* path = *path_find(Str(to.path, to.path_len)); path != nullptr) {
      f = path->file;
    } else {
      FileStat st;
      const SysResult r = host_stat(to, to.path_len, true, &st);
      if (!r.ok()) return r.err;
    }
  } else {
    if (to.path_len == 0) return Errno::inval;
    for (f = names; f != nullptr && (f->type != type || !same_path(f->local, to));) f = f->bound_link;
  }
  if (f == nullptr) return Errno::connrefused;
  if (f->type != type) return kEprototype;
  *found = f;
  return Errno::ok;
}

void name_add(File* f) {
  f->bound = true;
  f->bound_link = names;
  names = f;
}
void name_drop(File* f) {
  if (f->path != nullptr) f->path->file = nullptr;
  f->path = nullptr;
  for (File** at = &names; *at != nullptr; at = &(*at)->bound_link) {
    if (*at != f) continue;
    *at = f->bound_link;
    return;
  }
}

SysResult bind_ip(File* f, SockAddr a) {
  if (!wildcard(a) && !loopback(a)) return fails(Errno::addrnotavail);
  f->port_asked = a.port != 0;
  if (a.port == 0) {
    for (u32 tries = 0; tries <= kLastPort - kFirstPort; tries++) {
      a.port = next_port;
      next_port = next_port == kLastPort ? kFirstPort : static_cast<u16>(next_port + 1);
      if (!port_taken(f, a, false)) break;
    }
  }
  if (port_taken(f, a, false)) return fails(Errno::addrinuse);
  f->local = a;
  name_add(f);
  return {};
}

SysResult bind_path(File* f, const SockAddr& a) {
  if (in_file_system(a)) {
    if (const Errno wrong = path_error(a); wrong != Errno::ok) return fails(wrong);
    if (free_paths == nullptr) {
      constexpr usize kBlock = 16 * 1024;
      Path* more = static_cast<Path*>(pages(kBlock));
      for (usize i = 0; i < kBlock / sizeof(Path); i++) {
        more[i].next = free_paths;
        free_paths = &more[i];
      }
    }
    Path* path = free_paths;
    free_paths = path->next;
    *path = {path_hash(Str(a.path, a.path_len)), f, next_ino++, state.epoch_ns + state.now, paths};
    paths = path;
    f->path = path;
    f->bound = true;
    f->local = a;
    return {};
  }
  SockAddr name = a;
  if (a.path_len == 0) {  // the kernel chooses an abstract one: five hexadecimal digits
    constinit static u32 next = 0;
    name.path[name.path_len++] = '\0';
    for (u32 i = 0; i < 5; i++) name.path[name.path_len++] = "0123456789abcdef"[next >> (16 - 4 * i) & 15];
    next++;
  }
  for (const File* other = names; other != nullptr; other = other->bound_link)
    if (other->type == f->type && same_path(other->local, name)) return fails(Errno::addrinuse);
  f->local = name;
  name_add(f);
  return {};
}

// An IP socket that sends or connects without having been bound gets a port, and if it connects, an address, too.
SysResult autobind(File* f, const SockAddr& to) {
  if (f->bound || !is_ip(f->family)) return {};
  SockAddr a = mapped(to) ? map(loopback_of(AddrFamily::ip4)) : loopback_of(f->family);
  if (f->type == SockType::dgram && f->remote.family == AddrFamily::none)
    for (u8& b : a.ip) b = 0;
  a.port = 0;
  return bind_ip(f, a);
}

bool path_stat(const char* path, FileStat* st) {
  const Path* p = *path_find(cstr(path));
  if (p == nullptr) return false;
  *st = {};
  st->type = FileType::socket;
  st->perm = 0755;
  st->ino = p->ino;
  st->nlink = 1;
  st->mtime_ns = p->made_ns;
  return true;
}

bool path_unlink(const char* path) {
  Path** at = path_find(cstr(path));
  const bool found = *at != nullptr;
  path_drop(at);
  return found;
}

bool path_rename(const char* from, const char* to) {
  Path* moved = *path_find(cstr(from));
  if (moved != nullptr && moved->hash == path_hash(cstr(to))) return true;
  path_drop(path_find(cstr(to)));
  if (moved == nullptr) return false;
  (void)linux_kernel_io.unlink(to);
  moved->hash = path_hash(cstr(to));
  return true;
}

}  // namespace rt0::sim
