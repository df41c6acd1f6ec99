// IPv6 zones. Go: net/interface.go, ipv6ZoneCache. Differs: the interfaces are those of /sys/class/net.
#include "lib/io/zone.h"

#include "base/format.h"
#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "rt0/os.h"
#include "rt0/sync.h"

namespace rt0::net {

namespace {

constexpr usize kMaxName = 15;  // IFNAMSIZ - 1
constexpr char kInterfaces[] = "/sys/class/net";

// The number at the beginning of s; the largest if it does not fit. Go: dtoi, which ends at 2^24 - 1.
u32 leading_number(Str s) {
  u64 n = 0;
  for (usize i = 0; i < s.len && s[i] >= '0' && s[i] <= '9'; i++)
    n = min(n * 10 + static_cast<u64>(s[i] - '0'), u64{~u32{0}});
  return static_cast<u32>(n);
}

// 0: there is no interface of this name. In a simulation no file of the host may decide anything.
u32 interface_index(Str name) {
  if (simulated != 0 || name.empty() || name.len > kMaxName || name == Str(".") || name == Str("..")) return 0;
  for (const char c : name)
    if (c == '/' || c == '\0') return 0;
  FixedText<64> path;
  path.put(kInterfaces);
  path.put("/");
  path.put({name.ptr, name.len});
  path.put("/ifindex");
  const Result<os::Content> index = os::read_file(path);
  return leading_number({index.value.data(), index.value.size()});
}

// The interface that was asked for last. The interfaces' files are read anew after a while, as in Go, because an
// interface may get another name.
constexpr i64 kFresh = 60 * i64{1000000000};
constinit sync::Mutex mu{};
constinit u32 known_index GUARDED_BY(mu) = 0;
constinit i64 known_until GUARDED_BY(mu) = 0;
constinit FixedText<kMaxName + 1> known_name GUARDED_BY(mu){};

// Empty: there is no interface of this number.
FixedText<kMaxName + 1> interface_name(u32 index) {
  FixedText<kMaxName + 1> name;
  if (simulated != 0) return name;
  const sync::LockGuard held(mu);
  const i64 now = kernel->nanotime();
  if (index != known_index || now >= known_until) {
    known_index = 0;
    const Result<os::DirEntries> all = os::read_dir(kInterfaces);
    for (const os::DirEntry& e : all.value) {
      const Str s = {e.name().data(), e.name().size()};
      if (s.len > kMaxName || interface_index(s) != index) continue;
      known_index = index;
      known_until = now + kFresh;
      known_name = {};
      known_name.put({s.ptr, s.len});
      break;
    }
  }
  if (index == known_index) name = known_name;
  return name;
}

}  // namespace

u32 zone_index(Str zone) {
  const u32 index = interface_index(zone);
  return index != 0 ? index : leading_number(zone);
}

void put_zone(const SockAddr& a, AddrText* out) {
  if (a.path_len == 0 && a.scope == 0) return;
  out->put("%");
  if (a.path_len != 0) return out->put({a.path, a.path_len});
  const auto name = interface_name(a.scope);
  if (name.len != 0) return out->put(name);
  char number[kMaxDecimal];
  out->put({number, format_u64(number, a.scope)});
}

}  // namespace rt0::net
