// Goroutines that sleep by the address of a word, and syscall(), by which libstdc++ asks for that. See futex.h.
#include "runtime/cxx/futex.h"

#include <stdarg.h>

#include "base/format.h"
#include "kernel_iface/c_numbers.h"
#include "kernel_iface/errno.h"
#include "kernel_iface/kernel.h"
#include "lib/time/timer.h"
#include "sched/above.h"
#include "sched/proc.h"

namespace rt0 {

namespace {

struct Bucket;

// A sleeping goroutine. It lies on the sleeper's own stack. The bucket's lock guards all that changes.
struct Sleeper {
  G* g;
  Bucket* bucket;
  const u32* word;
  Sleeper* next;
  bool queued;
  bool expired;  // the deadline has come
};

// The sleepers of some words, those first that began first. Which words share a bucket depends on their addresses; who
// is woken does not, so the simulated kernel's traces do not differ between ISAs.
struct Bucket {
  Mutex lock;
  Sleeper *first, *last;

  void add(Sleeper* s) REQUIRES(lock) {
    s->next = nullptr;
    s->queued = true;
    (first == nullptr ? first : last->next) = s;
    last = s;
  }
  // Takes s, which comes after `before` (null: it is the first), out.
  void remove(Sleeper* before, Sleeper* s) REQUIRES(lock) {
    (before == nullptr ? first : before->next) = s->next;
    if (last == s) last = before;
    s->queued = false;
  }
};

constexpr usize kBuckets = 128;
constinit Bucket buckets[kBuckets]{};

Bucket* bucket_of(const u32* word) {
  const usize a = reinterpret_cast<usize>(word) / sizeof(u32);
  return &buckets[(a ^ a / kBuckets ^ a / kBuckets / kBuckets) % kBuckets];
}

void bucket_lock(Bucket* b) ACQUIRE(b->lock) { lockWithRank(&b->lock, LockRank::semaroot); }

// The function of a sleeper's timer.
void expire(void* arg, uintptr, i64) {
  Sleeper* const s = static_cast<Sleeper*>(arg);
  Bucket* const b = s->bucket;
  bucket_lock(b);
  const bool queued = s->queued;
  G* const gp = s->g;
  if (queued) {
    Sleeper* before = nullptr;
    for (Sleeper* at = b->first; at != s; at = at->next) before = at;
    b->remove(before, s);
  }
  s->expired = true;
  unlock(&b->lock);
  if (queued) goready(gp);  // *s may be gone afterwards
}

// Sleeps if *word is `expected` and the deadline has not come. True if it has slept.
bool sleep_on(Sleeper* s, u32 expected, WaitReason why) {
  Bucket* const b = s->bucket;
  bucket_lock(b);
  if (s->expired || __atomic_load_n(s->word, __ATOMIC_SEQ_CST) != expected) {
    unlock(&b->lock);
    return false;
  }
  b->add(s);
  goparkunlock(&b->lock, why);
  return true;
}

Woken timed_wait(Sleeper* s, u32 expected, WaitReason why, i64 deadline) {
  if (deadline <= kernel->nanotime())
    return __atomic_load_n(s->word, __ATOMIC_SEQ_CST) == expected ? Woken::timeout : Woken::changed;
  RtTimer timer;
  timer_init(&timer, expire, s);
  (void)timer_reset(&timer, deadline, 0);
  const bool slept = sleep_on(s, expected, why);
  // If `expire` has ended the sleep, it is done with the timer and with *s; otherwise it may run, or be about to.
  if (slept && s->expired) return Woken::timeout;
  (void)timer_stop_wait(&timer);
  if (slept) return Woken::woken;
  return __atomic_load_n(s->word, __ATOMIC_SEQ_CST) == expected ? Woken::timeout : Woken::changed;
}

}  // namespace

Woken futex_wait(const u32* word, u32 expected, WaitReason why, i64 deadline) {
  Sleeper s{getg(), bucket_of(word), word, nullptr, false, false};
  if (deadline != kForever) return timed_wait(&s, expected, why, deadline);
  return sleep_on(&s, expected, why) ? Woken::woken : Woken::changed;
}

u32 futex_wake(const u32* word, u32 most) {
  Bucket* const b = bucket_of(word);
  Sleeper *woken = nullptr, **end = &woken;
  u32 n = 0;
  bucket_lock(b);
  for (Sleeper *before = nullptr, *at = b->first; at != nullptr && n < most;) {
    Sleeper* const next = at->next;
    if (at->word == word) {
      b->remove(before, at);
      at->next = nullptr;
      *end = at;
      end = &at->next;
      n++;
    } else {
      before = at;
    }
    at = next;
  }
  unlock(&b->lock);
  while (woken != nullptr) {
    Sleeper* const next = woken->next;  // read now: *woken is gone when its goroutine runs
    goready(woken->g);
    woken = next;
  }
  return n;
}

static bool is_awaited(const u32* word) {
  Bucket* const b = bucket_of(word);
  bucket_lock(b);
  const Sleeper* s = b->first;
  while (s != nullptr && s->word != word) s = s->next;
  unlock(&b->lock);
  return s != nullptr;
}

i64 deadline_by(int id, i64 when) {
  if (when < 0 || when == kForever || id == kClockMonotonic) return when;
  const i64 left = when - kernel->walltime();
  i64 deadline;
  return __builtin_add_overflow(kernel->nanotime(), left, &deadline) ? kForever : deadline;
}

namespace {

long failed(Errno e) {
  getg()->c_errno = static_cast<i32>(e);
  return -1;
}

// futex(2) as libstdc++ uses it: word, operation, value, then a time for the two waits.
constexpr int kWait = 0, kWake = 1, kWaitBitset = 9, kPrivate = 128, kClockIsRealtime = 256;

template <class T>
long futex(const u32* word, int operation, u32 value, const T* time) {
  const int clock = (operation & kClockIsRealtime) != 0 ? kClockRealtime : kClockMonotonic;
  const int what = operation & ~(kPrivate | kClockIsRealtime);
  if (what == kWake) {
    // libstdc++ also wakes where nobody waits, if an atomic object elsewhere is waited for. Whether it does depends on
    // addresses, so this is a point of the simulated kernel only if there is somebody to wake.
    if (!is_awaited(word)) return 0;
    op_point(word);
    return static_cast<long>(futex_wake(word, value));
  }
  op_point(word);
  if (what != kWait && what != kWaitBitset) return failed(Errno::nosys);
  i64 deadline = kForever;
  if (time != nullptr) {
    deadline = what == kWait ? span_of(*time) : deadline_of(clock, *time);
    if (deadline < 0) return failed(Errno::inval);
    if (what == kWait && deadline != kForever) deadline = deadline_after(deadline);
  }
  switch (futex_wait(word, value, WaitReason::semacquire, deadline)) {
    case Woken::woken: return 0;
    case Woken::changed: return failed(Errno::again);
    default: return failed(Errno::timedout);
  }
}

[[noreturn]] void refuse(long number) {
  char text[128];
  Out out{text, sizeof(text)};
  out.put("syscall(");
  out.put_i64(number);
  out.put(", …): only SYS_futex is there, for waiting and waking: use rt0's packages (rt0::os, rt0::net, …)");
  fatal(out.str());
}

}  // namespace

extern "C" {
// Waiting and waking by SYS_futex, on goroutines. Other operations of futexes fail with ENOSYS; a program that asks for
// another system call ends with a line that says so.
long syscall(long number, ...);
long syscall(long number, ...) {
  const bool is_time64 = number == static_cast<long>(kFutexTime64Number);
  if (!is_time64 && number != static_cast<long>(kFutexNumber)) refuse(number);
  va_list args;
  va_start(args, number);
  const u32* const word = va_arg(args, const u32*);
  const int operation = va_arg(args, int);
  const u32 value = va_arg(args, u32);
  const int what = operation & ~(kPrivate | kClockIsRealtime);
  // Only the waits have a fourth argument in every call.
  const void* const time = what == kWait || what == kWaitBitset ? va_arg(args, const void*) : nullptr;
  va_end(args);
  if (is_time64 && kPtrSize == 4) return futex(word, operation, value, static_cast<const Timespec64*>(time));
  return futex(word, operation, value, static_cast<const Timespec*>(time));
}
}

}  // namespace rt0
