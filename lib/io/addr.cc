#include "lib/io/addr.h"

#include "base/format.h"
#include "lib/io/hosts.h"
#include "lib/io/zone.h"

namespace rt0::net {

using rt0::detail::ErrorMaker;

bool parse_network(Str name, Network* n) {
  using K = Network::Kind;
  static constexpr Network kAll[] = {
      {K::tcp, SockType::stream, 0, "tcp"},
      {K::tcp, SockType::stream, 4, "tcp4"},
      {K::tcp, SockType::stream, 6, "tcp6"},
      {K::udp, SockType::dgram, 0, "udp"},
      {K::udp, SockType::dgram, 4, "udp4"},
      {K::udp, SockType::dgram, 6, "udp6"},
      {K::unix_, SockType::stream, 0, "unix"},
      {K::unix_, SockType::dgram, 0, "unixgram"},
      {K::unix_, SockType::seqpacket, 0, "unixpacket"},
  };
  for (const Network& k : kAll) {
    if (!(k.name == name)) continue;
    *n = k;
    return true;
  }
  return false;
}

namespace {

constexpr usize kNone = ~usize{0};

usize find(Str s, char c) {
  for (usize i = 0; i < s.len; i++)
    if (s[i] == c) return i;
  return kNone;
}
usize find_last(Str s, char c) {
  for (usize i = s.len; i-- > 0;)
    if (s[i] == c) return i;
  return kNone;
}

// Leading zeroes are refused, as in Go: some programs read such a number as octal.
bool parse_ip4(Str s, u8* ip) {
  usize at = 0;
  for (u32 i = 0; i < 4; i++) {
    if (i > 0) {
      if (at >= s.len || s[at] != '.') return false;
      at++;
    }
    const usize begin = at;
    u32 v = 0;
    for (; at < s.len && s[at] >= '0' && s[at] <= '9'; at++) {
      v = v * 10 + static_cast<u32>(s[at] - '0');
      if (v > 255 || (at > begin && s[begin] == '0')) return false;
    }
    if (at == begin) return false;
    ip[i] = static_cast<u8>(v);
  }
  return at == s.len;
}

i32 hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Eight groups, or fewer with one "::" in place of the missing ones; the last two may be an IPv4 address.
bool parse_ip6(Str s, u8* ip) {
  usize at = 0, n = 0, gap = kNone;
  if (s.len >= 2 && s[0] == ':' && s[1] == ':') {
    gap = 0;
    at = 2;
  }
  while (n < 16 && at < s.len) {
    u32 v = 0;
    usize digits = 0;
    while (at + digits < s.len && hex_digit(s[at + digits]) >= 0) {
      if (++digits > 4) break;
      v = v << 4 | static_cast<u32>(hex_digit(s[at + digits - 1]));
    }
    if (digits == 0) return false;
    if (at + digits < s.len && s[at + digits] == '.') {
      if ((gap == kNone && n != 12) || n + 4 > 16 || !parse_ip4(s.sub(at), ip + n)) return false;
      n += 4;
      at = s.len;
      break;
    }
    if (digits > 4) return false;
    ip[n++] = static_cast<u8>(v >> 8);
    ip[n++] = static_cast<u8>(v);
    at += digits;
    if (at == s.len) break;
    if (s[at] != ':' || at + 1 == s.len) return false;
    at++;
    if (s[at] == ':') {
      if (gap != kNone) return false;
      gap = n;
      at++;
    }
  }
  if (at != s.len) return false;
  if (n == 16) return gap == kNone;
  if (gap == kNone) return false;
  const usize moved = n - gap;
  for (usize i = 0; i < moved; i++) ip[15 - i] = ip[n - 1 - i];
  for (usize i = gap; i < 16 - moved; i++) ip[i] = 0;
  return true;
}

bool all_zero(const u8* p, usize n) {
  for (usize i = 0; i < n; i++)
    if (p[i] != 0) return false;
  return true;
}

bool is_4in6(const u8* ip) { return all_zero(ip, 10) && ip[10] == 0xff && ip[11] == 0xff; }

void put_hex16(AddrText* t, u32 v) {
  static constexpr char kDigits[] = "0123456789abcdef";
  bool any = false;
  for (i32 shift = 12; shift >= 0; shift -= 4) {
    const u32 d = v >> shift & 15;
    if (d == 0 && !any && shift > 0) continue;
    any = true;
    t->put({&kDigits[d], 1});
  }
}

void put_num(AddrText* t, u64 v) {
  char buf[kMaxDecimal];
  t->put({buf, format_u64(buf, v)});
}

void put_ip4(AddrText* t, const u8* ip) {
  for (u32 i = 0; i < 4; i++) {
    if (i > 0) t->put(".");
    put_num(t, ip[i]);
  }
}

// The longest run of two or more zero groups is written as "::"; of several equally long runs, the first.
void put_ip6(AddrText* t, const u8* ip) {
  usize best = 16, best_end = 16;
  for (usize i = 0; i < 16; i += 2) {
    usize j = i;
    while (j < 16 && ip[j] == 0 && ip[j + 1] == 0) j += 2;
    if (j > i + 2 && j - i > best_end - best) best = i, best_end = j;
    if (j > i) i = j - 2;
  }
  for (usize i = 0; i < 16; i += 2) {
    if (i == best) {
      t->put("::");
      i = best_end;
      if (i >= 16) break;
    } else if (i > 0) {
      t->put(":");
    }
    put_hex16(t, static_cast<u32>(ip[i]) << 8 | ip[i + 1]);
  }
}

// Go: SplitHostPort. Returns null, or a text that says what is wrong with the address.
const char* split_host_port(Str s, Str* host, Str* port) {
  static constexpr char kMissing[] = "missing port in address", kColons[] = "too many colons in address";
  const usize i = find_last(s, ':');
  if (i == kNone) return kMissing;
  usize j = 0, k = 0;  // from here on no '[' (j) and no ']' (k) may follow
  if (s[0] == '[') {
    const usize end = find(s, ']');
    if (end == kNone) return "missing ']' in address";
    if (end + 1 == s.len) return kMissing;
    if (end + 1 != i) return s[end + 1] == ':' ? kColons : kMissing;
    *host = s.sub(1, end - 1);
    j = 1;
    k = end + 1;
  } else {
    *host = s.sub(0, i);
    if (find(*host, ':') != kNone) return kColons;
  }
  if (find(s.sub(j), '[') != kNone) return "unexpected '[' in address";
  if (find(s.sub(k), ']') != kNone) return "unexpected ']' in address";
  *port = s.sub(i + 1);
  return nullptr;
}

// A port is a number or the name of a well-known service. Go: LookupPort, which reads /etc/services.
bool parse_port(const Network& net, Str s, u16* port, ErrorMaker& m) {
  if (s.empty()) {
    *port = 0;
    return true;
  }
  bool numeric = true;  // a sign without digits counts as 0, as in Go
  u64 v = 0;
  usize at = s[0] == '+' || s[0] == '-' ? 1 : 0;
  for (; at < s.len; at++) {
    if (s[at] < '0' || s[at] > '9') numeric = false;
    else v = min<u64>(v * 10 + static_cast<u64>(s[at] - '0'), 1u << 20);
  }
  if (numeric) {
    if (v > 65535 || (s[0] == '-' && v != 0)) {
      m.put("address ", true).put(s, true).put(": ", true).reason("invalid port", Err::address);
      return false;
    }
    *port = static_cast<u16>(v);
    return true;
  }
  if (lookup_service(net.kind == Network::Kind::udp, s, port)) return true;
  m.put("lookup ", true).put(net.name).put("/").put(s).put(": ", true).reason("unknown port", Err::address);
  return false;
}

// The caller has checked that the path fits.
void unix_address(Str path, SockAddr* a) {
  check(path.len <= kMaxUnixPath, "unix_address: path too long");
  a->family = AddrFamily::unix_;
  for (usize i = 0; i < path.len; i++) a->path[i] = path[i];
  if (!path.empty() && path[0] == '@') a->path[0] = '\0';
  a->path_len = static_cast<u16>(path.len);
}

bool fits(const Network& net, const SockAddr& a) {
  return net.family == 0 || (net.family == 4) == (a.family == AddrFamily::ip4);
}

}  // namespace

bool parse_ip(Str s, SockAddr* a) {
  if (parse_ip4(s, a->ip)) {
    a->family = AddrFamily::ip4;
    return true;
  }
  const usize percent = min(find(s, '%'), s.len);
  if (percent + 1 == s.len || !parse_ip6(s.sub(0, percent), a->ip)) return false;
  if (percent < s.len) {
    const Str zone = s.sub(percent + 1);
    if (zone.len > kMaxZone) return false;
    __builtin_memcpy(a->path, zone.ptr, zone.len);
    a->path_len = static_cast<u16>(zone.len);
    a->scope = zone_index(zone);
  }
  a->family = AddrFamily::ip6;
  if (is_4in6(a->ip)) {
    for (u32 i = 0; i < 4; i++) a->ip[i] = a->ip[12 + i];
    a->family = AddrFamily::ip4;
  }
  return true;
}

// Whether s would be an IPv6 address if its zone were shorter.
static bool has_long_zone(Str s) {
  const usize percent = min(find(s, '%'), s.len);
  u8 ip[16];
  return s.len - percent > kMaxZone + 1 && parse_ip6(s.sub(0, percent), ip);
}

bool is_wildcard(const SockAddr& a) { return all_zero(a.ip, a.family == AddrFamily::ip4 ? 4 : 16); }

void format_addr(const SockAddr& a, AddrText* out) {
  switch (a.family) {
    case AddrFamily::none: return;
    case AddrFamily::ip4:
      put_ip4(out, a.ip);
      put_zone(a, out);
      break;
    case AddrFamily::ip6:
      if (is_4in6(a.ip)) {
        put_ip4(out, a.ip + 12);
        break;
      }
      out->put("[");
      put_ip6(out, a.ip);
      put_zone(a, out);
      out->put("]");
      break;
    case AddrFamily::unix_:
      if (a.path_len == 0 || a.path[0] == '\0') {
        out->put("@");
        if (a.path_len > 1) out->put({a.path + 1, static_cast<usize>(a.path_len - 1)});
      } else {
        out->put({a.path, a.path_len});
      }
      return;
  }
  out->put(":");
  put_num(out, a.port);
}

// A host that is too long for the text is cut. It is still too long to be the name of any host then, so the result is
// never the address of another host. The port is kept whole.
HostPortText join_host_port(StrArg host, StrArg port) {
  HostPortText t;
  constexpr usize kLongestName = 255, kRoom = sizeof(t.text) - sizeof("[]:") - sizeof("65535");
  static_assert(kRoom > kLongestName);
  const bool colons = find({host.ptr, host.len}, ':') != kNone;
  if (colons) t.put("[");
  t.put({host.ptr, min(host.len, kRoom)});
  t.put(colons ? "]:" : ":");
  t.put(port);
  return t;
}

bool resolve(const Network& net, Str address, bool dial, AddrList* out, ErrorMaker& m) {
  if (dial && address.empty()) {
    m.reason("missing address", Err::address);
    return false;
  }
  if (net.kind == Network::Kind::unix_) {
    out->n = 1;
    if (address.len > kMaxUnixPath) {  // a packet's destination: listen and dial have checked theirs before
      m.errno_reason(Errno::inval);
      return false;
    }
    unix_address(address, &out->addr[0]);
    return true;
  }
  Str host, port;
  u16 number = 0;
  if (!address.empty()) {
    if (const char* why = split_host_port(address, &host, &port); why != nullptr) {
      m.put("address ", true).put(address).put(": ", true).reason(cstr(why), Err::address);
      return false;
    }
    if (!parse_port(net, port, &number, m)) return false;
  }
  SockAddr one;
  if (host.empty()) {
    out->any = true;
    one.family =
        net.family == 6 || (net.family == 0 && !dial && ip_stack().ip4_in_6) ? AddrFamily::ip6 : AddrFamily::ip4;
    if (dial) {  // without a host this machine is meant
      if (one.family == AddrFamily::ip6) one.ip[15] = 1;
      else one.ip[0] = 127, one.ip[3] = 1;
    }
    out->addr[out->n++] = one;
  } else if (parse_ip(host, &one)) {
    out->addr[out->n++] = one;
  } else if (has_long_zone(host)) {
    m.put("address ", true).put(host).put(": ", true).reason("zone is longer than 64 bytes", Err::address);
    return false;
  } else {
    lookup_host(host, ip_stack().ip6 && dial, out);
    if (out->n == 0) {
      m.put("lookup ", true).put(host).put(": ", true).reason("no such host", Err::unknown_host);
      return false;
    }
  }
  u32 n = 0;
  for (u32 i = 0; i < out->n; i++) {
    if (!fits(net, out->addr[i])) continue;
    out->addr[n] = out->addr[i];
    out->addr[n++].port = number;
  }
  out->n = n;
  if (n > 0) return true;
  m.put("address ", true).put(host).put(": ", true).reason("no suitable address found", Err::address);
  return false;
}

}  // namespace rt0::net
