#include "runtime/diag/gotraceback.h"

#include "base/format.h"
#include "sched/gmp.h"

namespace rt0 {

namespace {

constinit TracebackLevel traceback_setting{1, false, false};

}  // namespace

void setTraceback(Str level) {
  struct Setting {
    char name[8];
    TracebackLevel means;
  };
  static constexpr Setting kSettings[] = {{"", {1, false, false}},       {"none", {0, false, false}},
                                          {"single", {1, false, false}}, {"all", {1, true, false}},
                                          {"system", {2, true, false}},  {"crash", {2, true, true}}};
  // A number is a level. Any other word counts as level 0, which shows no frames. Both mean all goroutines, as in Go.
  i64 n;
  traceback_setting = {parse_i64(level, &n) && n >= 0 && n <= 0xffff ? static_cast<i32>(n) : 0, true, false};
  for (const Setting& s : kSettings)
    if (level == cstr(s.name)) traceback_setting = s.means;
}

// If the runtime is broken, all frames of all goroutines are shown; on a fatal error of the program, all goroutines.
TracebackLevel gotraceback() {
  TracebackLevel t = traceback_setting;
  const Throwing how = getg()->m->throwing;
  t.all = t.all || how >= Throwing::user;
  if (how >= Throwing::runtime) t.level = 2;
  return t;
}

}  // namespace rt0
