#include "sched/status.h"

#include "sched/gmp.h"

namespace rt0 {

namespace {
// In the order of WaitReason, each with its NUL.
constexpr char kWaitReasons[] =
    "\0"
    "chan receive (nil chan)\0"
    "chan send (nil chan)\0"
    "chan receive\0"
    "chan send\0"
    "panicwait\0"
    "finished main goroutine\0"
    "select (no cases)\0"
    "select\0"
    "IO wait\0"
    "sleep\0"
    "semacquire\0"
    "sync.Cond.Wait\0"
    "sync.Mutex.Lock\0"
    "sync.RWMutex.RLock\0"
    "sync.RWMutex.Lock\0"
    "sync.WaitGroup.Wait\0"
    "preempted\0"
    "finalizer wait\0";
}  // namespace

Str status_name(GStatus s) {
  switch (s) {
    case GStatus::idle: return "idle";
    case GStatus::runnable: return "runnable";
    case GStatus::running: return "running";
    case GStatus::syscall: return "syscall";
    case GStatus::waiting: return "waiting";
    case GStatus::dead: return "dead";
    case GStatus::preempted: return "preempted";
  }
  return "???";
}

Str wait_reason_text(WaitReason r) {
  const char* at = kWaitReasons;
  if (r >= WaitReason::kCount) return {};  // of a goroutine whose memory was overwritten
  for (u32 skip = static_cast<u32>(r); skip > 0; skip--) at = cstr(at).end() + 1;
  return cstr(at);
}

GStatus readgstatus(const G* gp) { return static_cast<GStatus>(gp->atomicstatus.load_acquire()); }

}  // namespace rt0
