// RT0_SIM=key=value,…: what a simulation is to be like.
#include "kernel_iface/sim/sim.h"

namespace rt0::sim {

namespace {

constexpr i64 kMaxProcs = 1024, kMaxDepth = 64, kMaxSteps = 1000 * 1000 * 1000, kMaxRate = 1000,
              kMaxSpinMs = 3600 * 1000;

bool starts(Str s, Str with) { return s.len >= with.len && s.sub(0, with.len) == with; }

usize find(Str s, char c) {
  usize i = 0;
  while (i < s.len && s[i] != c) i++;
  return i;
}

bool number(Str key, Str value, i64 least, i64 most, i64* n, Out* why) {
  if (parse_i64(value, n) && *n >= least && *n <= most) return true;
  why->put(key);
  why->put("=");
  why->put(value);
  why->put(": a number from ");
  why->put_i64(least);
  why->put(" to ");
  why->put_i64(most);
  why->put(" is wanted");
  return false;
}

struct Named {
  Str name;
  Strategy strategy;
  bool takes_depth;
};
constexpr Named kStrategies[] = {{"fifo", Strategy::fifo, false},
                                 {"random", Strategy::random, false},
                                 {"pct:", Strategy::pct, true},
                                 {"pos", Strategy::pos, false},
                                 {"delay:", Strategy::delay, true}};

bool parse_strategy(Str value, Options* o, Out* why) {
  if (starts(value, "replay:")) {
    o->replay = value.sub(7);
    if (!o->replay.empty()) return true;
  }
  for (const Named& s : kStrategies) {
    if (!s.takes_depth && value == s.name) {
      o->strategy = s.strategy;
      return true;
    }
    if (s.takes_depth && starts(value, s.name)) {
      i64 n;
      if (!number("strategy", value.sub(s.name.len), 1, kMaxDepth, &n, why)) return false;
      o->strategy = s.strategy;
      o->depth = static_cast<u32>(n);
      return true;
    }
  }
  why->put("strategy=");
  why->put(value);
  why->put(": fifo, random, pct:D, pos, delay:D or replay:FILE is wanted");
  return false;
}

bool parse_key(Str key, Str value, Options* o, Out* why) {
  i64 n;
  if (key == Str("seed")) {
    if (!number(key, value, 0, 0x7fffffffffffffff, &n, why)) return false;
    o->seed = static_cast<u64>(n);
    o->seed_set = true;
  } else if (key == Str("procs")) {
    if (!number(key, value, 1, kMaxProcs, &n, why)) return false;
    o->procs = static_cast<i32>(n);
    o->procs_set = true;
  } else if (key == Str("strategy")) {
    o->strategy_set = true;
    return parse_strategy(value, o, why);
  } else if (key == Str("steps")) {
    if (!number(key, value, 1, kMaxSteps, &n, why)) return false;
    o->steps = static_cast<u32>(n);
  } else if (key == Str("faults")) {
    const usize colon = find(value, ':');
    if (colon < value.len) {
      if (!number("faults", value.sub(colon + 1), 0, kMaxRate, &n, why)) return false;
      o->rate = static_cast<u32>(n);
    }
    o->faults_set = true;
    if (parse_faults(value.sub(0, colon), &o->faults)) return true;
    why->put("faults=");
    why->put(value);
    why->put(
        ": all, or some of enomem+eagain+eintr+wake+order+short+late+enosys+reset is wanted, then perhaps :N, for N in "
        "1000");
    return false;
  } else if (key == Str("spin")) {
    if (!number(key, value, 1, kMaxSpinMs, &n, why)) return false;
    o->spin_ms = static_cast<u32>(n);
  } else if (key == Str("record") || key == Str("replay")) {
    if (value.empty()) {
      why->put(key);
      why->put("=: the name of a file is wanted");
      return false;
    }
    (key == Str("record") ? o->record : o->replay) = value;
  } else {
    why->put("unknown key \"");
    why->put(key);
    why->put("\": seed, procs, strategy, steps, faults, spin, record and replay are known");
    return false;
  }
  return true;
}

}  // namespace

bool parse_faults(Str s, u32* set) {
  *set = 0;
  while (!s.empty()) {
    const usize end = find(s, '+');
    const Str name = s.sub(0, end);
    constexpr u32 kFirst = static_cast<u32>(Choice::nomem);
    u32 found = name == Str("all") ? ~u32{0} << kFirst & ((1u << kChoices) - 1) : 0;
    for (u32 k = kFirst; k < kChoices; k++)
      if (name == cstr(choice_name(static_cast<Choice>(k)))) found = 1u << k;
    if (found == 0 && name != Str("none")) return false;
    *set |= found;
    if (end == s.len) return true;
    s = s.sub(end + 1);
  }
  return false;
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
    out.put(s.name);
    if (s.takes_depth) out.put_u64(o.depth);
  }
  return out.str();
}

bool parse_options(Str spec, Options* o, Out* why) {
  while (!spec.empty()) {
    const usize end = find(spec, ',');
    const Str item = spec.sub(0, end);
    const usize eq = find(item, '=');
    if (eq == item.len) {
      why->put("\"");
      why->put(item);
      why->put("\": key=value is wanted; seed, procs, strategy, steps, faults, spin, record and replay are known");
      return false;
    }
    if (!parse_key(item.sub(0, eq), item.sub(eq + 1), o, why)) return false;
    if (end == spec.len) break;
    spec = spec.sub(end + 1);
  }
  return true;
}

}  // namespace rt0::sim
