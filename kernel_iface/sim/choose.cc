// Strategies: what choose() picks.
//
//   fifo      A thread runs until it waits, yields or has used up its time slice; then the next in the queue runs.
//             No preemption.
//   random    Each runnable thread is equally likely. One preemption point in four is taken.
//   pct:D     Each thread has a random priority. At D - 1 random moments among the expected steps the running thread
//             gets the lowest priority. A bug that needs D orderings is found with a probability of at least
//             1/(n·k^(D-1)), for n threads and k steps. Burckhardt and others, "A randomized scheduler with
//             probabilistic guarantees of finding bugs", ASPLOS 2010
//   pos       Each step of a thread has a random priority. It is drawn again when the thread has run, and when another
//             thread has run a step on the same resource. Yuan, Yang and Gu, "Partial order aware concurrency
//             sampling", CAV 2018
//   delay:D   As fifo, but at D random moments the first thread of the queue is passed over. Emmi, Qadeer and
//             Rakamarić, "Delay-bounded scheduling", POPL 2011
//
// A replay takes each choice from its record instead.
//
// Fairness: pct and pos alone would let a thread that waits in a loop run for ever. Therefore a thread that yields, or
// whose goroutine yields, gets the lowest priority (pct), or the lowest priority for one step (pos). A thread that has
// run for kFairSteps choices in a row, while other threads could run, gives way under both.
//
// Random numbers that the runtime itself asks for (select's order of cases, for example) come from a stream of their
// own, under every strategy but replay. Otherwise fifo, which decides nothing at random, would make select pick the
// same case for ever.
#include "kernel_iface/sim/sim.h"

