#include "sched/debugvars.h"

#include "base/format.h"
#include "kernel_iface/env.h"
#include "runtime/diag/gotraceback.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

struct DebugVar {
  const char* name;
  i32* value;
};
constexpr DebugVar kDebugVars[] = {
    {"asyncpreemptoff", &debug.asyncpreemptoff},
    {"containermaxprocs", &debug.containermaxprocs},
    {"inittrace", &debug.inittrace},
    {"panicnil", &debug.panicnil},
    {"scheddetail", &debug.scheddetail},
    {"schedtrace", &debug.schedtrace},
    {"tracebackancestors", &debug.tracebackancestors},
    {"tracebackstack", &debug.tracebackstack},
    {"updatemaxprocs", &debug.updatemaxprocs},
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

void parsedebugvars() {
  trace_boot(Ev::parsedebugvars);
  parsegodebug(gogetenv("GODEBUG"));
  setTraceback(gogetenv("GOTRACEBACK"));
}

}  // namespace rt0
