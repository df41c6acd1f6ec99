#include "sched/maxprocs.h"

#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "rt0/runtime.h"
#include "sched/debugvars.h"
#include "sched/newproc.h"
#include "sched/stw.h"

namespace rt0 {

namespace {

constinit Atomic<i32> wanted{0};  // the number that the updater is to set; 0: no updater is under way

// A goroutine, because stopping the world takes a P, and sysmon has none. While the world is stopped, no
// goroutine can call set_gomaxprocs; a number that was set before stays.
void update_max_procs(Funcval*) {
  stopTheWorld();
  const i32 n = wanted.load_acquire();
  startTheWorld(customGOMAXPROCS.load_acquire() != 0 ? 0 : n);
  wanted.store_release(0);
}
constinit Funcval updater = {update_max_procs};

// As many Ps as there are CPUs, but no more than the CPU quota can keep busy. Two at least, if there are two CPUs.
i32 defaultGOMAXPROCS(i32 cpus) RT0_SYM("runtime.defaultGOMAXPROCS");
i32 defaultGOMAXPROCS(i32 cpus) {
  constexpr i32 kLeast = 2;
  if (cpus <= kLeast || debug.containermaxprocs <= 0 || simulated != 0) return cpus;
  const u32 limit = cpu_limit();
  return limit == 0 ? cpus : min(cpus, max(static_cast<i32>(limit), kLeast));
}

// Follows the quota, and the CPUs that the process may use.
void sysmonUpdateGOMAXPROCS() RT0_SYM("runtime.sysmonUpdateGOMAXPROCS");
void sysmonUpdateGOMAXPROCS() {
  if (simulated != 0 || debug.updatemaxprocs <= 0 || customGOMAXPROCS.load_acquire() != 0) return;
  const i32 n = defaultGOMAXPROCS(min(kernel->getproccount(), kMaxProcs));
  if (n == gomaxprocs.load_relaxed() || !wanted.cas_acqrel(0, n)) return;
  newproc_of_sysmon(&updater);
}

}  // namespace

constinit const detail::Maxprocs detail::maxprocs = {defaultGOMAXPROCS, sysmonUpdateGOMAXPROCS};

int gomaxprocs_now() { return gomaxprocs.load_relaxed(); }

int set_gomaxprocs(int n) {
  const int before = gomaxprocs.load_relaxed();
  if (n <= 0) return before;
  // Before the world stops, so that update_max_procs sees it and leaves the number alone.
  customGOMAXPROCS.store_release(1);
  if (n == before) return before;
  stopTheWorld();
  const int old = gomaxprocs.load_relaxed();
  startTheWorld(min(n, kMaxProcs));
  return old;
}

}  // namespace rt0
