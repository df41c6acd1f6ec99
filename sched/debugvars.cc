#include "sched/debugvars.h"

#include "sched/env.h"
#include "sched/gmp.h"
#include "sched/panic.h"
#include "sched/tracer.h"

namespace rt0 {

constinit DebugVars debug{};

namespace {

constinit TracebackLevel traceback_setting{1, false, false};

struct DebugVar {
  const char* name;
  i32* value;
};
constexpr DebugVar kDebugVars[] = {
    {"asyncpreemptoff", &debug.asyncpreemptoff},
    {"inittrace", &debug.inittrace},
    {"panicnil", &debug.panicnil},
    {"scheddetail", &debug.scheddetail},
    {"schedtrace", &debug.schedtrace},
    {"tracebackancestors", &debug.tracebackancestors},
    {"tracebackstack", &debug.tracebackstack},
};

}  // namespace

void parsegodebug(Str s) {
  trace_boot(Ev::parsegodebug);
  while (!s.empty()) {
    usize end = 0, eq = 0;
    bool has_eq = false;
    for (; end < s.len && s[end] != ','; end++)
      if (s[end] == '=' && !has_eq) eq = end, has_eq = true;
    if (has_eq) {
      const Str key = s.sub(0, eq), value = s.sub(eq + 1, end - eq - 1);
      i64 n;
      for (const DebugVar& v : kDebugVars)
        if (key == cstr(v.name) && parse_i64(value, &n) && n == static_cast<i32>(n)) *v.value = static_cast<i32>(n);
    }
    s = end < s.len ? s.sub(end + 1) : Str();
  }
}

void setTraceback(Str level) {
  struct Setting {
    char name[8];
    TracebackLevel means;
  };
  static constexpr Setting kSettings[] = {{"", {1, false, false}},       {"none", {0, false, false}},
                                          {"single", {1, false, false}}, {"all", {1, true, false}},
                                          {"system", {2, true, false}},  {"crash", {2, true, true}}};
  // A number is a level; anything else counts as 0, no frames at all. Both for all goroutines, and both as in Go.
  i64 n;
  traceback_setting = {parse_i64(level, &n) && n >= 0 && n <= 0xffff ? static_cast<i32>(n) : 0, true, false};
  for (const Setting& s : kSettings)
    if (level == cstr(s.name)) traceback_setting = s.means;
}

void parsedebugvars() {
  trace_boot(Ev::parsedebugvars);
  parsegodebug(gogetenv("GODEBUG"));
  setTraceback(gogetenv("GOTRACEBACK"));
}

// A broken runtime shows everything there is; a fatal error of the program, all goroutines.
TracebackLevel gotraceback() {
  TracebackLevel t = traceback_setting;
  const Throwing how = getg()->m->throwing;
  t.all = t.all || how >= Throwing::user;
  if (how >= Throwing::runtime) t.level = 2;
  return t;
}

}  // namespace rt0
