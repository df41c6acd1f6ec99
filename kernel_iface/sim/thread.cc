// Threads of the simulated kernel: see sim.h for the invariants.
//
// Threads are switched with the functions that switch goroutines: setrecover saves the registers that a call preserves,
// recovery goes on where setrecover was called, and gogo starts a new thread. Each thread has its own current g, which
// is saved and loaded with it.
#include "arch/arch.h"
#include "kernel_iface/sim/sim.h"

namespace rt0::sim {

namespace {

// setrecover and recovery use only the context, which is the first field of a RecoverPoint; so a context alone will do.
RecoverPoint* as_recover_point(void** context) { return reinterpret_cast<RecoverPoint*>(context); }

}  // namespace

constinit State state = {};

void Queue::push(Thread* t) {
  t->link = nullptr;
  if (tail != nullptr) tail->link = t;
  else head = t;
  tail = t;
  n++;
}

void Queue::remove(Thread* t) {
  Thread* before = nullptr;
  for (Thread** at = &head; *at != nullptr; at = &before->link) {
    if (*at == t) {
      *at = t->link;
      if (tail == t) tail = before;
      n--;
      return;
    }
    before = *at;
  }
}

Thread* Queue::at(u32 i) const {
  Thread* t = head;
  while (i-- > 0) t = t->link;
  return t;
}

void over(const char* why) {
  state.waiting.remove(state.running);
  sim_over(why);
}

namespace {

constinit Thread main_thread = {};

// A thread that wakes again and again only to look for work, as sysmon does, must not keep the simulation going when
// all other threads wait for ever. The simulation ends when the clock has jumped this many times to the deadline of the
// only sleeping thread without a trace event in between.
constexpr u32 kIdleJumps = 1000;

void begin(Thread* t) {
  t->started = true;
  Gobuf buf = {};
  buf.sp = align_down(t->stack_hi, Isa::kStackAlign);
  buf.g = t->g;
  Isa::gostartcall(&buf, reinterpret_cast<uintptr>(&mstart), nullptr, reinterpret_cast<uintptr>(&mstart));
  gogo(&buf);
}

// Delivers the preemption signal that was sent to the running thread while it did not run.
void deliver() {
  Thread* t = state.running;
  if (!t->preempt_sent) return;
  t->preempt_sent = false;
  state.attention &= ~kSent;
  sim_signal_in_kernel();
}

// Switches from the running thread, which is already in the queue where it belongs, to `to`. Returns when the thread
// runs again.
void switch_to(Thread* to) {
  Thread* me = state.running;
  to->since = state.now;
  if (to == me) return;
  me->g = getg();
  state.running = to;
  state.attention = (state.attention & ~kSent) | (to->preempt_sent ? u32{kSent} : 0);
  if (detail::setrecover(as_recover_point(me->context)) == 0) {
#ifdef RT0_TLS
    sim_thread_pointer(to->g);
#endif
    if (!to->started) begin(to);
    Isa::setg(to->g);
    recovery(as_recover_point(to->context));
  }
}

// Makes the threads runnable whose deadlines have come, in the order of the deadlines; equal ones in the order in which
// they began to wait.
void wake_expired() {
  while (state.next_deadline <= state.now) {
    if (state.now >= state.opt.limit_ns) {
      state.opt.limit_ns = kNever;
      if (state.stop) {
        state.ended = true;
        record_close(false);
      }
      over(state.stop ? "simulated kernel: SIGTERM has come before the program's end"
                      : "simulated kernel: the limit of time is reached before the program's end");
    }
    if (state.event_due <= state.now) state.event_fire();
    Thread* first = nullptr;
    for (Thread* t = state.waiting.head; t != nullptr; t = t->link)
      if (t->deadline != 0 && (first == nullptr || t->deadline < first->deadline)) first = t;
    state.next_deadline = min(min(state.opt.limit_ns, state.event_due), first == nullptr ? kNever : first->deadline);
    if (first == nullptr || first->deadline > state.now) continue;
    state.waiting.remove(first);
    first->expired = true;
    first->deadline = 0;
    state.ready.push(first);
  }
}

// No thread can run: sets the clock to the next deadline.
void next_deadline() {
  const Thread* first = nullptr;
  u32 sleepers = 0;
  for (Thread* t = state.waiting.head; t != nullptr; t = t->link) {
    if (t->deadline == 0) continue;
    sleepers++;
    if (first == nullptr || t->deadline < first->deadline) first = t;
  }
  if (first != nullptr && sleepers == 1 && state.idle_events == state.events && state.event_due == kNever)
    state.idle_jumps++;
  else state.idle_jumps = 0;
  state.idle_events = state.events;
  const i64 next = first == nullptr ? state.event_due : min(first->deadline, state.event_due);
  if (next == kNever || state.idle_jumps > kIdleJumps)
    over("simulated kernel: every thread waits, and nothing is left that could wake one");
  state.now = min(next, max(state.now, state.opt.limit_ns));
}

Resource of_thread(const Thread* t) { return {'t', static_cast<i64>(t->tid)}; }

// Takes the thread that runs next off `ready`. The running thread is in `ready` or `waiting` by now, or ends.
Thread* next_thread() {
  wake_expired();
  while (state.ready.n == 0) {
    next_deadline();
    wake_expired();
  }
  const u32 pick = state.ready.n == 1 ? 0 : choose(Choice::run, state.ready.n, of_thread(state.running));
  Thread* to = state.ready.at(pick);
  state.ready.remove(to);
  return to;
}

void give_way() { switch_to(next_thread()); }

}  // namespace

void thread_start() {
  Thread* t = &main_thread;
  t->tid = state.next_tid++;
  t->started = true;
  state.running = t;
  state.next_deadline = state.opt.limit_ns;
}

Thread* thread_new(uintptr stack_hi, G* gp) {
  // A page for each: threads are few.
  Thread* t = state.unused;
  if (t != nullptr) {
    state.unused = t->link;
  } else {
    const SysResult r = linux_kernel.mem_map(nullptr, 4096);
    if (!r.ok()) return nullptr;
    t = reinterpret_cast<Thread*>(r.value);
  }
  *t = {};
  t->tid = state.next_tid++;
  t->stack_hi = stack_hi;
  t->g = gp;
  state.ready.push(t);
  return t;
}

Thread* thread_find(u64 tid) {
  if (state.running->tid == tid) return state.running;
  const Queue* const queues[] = {&state.ready, &state.waiting};
  for (const Queue* q : queues)
    for (Thread* t = q->head; t != nullptr; t = t->link)
      if (t->tid == tid) return t;
  return nullptr;
}

// The last call of a thread: its Thread may be used again as soon as another thread runs.
void thread_exit() {
  Thread* to = next_thread();
  if (state.running != &main_thread) {
    state.running->link = state.unused;
    state.unused = state.running;
  }
  switch_to(to);
  __builtin_unreachable();
}

namespace {
// The rare part of a point, out of line to keep the common part short.
[[gnu::noinline]] void point_slow(Resource on) {
  wake_expired();
  const u32 pick = state.ready.n == 0 ? 0 : choose(Choice::run, state.ready.n + 1, on);
  if (pick != 0) {
    Thread* to = state.ready.at(pick - 1);
    state.ready.remove(to);
    state.ready.push(state.running);
    switch_to(to);
  }
  deliver();
}
}  // namespace

void point(i64 ns, Resource on) {
  state.now += ns;
  if (RT0_UNLIKELY(state.next_deadline <= state.now || (state.ready.n | (state.attention & kSent)) != 0))
    point_slow(on);
}

bool block(const void* what, i64 deadline) {
  Thread* me = state.running;
  me->waits_for = what;
  me->deadline = deadline == 0 ? 0 : max(deadline, state.now) + kSlackNs;
  me->expired = false;
  me->futex_id = 0;
  for (const Thread* t = state.waiting.head; what != nullptr && t != nullptr; t = t->link)
    if (t->waits_for == what) me->futex_id = t->futex_id;
  if (me->futex_id == 0) me->futex_id = ++state.next_futex;
  if (me->deadline != 0) state.next_deadline = min(state.next_deadline, me->deadline);
  state.waiting.push(me);
  give_way();
  deliver();
  return !me->expired;
}

u32 wake(const void* what, u32 count) {
  u32 n = 0;
  while (n < count) {
    u32 found = 0;
    Thread* first = nullptr;
    for (Thread* t = state.waiting.head; t != nullptr; t = t->link) {
      if (t->waits_for != what) continue;
      if (first == nullptr) first = t;
      found++;
    }
    if (found == 0) break;
    if (found > 1 && (state.opt.faults & 1u << static_cast<u32>(Choice::order)) != 0) {
      u32 pick = choose(Choice::order, found, {'f', first->futex_id});
      for (first = state.waiting.head; first->waits_for != what || pick-- > 0;) first = first->link;
    }
    state.waiting.remove(first);
    first->waits_for = nullptr;
    first->deadline = 0;
    state.ready.push(first);
    n++;
  }
  return n;
}

void yield() {
  strategy_yield(state.running);
  wake_expired();
  if (state.ready.n == 0) return;
  // Another thread runs next: a thread that yields in a loop waits for something another thread does.
  Thread* to = state.ready.at(choose(Choice::run, state.ready.n, of_thread(state.running)));
  state.ready.remove(to);
  state.ready.push(state.running);
  switch_to(to);
  deliver();
}

}  // namespace rt0::sim

