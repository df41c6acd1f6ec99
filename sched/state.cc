// The scheduler's global state: every variable that gmp.h, hooks.h and debugvars.h declare, in one place. The
// declaration says which lock guards a variable, or when it may change.
#include "sched/debugvars.h"
#include "sched/gmp.h"
#include "sched/hooks.h"
#include "sched/maxprocs.h"

namespace rt0 {

// Assembly refers to g0 and m0. m0's park note, lists and locks are ready for use when they are zero.
constinit G g0 = {};
constinit M m0 = {};
constinit Schedt sched = {};

constinit i32 ncpu = 0;
constinit usize physHugePageSize = 0;
constinit Atomic<i32> gomaxprocs{0};
constinit Atomic<u32> customGOMAXPROCS{0};
constinit Atomic<P**> allp{nullptr};
constinit i32 allp_len = 0;
constinit Mutex allpLock{{0}, LockRank::allp};
constinit M* allm = nullptr;

constinit bool mainStarted = false;
constinit bool bootDone = false;
constinit bool world_is_stopped = false;
constinit i64 runtimeInitTime = 0;
constinit Atomic<u32> panicking{0};
constinit Atomic<u32> runningPanicDefers{0};

constinit Mutex allglock{};
constinit Atomic<G*> allgs{nullptr};
constinit Atomic<u32> allglen{0};

constinit Atomic<const TimerHooks*> timer_hooks{nullptr};
constinit Atomic<const NetpollHooks*> netpoll_hooks{nullptr};
constinit Atomic<const ScavengeHooks*> scavenge_hooks{nullptr};

constinit DebugVars debug{};

}  // namespace rt0
