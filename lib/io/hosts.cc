#include "lib/io/hosts.h"

#include "kernel_iface/choice.h"
#include "rt0/os.h"

namespace rt0::net {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(Str a, Str b) {
  // A dot at the end says that the name is fully qualified; names are equal with and without it.
  if (!a.empty() && a[a.len - 1] == '.') a.len--;
  if (!b.empty() && b[b.len - 1] == '.') b.len--;
  if (a.len != b.len) return false;
  for (usize i = 0; i < a.len; i++)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The next word of a line; empty at its end.
Str word(Str* line) {
  usize i = 0;
  while (i < line->len && blank((*line)[i])) i++;
  usize j = i;
  while (j < line->len && !blank((*line)[j])) j++;
  const Str w = line->sub(i, j - i);
  *line = line->sub(j);
  return w;
}

void hosts_line(Str line, Str name, AddrList* out) {
  for (usize i = 0; i < line.len; i++)
    if (line[i] == '#') line.len = i;
  const Str ip = word(&line);
  SockAddr a;
  if (ip.empty() || !parse_ip(ip, &a)) return;
  for (Str w = word(&line); !w.empty(); w = word(&line)) {
    if (!same_name(w, name)) continue;
    if (out->n < AddrList::kMax) out->addr[out->n++] = a;
    return;
  }
}

void add_loopback(AddrFamily family, AddrList* out) {
  SockAddr a;
  a.family = family;
  if (family == AddrFamily::ip6) a.ip[15] = 1;
  else a.ip[0] = 127, a.ip[3] = 1;
  out->addr[out->n++] = a;
}

}  // namespace

void lookup_host(Str name, bool ip6_first, AddrList* out) {
  // In a simulation no file of the host may decide anything: the simulated machine has no name but localhost.
  const Result<os::Content> file = simulated != 0 ? Result<os::Content>{} : os::read_file("/etc/hosts");
  Str rest = {file.value.data(), file.value.size()};
  while (!rest.empty()) {
    usize end = 0;
    while (end < rest.len && rest[end] != '\n') end++;
    hosts_line(rest.sub(0, end), name, out);
    rest = rest.sub(min(end + 1, rest.len));
  }
  if (out->n == 0 && same_name(name, "localhost")) {
    add_loopback(AddrFamily::ip4, out);
    if (ip_stack().ip6) add_loopback(AddrFamily::ip6, out);
  }
  // All addresses of one family before those of the other, each in the file's order. RFC 6724 would also compare scopes
  // and prefixes.
  AddrList sorted;
  for (u32 pass = 0; pass < 2; pass++)
    for (u32 i = 0; i < out->n; i++)
      if ((out->addr[i].family == AddrFamily::ip6) == (ip6_first == (pass == 0)))
        sorted.addr[sorted.n++] = out->addr[i];
  for (u32 i = 0; i < sorted.n; i++) out->addr[i] = sorted.addr[i];
}

bool lookup_service(bool udp, Str name, u16* port) {
  struct Service {
    Str name;
    u16 tcp, udp;
  };
  static constexpr Service kServices[] = {
      {"http", 80, 0},   {"https", 443, 443}, {"ssh", 22, 0},    {"domain", 53, 53}, {"ftp", 21, 0},
      {"ftps", 990, 0},  {"smtp", 25, 0},     {"telnet", 23, 0}, {"pop3", 110, 0},   {"imap2", 143, 0},
      {"pop3s", 995, 0}, {"imap3", 220, 0},   {"imaps", 993, 0}, {"gopher", 70, 0},  {"submissions", 465, 0},
  };
  for (const Service& s : kServices) {
    if (!same_name(s.name, name)) continue;
    *port = udp ? s.udp : s.tcp;
    return *port != 0;
  }
  return false;
}

}  // namespace rt0::net
