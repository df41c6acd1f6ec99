// The clock and sleep for programs. Go: time.Now, Since, Until, Sleep.
#include "rt0/time.h"

#include "kernel_iface/kernel.h"
#include "lib/time/timer.h"

namespace rt0 {

Time time::now() {
  Time t = Time::from_unix(0, kernel->walltime());
  t.mono_ = kernel->nanotime();
  return t;
}

Duration time::since(Time t) { return now().sub(t); }
Duration time::until(Time t) { return t.sub(now()); }

void time::sleep(Duration d) { timeSleep(d.count); }

}  // namespace rt0
