// Strategies: what choose() picks.
//
//   fifo      A thread runs until it waits, yields or has used up its time slice; then the next in the queue runs.
//             No preemption. A P takes the goroutine that Go would take.
//   random    Each runnable thread, and each goroutine that a P may take, is equally likely. One preemption point in
//             four is taken.
//   pct:D     Each goroutine has a random priority. At each choice the one with the highest goes on. At D - 1 random
//             moments among the expected steps that one gets the lowest priority instead. A bug that needs D orderings
//             is found with a probability of at least 1/(n·k^(D-1)), for n goroutines and k steps. Burckhardt and
//             others, "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010
//   pos       Each step of a goroutine has a random priority. It is drawn again when the goroutine comes to its next
//             step, and when another goroutine has run a step on the same atomic value. Yuan, Yang and Gu, "Partial
//             order aware concurrency sampling", CAV 2018
//   delay:D   As fifo, but at D random moments the first of the queue is passed over. Emmi, Qadeer and Rakamarić,
//             "Delay-bounded scheduling", POPL 2011
//
// A replay takes each choice from its record instead.
//
// A thread that runs a goroutine has the goroutine's priority. A thread that looks for work, and sysmon, have one of
// their own. Under pct it is higher than any goroutine's: otherwise a goroutine could not be compared with the rest
// before a thread of low priority has put it on a P. Moments have an effect on goroutines only: if a thread without one
// is first in turn when a moment comes, the moment takes effect at the next choice at which a goroutine is first.
//
// Fairness: pct and pos alone would let a loop that waits run for ever. Therefore a goroutine that yields gets the
// lowest priority (pct), or the lowest priority for one step (pos). And a goroutine or thread that could have run at
// kFairSteps choices in a row, and was never picked, is picked then, and has the highest priority of goroutines from
// then on.
//
// Random numbers that the runtime itself asks for (select's order of cases, for example) come from a stream of their
// own, under every strategy but replay. Otherwise fifo, which decides nothing at random, would make select pick the
// same case for ever.
#include "arch/arch.h"
#include "kernel_iface/sim/sim.h"