namespace rt0 {

using namespace sim;

// A signal handler calls this on the one host thread, between any two instructions of the simulation. The next point
// sees next_deadline. If wake_expired() overwrites that just then, it reads limit_ns anew at the next deadline.
bool sim_stop() {
  if (state.stop) return false;
  state.stop = true;
  state.opt.limit_ns = 0;
  state.next_deadline = 0;
  return true;
}

void sim_yields() { strategy_yield(state.running); }

// The fault "stall": the running thread loses time, while other threads and timers go on. Not before main.main.
[[gnu::noinline]] static void stall(Resource on) {
  constexpr u32 kLengths = 4;  // 1, 10, 100, 1,000 ms
  if (on.kind() != 'g' || !sim_in_main) return;
  u32 pick = choose(Choice::stall, 1 + kLengths, on);
  if (pick == 0) return;
  i64 ns = 1000 * 1000;
  while (--pick > 0) ns *= 10;
  (void)block(nullptr, state.now + ns);
}

[[gnu::noinline]] static void event_slow(Resource on) {
  point_slow(on);
  if ((state.attention & kStalls) != 0) stall(on);
}

void sim_event(Resource on) {
  state.events++;
  state.now += kEventNs;
  if (RT0_UNLIKELY(state.next_deadline <= state.now || (state.ready.n | state.attention) != 0)) event_slow(on);
}

bool sim_preempt(Resource on) { return choose(Choice::preempt, 2, on) != 0; }

bool sim_is_stuck() {
  const bool stuck = state.seen_by_watchdog == state.choices + static_cast<u64>(state.now);
  state.seen_by_watchdog = state.choices + static_cast<u64>(state.now);
  // A rehearsal of a loop that waits for nothing would have no end.
  if (stuck && state.rehearsal) rehearsal_over();
  return stuck;
}

void sim_let_others_run(const Atomic<u32>* until) {
  constexpr i64 kStepNs = 100 * 1000;
  constexpr u32 kSteps = 200;
  for (u32 i = 0; i < kSteps && until->load_relaxed() == 0; i++) (void)block(nullptr, state.now + kStepNs);
}

}  // namespace rt0
