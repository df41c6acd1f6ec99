// Reads the environment variable RT0_SIM=key=value,…: the options of a simulation. Whatever is wrong ends the process.
#include "kernel_iface/sim/sim.h"

namespace rt0::sim {

namespace {

constexpr i64 kMaxDepth = 64, kMaxRate = 1000, kMaxLimit = 1000 * 1000 * 1000;
// In the order of Key.
constexpr char kKeys[] = "seed\0procs\0steps\0spin\0strategy\0faults\0limit\0record\0replay\0";
constexpr i64 kMost[kNumbers] = {0x7fffffffffffffff, 1024, 1000 * 1000 * 1000, 3600 * 1000};
// In the order of Strategy. A depth follows a colon.
constexpr char kStrategies[] = "fifo\0random\0pct:\0pos\0delay:\0";
constexpr char kKnown[] = "seed, procs, strategy, steps, faults, spin, limit, record and replay are known";

constexpr u32 kFirst = static_cast<u32>(Choice::nomem), kAllFaults = ~u32{0} << kFirst & ((1u << kChoices) - 1);

// Out of line, because it is called from many places and inlined copies would make the program larger.
[[gnu::noinline]] bool is(Str s, const char* name) { return s == cstr(name); }

bool ends_in_colon(Str s) { return s[s.len - 1] == ':'; }

usize find(Str s, char c) {
  usize i = 0;
  while (i < s.len && s[i] != c) i++;
  return i;
}

// The number that begins at value[from].
i64 number(Str key, Str value, i64 least, i64 most, usize from = 0) {
  i64 n;
  if (!parse_i64(value.sub(from), &n) || n < least || n > most)
    refuse("%.*s=%.*s: a number from %lld to %lld is wanted", RT0_STR(key), RT0_STR(value), ll(least), ll(most));
  return n;
}

void once(Str key, u32 bit, Options* o) {
  if ((o->set & bit) != 0) refuse("%.*s=: it is given twice", RT0_STR(key));
  o->set |= bit;
}

Str path(Str key, Str value) {
  if (value.empty()) refuse("%.*s=: the name of a file is wanted", RT0_STR(key));
  return value;
}

void parse_strategy(Str key, Str value, Options* o) {
  constexpr usize kReplayLen = 7;
  if (value.len >= kReplayLen && is(value.sub(0, kReplayLen), "replay:")) {
    o->replay = path("replay", value.sub(kReplayLen));
    return once("replay", 1u << kReplay, o);
  }
  const usize colon = find(value, ':');
  const u32 i = find_name(kStrategies, value.sub(0, colon < value.len ? colon + 1 : colon));
  if (i == kNoName) refuse("strategy=%.*s: fifo, random, pct:D, pos, delay:D or replay:FILE is wanted", RT0_STR(value));
  o->strategy = static_cast<Strategy>(i);
  // delay:0 is fifo with the choices that delay makes.
  if (colon < value.len)
    o->depth = static_cast<u32>(number(key, value, o->strategy == Strategy::pct ? 1 : 0, kMaxDepth, colon + 1));
}

// A number of choices, or a time.
void parse_limit(Str value, Options* o) {
  usize digits = 0;
  while (digits < value.len && value[digits] >= '0' && value[digits] <= '9') digits++;
  const Str unit = value.sub(digits);
  const bool seconds = is(unit, "s");
  i64 n;
  if (!parse_i64(value.sub(0, digits), &n) || n < 1 || n > kMaxLimit || !(unit.empty() || seconds || is(unit, "ms")))
    refuse("limit=%.*s: choices, or a time (60s, 5ms) is wanted", RT0_STR(value));
  if (unit.empty()) o->limit_choices = static_cast<u64>(n);
  else o->limit_ns = kBootNs + n * 1000 * 1000 * (seconds ? 1000 : 1);
}

// The faults of a list such as eintr+short; 0: it is not understood.
u32 faults_in(Str s) {
  u32 set = 0;
  for (;;) {
    const usize end = find(s, '+');
    const u32 k = find_name(kChoiceNames, s.sub(0, end));
    if (k == kNoName || k < kFirst || (set & 1u << k) != 0) return 0;
    set |= 1u << k;
    if (end == s.len) return set;
    s = s.sub(end + 1);
  }
}

void parse_faults(Str key, Str value, Options* o) {
  const usize colon = find(value, ':');
  if (colon < value.len) o->rate = static_cast<u32>(number(key, value, 0, kMaxRate, colon + 1));
  const Str names = value.sub(0, colon);
  const bool none = is(names, "none");
  o->faults = none ? 0 : is(names, "all") ? kAllFaults : faults_in(names);
  char text[kFaultsLen];
  if (o->faults == 0 && !none)
    refuse("faults=%.*s: all, none or some of %s is wanted, then :N", RT0_STR(value), fault_names(kAllFaults, text));
}

void parse_item(Str key, Str value, Options* o) {
  const u32 k = find_name(kKeys, key);
  if (k == kNoName) refuse("unknown key \"%.*s\": %s", RT0_STR(key), kKnown);
  once(key, 1u << k, o);
  if (k < kNumbers) o->number[k] = number(key, value, k == kProcs || k == kSpin ? 1 : 0, kMost[k]);
  else if (k == kStrategy) parse_strategy(key, value, o);
  else if (k == kFaults) parse_faults(key, value, o);
  else if (k == kLimit) parse_limit(value, o);
  else (k == kRecord ? o->record : o->replay) = path(key, value);
}

}  // namespace

const char* nth_name(const char* names, u32 i) {
  while (i-- > 0) names = cstr(names).end() + 1;
  return names;
}

u32 find_name(const char* names, Str s) {
  for (u32 i = 0; *names != '\0'; i++, names = cstr(names).end() + 1)
    if (is(s, names)) return i;
  return kNoName;
}

const char* fault_names(u32 set, char* buf) {
  char* at = buf;
  for (u32 k = 0; k < kChoices; k++) {
    if ((set & 1u << k) == 0) continue;
    if (at != buf) *at++ = '+';
    for (const char* name = choice_name(static_cast<Choice>(k)); *name != '\0';) *at++ = *name++;
  }
  *at = '\0';
  return at == buf ? "none" : buf;
}

const char* strategy_name(Strategy s) { return nth_name(kStrategies, static_cast<u32>(s)); }

bool has_depth(Strategy s) { return ends_in_colon(cstr(strategy_name(s))); }

void parse_options(Str spec, char separator, Options* o) {
  for (;;) {
    const usize end = find(spec, separator);
    const Str item = spec.sub(0, end);
    const usize eq = find(item, '=');
    if (eq == item.len) refuse("\"%.*s\": key=value is wanted; %s", RT0_STR(item), kKnown);
    parse_item(item.sub(0, eq), item.sub(eq + 1), o);
    if (end == spec.len) return;
    spec = spec.sub(end + 1);
  }
}

}  // namespace rt0::sim