namespace rt0 {

using namespace sim;

constinit u32 simulated = 0;
constinit Candidates sim_candidates = {};
constinit bool sim_in_main = false, sim_picks_goroutines = false;

// Text in one piece: a table of pointers to short names is larger than they are.
constexpr char sim::kChoiceNames[] =
    "run\0preempt\0random\0goroutine\0enomem\0eagain\0eintr\0wake\0order\0short\0late\0enosys\0reset\0"
    "loss\0dup\0reorder\0delay\0cut\0abort\0emfile\0enfile\0enobufs\0enospc\0eio\0fsync\0ready\0jump\0stall\0";
static_assert(sizeof(kChoiceNames) < kFaultsLen);
const char* choice_name(Choice kind) { return nth_name(kChoiceNames, static_cast<u32>(kind)); }

Str resource_text(Resource on, char* buf) {
  buf[0] = on.kind();
  const usize n = on.kind() == '-' ? 0 : format_i64(buf + 1, on.id());
  return {buf, 1 + n};
}

namespace sim {

namespace {

constexpr u32 kFairSteps = 1000;
// Random priorities of goroutines are from kLow to kHighest; under pct those of threads without a goroutine are above.
// Those of goroutines that have fallen behind are below kLow. kYields: the last, for one step. 0: not drawn yet.
constexpr u32 kHighest = 1u << 31, kLow = 1u << 16, kYields = 1;
constexpr u32 kMostRetried = 900;
constexpr u32 kEqualSlices = 10 * 1000;

constexpr u32 kMaxMoments = 64;

constinit u32 moments[kMaxMoments] = {};  // pct, delay: at these steps something out of turn happens
constinit u32 nmoments = 0;
constinit u32 steps = 0;      // what state.step points to in a run that is no rehearsal
constinit u32 due = 0;        // moments that have come and have not been used
constinit u32 fallen = kLow;  // the next priority for a goroutine that falls behind
constinit u32 slices = 0;     // fifo, delay: how many slices have been used up
constinit u64 slice_rand = 0;
constinit i64 slice_more = 0;  // ns, by how much the present slice is longer than usual

void count_step() {
  if (!sim_in_main) return;
  ++*state.step;
  for (u32 i = 0; i < nmoments; i++) due += moments[i] == *state.step ? 1 : 0;
}

Chance* chance_of(Thread* t) {
  Chance* c = sim_chance(t == state.running ? getg() : t->g);
  return c != nullptr ? c : &t->chance;
}

// Fills sim_candidates for a run choice: first the running thread, if it can go on, then the threads in `ready`, in
// order.
void threads_are_candidates(u32 n, bool self) {
  u32 i = 0;
  if (self) sim_candidates.at[i++] = chance_of(state.running);
  n = min(n, kMaxCandidates);
  for (Thread* t = state.ready.head; i < n; t = t->link) sim_candidates.at[i++] = chance_of(t);
  sim_candidates.n = n;
}

u32 drawn(const Chance* c) {
  const bool thread_of_pct = state.opt.strategy == Strategy::pct && c->id == 0;
  return thread_of_pct ? kHighest + below(&state.sched_rand, kHighest)
                       : kLow + below(&state.sched_rand, kHighest - kLow);
}

u32 foremost() {
  u32 best = 0;
  for (u32 i = 0; i < sim_candidates.n; i++) {
    Chance* c = sim_candidates.at[i];
    if (c->priority == 0) c->priority = drawn(c);
    if (c->passed_over > kFairSteps) {
      c->passed_over = 0;
      c->priority = kHighest - 1;
      return i;
    }
    if (c->priority > sim_candidates.at[best]->priority) best = i;
  }
  return best;
}

// At its next step a goroutine gets a new priority. But if it has just yielded, it first comes last at one choice.
void next_step(Chance* c) {
  if (c->priority != kYields) c->priority = 0;
}

void fall_behind(Chance* c) { c->priority = fallen > kYields + 1 ? --fallen : fallen; }

u32 by_priority(Choice kind, bool self) {
  const bool pos = state.opt.strategy == Strategy::pos;
  if (pos && self) next_step(sim_candidates.at[0]);
  u32 best = foremost();
  if (due > 0 && sim_candidates.at[best]->id != 0) {
    due--;
    fall_behind(sim_candidates.at[best]);
    best = foremost();
  }
  if (kind == Choice::preempt && best != 0) return 1;  // the next choice says which goroutine goes on
  Chance* next = sim_candidates.at[best];
  for (u32 i = 0; i < sim_candidates.n; i++) {
    Chance* c = sim_candidates.at[i];
    c->passed_over++;
    const bool races = pos && c != next && c->touches != nullptr && c->touches == next->touches;
    if (c->priority == kYields || races) c->priority = 0;
  }
  next->passed_over = 0;
  return best;
}

// fifo's pick among threads: the running one while its time slice lasts, then the one that has waited longest. Among
// goroutines it is always 0.
//
// If all slices were equally long, two threads that wait for each other in loops could stay in step and wait for ever.
// So in a run with very many slices each further one has a length of its own, which follows from the seed.
u32 in_turn(bool running) {
  if (!running || state.now - state.running->since < kSliceNs + slice_more) return 0;
  if (++slices > kEqualSlices) slice_more = below(&slice_rand, kSliceNs / 4);
  return 1;
}

// What runs next: a thread, a goroutine, or another goroutine than the running one.
u32 pick_next(Choice kind, u32 n) {
  const bool run = kind == Choice::run, self = run ? n == state.ready.n + 1 : kind == Choice::preempt;
  const Strategy s = state.opt.strategy;
  if (s == Strategy::random)
    return kind == Choice::preempt ? below(&state.sched_rand, 4) == 0 : below(&state.sched_rand, n);
  const u32 first = in_turn(run && self);
  if (s == Strategy::fifo || (s == Strategy::delay && due == 0)) return first;
  if (run) threads_are_candidates(n, self);
  if (s != Strategy::delay) return by_priority(kind, self);
  if (sim_candidates.at[first]->id == 0) return first;
  due--;
  return (first + 1) % n;
}

u32 pick(Choice kind, u32 n) {
  if (kind == Choice::random) return below(&state.value_rand, n);
  if (kind == Choice::order) return below(&state.sched_rand, n);
  // A fault. Which one, if there are several, is drawn, too.
  u32 rate = state.opt.rate;
  // A caller tries again until its call is not interrupted, or its sleep does not end for no reason. That must come to
  // an end with any rate.
  if (kind == Choice::intr || kind == Choice::spurious) rate = min(rate, kMostRetried);
  if (below(&state.sched_rand, 1000) >= rate) return 0;
  return n == 2 ? 1 : 1 + below(&state.sched_rand, n - 1);
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
  if (!state.rehearsal) state.step = &steps;
  sim_picks_goroutines = state.opt.strategy != Strategy::fifo;
  state.attention = (state.opt.faults & 1u << static_cast<u32>(Choice::stall)) != 0 ? u32{kStalls} : 0;
  nmoments = strategy_moments();
  for (u32 i = nmoments; i-- > 0;)
    moments[i] = 1 + below(&state.sched_rand, static_cast<u32>(state.opt.number[kSteps]));
}

u32 strategy_moments() { return state.opt.strategy == Strategy::pct ? state.opt.depth - 1 : state.opt.depth; }

u32 moments_come() {
  u32 n = 0;
  for (u32 i = 0; i < nmoments; i++) n += moments[i] <= *state.step ? 1 : 0;
  return n;
}

void strategy_yield(Thread* t) {
  Chance* c = chance_of(t);
  const bool pct = state.opt.strategy == Strategy::pct;
  if (pct && c->id != 0) fall_behind(c);
  else if (pct || state.opt.strategy == Strategy::pos) c->priority = kYields;
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
  if (n <= 1 || state.ended) return 0;
  Made c = {state.choices++, on, n, 0, kind};
  const bool next = kind == Choice::run || kind == Choice::preempt || kind == Choice::goroutine;
  if (next) count_step();
  c.pick = !state.opt.replay.empty() ? replay_choice(c) : next ? pick_next(kind, n) : pick(kind, n);
  record_choice(c);
  trace_choice(c);
  if (state.choices == state.opt.limit_choices)
    over("simulated kernel: the limit of choices is reached before the program's end");
  return c.pick;
}

}  // namespace rt0
