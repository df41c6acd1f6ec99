// osinit and schedinit: set up the scheduler and its Ps. rt0_go calls them on g0, in this order. No other thread runs
// yet, so locks are taken only where a called function expects them to be held.
#include "mem/gc.h"
#include "mem/malloc.h"
#include "mem/stack.h"
#include "mem/sysmem.h"
#include "runtime/boot/args.h"
#include "runtime/boot/cpu.h"
#include "runtime/diag/traceback.h"
#include "runtime/panic/iface.h"
#include "runtime/panic/signal.h"
#include "sched/debugvars.h"
#include "sched/maxprocs.h"
#include "sched/mthread.h"
#include "sched/pidle.h"
#include "sched/rand.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constexpr i32 kMaxMs = 10000;  // as Go: a program that needs more threads is most likely broken

i32 getproccount() RT0_SYM("runtime.getproccount");
i32 getproccount() {
  trace_boot(Ev::getproccount);
  return kernel->getproccount();
}

usize getHugePageSize() RT0_SYM("runtime.getHugePageSize");
usize getHugePageSize() {
  trace_boot(Ev::getHugePageSize);
  return kernel->getHugePageSize();
}

void osArchInit() RT0_SYM("runtime.osArchInit");
void osArchInit() {
  trace_boot(Ev::osArchInit);
  Isa::arch_init(auxv.hwcap, auxv.hwcap2);
}

i32 readGOGC() RT0_SYM("runtime.readGOGC");
i32 readGOGC() {
  trace_boot(Ev::readGOGC);
  return parse_gogc(gogetenv("GOGC"));
}

i64 readGOMEMLIMIT() RT0_SYM("runtime.readGOMEMLIMIT");
i64 readGOMEMLIMIT() {
  trace_boot(Ev::readGOMEMLIMIT);
  const Str value = gogetenv("GOMEMLIMIT");
  i64 limit;
  if (parse_gomemlimit(value, &limit)) return limit;
  eprintf("GOMEMLIMIT=%s\n", value.ptr);
  throw_("malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`");
}

void gcinit() RT0_SYM("runtime.gcinit");
void gcinit() {
  trace_boot(Ev::gcinit);
  const i32 percent = readGOGC();
  gcController.init(percent, readGOMEMLIMIT());
}

// The number of Ps may change only while the world is stopped, which procresize checks. At boot nothing runs, so the
// world counts as stopped.
void worldStopped() RT0_SYM("runtime.worldStopped");
void worldStopped() {
  trace_boot(Ev::worldStopped);
  world_is_stopped = true;
}
void worldStarted() RT0_SYM("runtime.worldStarted");
void worldStarted() {
  trace_boot(Ev::worldStarted);
  world_is_stopped = false;
}

// GOMAXPROCS if it is a decimal number greater than 0 which fits into 32 bits, as Go reads it; otherwise the default.
i32 procs_wanted() {
  i64 n;
  if (parse_i64(gogetenv("GOMAXPROCS"), &n) && n > 0 && n == static_cast<i32>(n)) {
    customGOMAXPROCS.store_relaxed(1);
    return static_cast<i32>(min<i64>(n, kMaxProcs));
  }
  return &detail::maxprocs != nullptr ? detail::maxprocs.at_start(ncpu) : ncpu;
}

}  // namespace

void osinit() {
  trace_boot(Ev::osinit);
  ncpu = getproccount();
  physPageSize = auxv.page_size;
  physHugePageSize = getHugePageSize();
  osArchInit();
}

void schedinit() {
  trace_boot(Ev::schedinit);
  lockInit(&sched.lock, LockRank::sched);
  lockInit(&sched.gFree.lock, LockRank::gfree);
  lockInit(&allglock, LockRank::allg);

  sched.maxmcount = kMaxMs;
  worldStopped();  // until procresize has made the Ps

  moduledataverify();
  // Without a page size neither guard pages nor the heap can be laid out.
  if (physPageSize == 0) throw_("failed to get system page size");
  stackinit();
  mallocinit();
  cpuinit();
  randinit();
  alginit();
  mcommoninit(&m0, -1);
  itabsinit();
  sigsave(&m0);

  goargs();
  goenvs();
  secure();
  checkfds();
  parsedebugvars();
  gcinit();

  (void)kernel->nanotime();
  check(procresize(procs_wanted()) == nullptr, "unknown runnable goroutine during bootstrap");
  worldStarted();
}

}  // namespace rt0