namespace rt0 {

using namespace sim;

constinit u32 simulated = 0;

// Text in one piece: a table of pointers to short names is larger than they are.
constexpr char sim::kChoiceNames[] =
    "run\0preempt\0random\0enomem\0eagain\0eintr\0wake\0order\0short\0late\0enosys\0reset\0"
    "loss\0dup\0reorder\0delay\0cut\0abort\0emfile\0enfile\0enobufs\0enospc\0eio\0fsync\0ready\0jump\0";
static_assert(sizeof(kChoiceNames) < kFaultsLen);
const char* choice_name(Choice kind) { return nth_name(kChoiceNames, static_cast<u32>(kind)); }

const char* resource_text(Resource on, char* buf) {
  buf[0] = on.kind;
  const usize n = on.kind == '-' ? 0 : format_i64(buf + 1, on.id);
  buf[1 + n] = '\0';
  return buf;
}

namespace sim {

namespace {

constexpr u32 kFairSteps = 1000;
constexpr u32 kHighest =
    1u << 31;  // random priorities are from kLow to kHighest; those of threads that have fallen behind are below kLow
constexpr u32 kLow = 1u << 16;
constexpr u32 kMaxMoments = 64;
constexpr u32 kEqualSlices = 10 * 1000;

constinit u32 moments[kMaxMoments] = {};  // pct, delay: the numbers of the choices at which the usual order is broken
constinit u32 nmoments = 0;
constinit u32 step = 0;
constinit u32 fallen = kLow;  // the next priority for a thread that falls behind
constinit u32 slices = 0;     // fifo, delay: how many slices have been used up
constinit u64 slice_rand = 0;
constinit i64 slice_more = 0;  // ns, by how much the present slice is longer than usual
constinit u32 in_a_row = 0;    // how many choices in a row the running thread has won

bool is_moment() {
  step++;
  for (u32 i = 0; i < nmoments; i++)
    if (moments[i] == step) return true;
  return false;
}

bool same(Resource a, Resource b) { return a.kind == b.kind && a.id == b.id && a.kind != '-'; }

// The candidates of a run choice: first the running thread, if it can go on, then the threads in `ready`, in order.
Thread* candidate(u32 n, u32 i) {
  if (n == state.ready.n + 1) return i == 0 ? state.running : state.ready.at(i - 1);
  return state.ready.at(i);
}
u32 highest(u32 n) {
  u32 best = 0;
  for (u32 i = 1; i < n; i++)
    if (candidate(n, i)->priority > candidate(n, best)->priority) best = i;
  return best;
}

void fall_behind(Thread* t) { t->priority = fallen > 1 ? --fallen : 1; }

u32 pct_run(u32 n, bool self) {
  if (is_moment()) fall_behind(state.running);
  const u32 pick = highest(n);
  if (self && pick == 0 && ++in_a_row > kFairSteps) {
    in_a_row = 0;
    fall_behind(state.running);
    return highest(n);
  }
  if (!self || pick != 0) in_a_row = 0;
  return pick;
}

u32 pos_run(u32 n, bool self) {
  u32 pick = highest(n);
  if (self && pick == 0 && ++in_a_row > kFairSteps) pick = 1;
  if (!self || pick != 0) in_a_row = 0;
  Thread* next = candidate(n, pick);
  const Resource on = next->on;
  next->priority = kLow + below(&state.sched_rand, kHighest - kLow);
  for (u32 i = 0; i < n; i++) {
    Thread* t = candidate(n, i);
    if (t != next && (t->priority == 0 || same(t->on, on)))
      t->priority = kLow + below(&state.sched_rand, kHighest - kLow);
  }
  return pick;
}

// Two threads that wait for each other in loops could stay in step with slices that are all alike, and never get on.
// So in a run with very many slices each further one has a length of its own, which follows from the seed.
u32 fifo_run(bool self) {
  if (!self || state.now - state.running->since < kSliceNs + slice_more) return 0;
  if (++slices > kEqualSlices) slice_more = below(&slice_rand, kSliceNs / 4);
  return 1;
}

u32 pick_run(u32 n, bool self) {
  switch (state.opt.strategy) {
    case Strategy::random: return below(&state.sched_rand, n);
    case Strategy::pct: return pct_run(n, self);
    case Strategy::pos: return pos_run(n, self);
    case Strategy::delay: return is_moment() ? (fifo_run(self) + 1) % n : fifo_run(self);
    default: return fifo_run(self);
  }
}

u32 pick_preempt() {
  switch (state.opt.strategy) {
    case Strategy::random:
    case Strategy::pos: return below(&state.sched_rand, 4) == 0 ? 1 : 0;
    case Strategy::pct:
    case Strategy::delay: return is_moment() ? 1 : 0;
    default: return 0;
  }
}

u32 pick(Choice kind, u32 n) {
  switch (kind) {
    case Choice::run: return pick_run(n, n == state.ready.n + 1);
    case Choice::preempt: return pick_preempt();
    case Choice::random: return below(&state.value_rand, n);
    case Choice::order: return below(&state.sched_rand, n);
    // A fault: it happens, and then in which of its ways.
    default:
      if (below(&state.sched_rand, 1000) >= state.opt.rate) return 0;
      return n == 2 ? 1 : 1 + below(&state.sched_rand, n - 1);
  }
}

}  // namespace

// splitmix64: see sched/rand.cc.
u64 next_random(u64* s) {
  u64 z = *s += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
u32 below(u64* s, u32 n) { return static_cast<u32>(((next_random(s) >> 32) * n) >> 32); }

void strategy_start() {
  u64 seed = static_cast<u64>(state.opt.number[kSeed]);
  state.sched_rand = next_random(&seed);
  state.value_rand = next_random(&seed);
  state.data_rand = next_random(&seed);
  slice_rand = next_random(&seed);
  const Strategy s = state.opt.strategy;
  nmoments = s == Strategy::pct ? state.opt.depth - 1 : s == Strategy::delay ? state.opt.depth : 0;
  for (u32 i = 0; i < nmoments; i++)
    moments[i] = 1 + below(&state.sched_rand, static_cast<u32>(state.opt.number[kSteps]));
}

void strategy_thread(Thread* t) {
  if (state.opt.strategy == Strategy::pct || state.opt.strategy == Strategy::pos)
    t->priority = kLow + below(&state.sched_rand, kHighest - kLow);
}
void strategy_yield(Thread* t) {
  if (state.opt.strategy == Strategy::pct) fall_behind(t);
  if (state.opt.strategy == Strategy::pos) t->priority = 0;
}

u32 fault(Choice kind, Resource on, u32 ways) {
  return (state.opt.faults & 1u << static_cast<u32>(kind)) != 0 ? choose(kind, ways + 1, on) : 0;
}

usize shortened(usize n) {
  if (n <= 1) return n;
  switch (fault(Choice::shorter, {}, 3)) {
    case 0: return n;
    case 1: return 1;
    case 2: return n - n / 2;
    default: return n - 1;
  }
}

}  // namespace sim

u32 choose(Choice kind, u32 n, Resource on) {
  if (n <= 1) return 0;
  Made c = {state.choices++, on, n, 0, kind};
  c.pick = !state.opt.replay.empty() ? replay_choice(c) : pick(kind, n);
  record_choice(c);
  trace_choice(c);
  if (state.choices == state.opt.limit_choices)
    sim_over("simulated kernel: the limit of choices is reached before the program's end");
  return c.pick;
}

}  // namespace rt0
