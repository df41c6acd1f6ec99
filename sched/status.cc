#include "sched/status.h"

#include "sched/gmp.h"  // IWYU pragma: keep (casgstatus, and what status.h only declares)

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

// The offset of each text, and of the end. A trace needs a text at each wait, so texts are not searched for.
struct Begins {
  u16 at[static_cast<usize>(WaitReason::kCount) + 1];
};
consteval Begins find_begins() {
  Begins b = {};
  usize n = 1;
  for (usize i = 0; n < countof(b.at); i++)
    if (kWaitReasons[i] == '\0') b.at[n++] = static_cast<u16>(i + 1);
  return b;
}
constexpr Begins kBegins = find_begins();
static_assert(kBegins.at[countof(kBegins.at) - 1] == sizeof(kWaitReasons) - 1, "as many texts as reasons");
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
  if (r >= WaitReason::kCount) return {};  // the goroutine's memory was overwritten
  const u16* const at = kBegins.at + static_cast<u32>(r);
  return {kWaitReasons + at[0], static_cast<usize>(at[1] - at[0] - 1)};
}

GStatus readgstatus(const G* gp) { return gp->atomicstatus.load_acquire(); }

}  // namespace rt0
