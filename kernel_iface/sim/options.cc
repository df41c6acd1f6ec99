// Reads the environment variable RT0_SIM=key=value,…: the options of a simulation.
#include "kernel_iface/sim/sim.h"

namespace rt0::sim {

namespace {

constexpr i64 kMaxProcs = 1024, kMaxDepth = 64, kMaxSteps = 1000 * 1000 * 1000, kMaxRate = 1000,
              kMaxSpinMs = 3600 * 1000;

// Out of line, because it is called from many places and inlined copies would make the program larger.
[[gnu::noinline]] bool is(Str s, const char* name) { return s == cstr(name); }

bool starts(Str s, Str with) { return s.len >= with.len && s.sub(0, with.len) == with; }

usize find(Str s, char c) {
  usize i = 0;
  while (i < s.len && s[i] != c) i++;
  return i;
}

bool number(Str key, Str value, i64 least, i64 most, i64* n, Out* why) {
  if (parse_i64(value, n) && *n >= least && *n <= most) return true;
  say(*why, "%a=%b: a number from ", key, value);
  say(*why, "%a to %b is wanted", least, most);
  return false;
}

struct Named {
  const char* name;
  Strategy strategy;
  bool takes_depth;
};
constexpr Named kStrategies[] = {{"fifo", Strategy::fifo, false},
                                 {"random", Strategy::random, false},
                                 {"pct:", Strategy::pct, true},
                                 {"pos", Strategy::pos, false},
                                 {"delay:", Strategy::delay, true}};

constexpr u32 kFirst = static_cast<u32>(Choice::nomem), kAllFaults = ~u32{0} << kFirst & ((1u << kChoices) - 1);
constexpr char kKnown[] = "seed, procs, strategy, steps, faults, spin, limit, record and replay are known";

// Marks the key as given; false, and why, if it was given before.
bool once(Str key, u32 bit, Options* o, Out* why) {
  if ((o->set & bit) == 0) {
    o->set |= bit;
    return true;
  }
  say(*why, "%a=: it is given twice", key);
  return false;
}

bool path(Str key, Str value, u32 bit, Str* to, Options* o, Out* why) {
  *to = value;
  if (!value.empty()) return once(key, bit, o, why);
  say(*why, "%a=: the name of a file is wanted", key);
  return false;
}

bool parse_strategy(Str value, Options* o, Out* why) {
  if (starts(value, "replay:")) return path("strategy=replay:", value.sub(7), kReplay, &o->replay, o, why);
  for (const Named& s : kStrategies) {
    if (s.takes_depth ? !starts(value, cstr(s.name)) : !is(value, s.name)) continue;
    i64 n = 0;
    if (s.takes_depth && !number("strategy", value.sub(cstr(s.name).len), 1, kMaxDepth, &n, why)) return false;
    o->strategy = s.strategy;
    o->depth = static_cast<u32>(n);
    return true;
  }
  say(*why, "strategy=%a: fifo, random, pct:D, pos, delay:D or replay:FILE is wanted", value);
  return false;
}

// A number of choices, or a time.
bool parse_limit(Str value, Options* o) {
  usize digits = 0;
  while (digits < value.len && value[digits] >= '0' && value[digits] <= '9') digits++;
  const Str unit = value.sub(digits);
  i64 n;
  if (!parse_i64(value.sub(0, digits), &n) || n < 1 || n > kMaxSteps) return false;
  if (unit.empty()) {
    o->limit_choices = static_cast<u64>(n);
    return true;
  }
  o->limit_ns = kBootNs + n * 1000 * 1000 * (is(unit, "s") ? 1000 : 1);
  return is(unit, "s") || is(unit, "ms");
}

// A key whose value is a number.
struct Numeric {
  const char* key;
  u32 bit;
  u32 least;
  i64 most;
};
constexpr Numeric kNumeric[] = {{"seed", kSeed, 0, 0x7fffffffffffffff},
                                {"procs", kProcs, 1, kMaxProcs},
                                {"steps", kSteps, 1, kMaxSteps},
                                {"spin", kSpin, 1, kMaxSpinMs}};

bool parse_key(Str key, Str value, Options* o, Out* why) {
  i64 n;
  for (const Numeric& k : kNumeric) {
    if (!is(key, k.key)) continue;
    if (!number(key, value, k.least, k.most, &n, why)) return false;
    if (k.bit == kSeed) o->seed = static_cast<u64>(n);
    if (k.bit == kProcs) o->procs = static_cast<i32>(n);
    if (k.bit == kSteps) o->steps = static_cast<u32>(n);
    if (k.bit == kSpin) o->spin_ms = static_cast<u32>(n);
    return once(key, k.bit, o, why);
  }
  if (is(key, "strategy")) return once(key, kStrategy, o, why) && parse_strategy(value, o, why);
  if (is(key, "record")) return path(key, value, kRecord, &o->record, o, why);
  if (is(key, "replay")) return path(key, value, kReplay, &o->replay, o, why);
  if (is(key, "limit")) {
    if (parse_limit(value, o)) return once(key, kLimit, o, why);
    say(*why, "limit=%a: a number of choices, or a time such as 60s or 5ms is wanted", value);
    return false;
  }
  if (is(key, "faults")) {
    const usize colon = find(value, ':');
    if (colon < value.len) {
      if (!number("faults", value.sub(colon + 1), 0, kMaxRate, &n, why)) return false;
      o->rate = static_cast<u32>(n);
    }
    if (parse_faults(value.sub(0, colon), &o->faults)) return once(key, kFaults, o, why);
    char names[256];
    say(*why, "faults=%a: all, none, or some of %b is wanted, then perhaps :N, for N in 1000", value,
        fault_names(kAllFaults, names, sizeof(names)));
    return false;
  }
  say(*why, "unknown key \"%a\": %b", key, kKnown);
  return false;
}

}  // namespace

void say(Out& out, const char* text, Str a, Str b) {
  for (; *text != '\0'; text++) {
    if (*text != '%') out.put(*text);
    else out.put(*++text == 'a' ? a : b);
  }
}
void say(Out& out, const char* text, i64 m, i64 n) {
  char a[kMaxDecimal], b[kMaxDecimal];
  say(out, text, Str(a, format_i64(a, m)), Str(b, format_i64(b, n)));
}

bool parse_faults(Str s, u32* set) {
  *set = 0;
  if (is(s, "none")) return true;
  if (is(s, "all")) {
    *set = kAllFaults;
    return true;
  }
  for (;;) {
    const usize end = find(s, '+');
    u32 found = 0;
    for (u32 k = kFirst; k < kChoices; k++)
      if (is(s.sub(0, end), choice_name(static_cast<Choice>(k)))) found = 1u << k;
    if (found == 0 || (*set & found) != 0) return false;
    *set |= found;
    if (end == s.len) return true;
    s = s.sub(end + 1);
  }
}

Str fault_names(u32 set, char* buf, usize room) {
  Out out{buf, room};
  for (u32 k = 0; k < kChoices; k++) {
    if ((set & 1u << k) == 0) continue;
    if (out.len != 0) out.put('+');
    out.put(cstr(choice_name(static_cast<Choice>(k))));
  }
  if (out.len == 0) out.put("none");
  return out.str();
}

Str strategy_name(const Options& o, char* buf, usize room) {
  Out out{buf, room};
  for (const Named& s : kStrategies) {
    if (s.strategy != o.strategy) continue;
    out.put(cstr(s.name));
    if (s.takes_depth) out.put_u64(o.depth);
  }
  return out.str();
}

bool parse_options(Str spec, Options* o, Out* why) {
  for (;;) {
    const usize end = find(spec, ',');
    const Str item = spec.sub(0, end);
    const usize eq = find(item, '=');
    if (eq == item.len) {
      say(*why, "\"%a\": key=value is wanted; %b", item, kKnown);
      return false;
    }
    if (!parse_key(item.sub(0, eq), item.sub(eq + 1), o, why)) return false;
    if (end == spec.len) return true;
    spec = spec.sub(end + 1);
  }
}

}  // namespace rt0::sim
