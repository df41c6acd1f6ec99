// The states of a G and of a P, which thread may change them, and the only functions that do.
//
// A G's status says what owns it. Running: the M that runs it (gp->m). Runnable: the run queue it lies in. Waiting: the
// wait queue, timer or note that knows it (exactly one place). Dead: a free list. Only the owner changes the status:
// that M, or the thread that has taken the G from that place.
#pragma once

#include "base/types.h"

namespace rt0 {

struct G;

// Go: runtime2.go _Gidle … _Gpreempted, with Go's numbers. States that only a moving stack needs are left out.
enum class GStatus : u32 {
  idle = 0,       // allocated, not initialised
  runnable = 1,   // on a run queue; does not own its stack's execution
  running = 2,    // on an M with a P
  syscall = 3,    // in a system call, on an M, perhaps without a P
  waiting = 4,    // stopped by the runtime; recorded somewhere, so that it can be made ready
  dead = 6,       // ended, or just made; on a free list or being initialised
  preempted = 9,  // Go: stopped itself for suspendG. No move of rt0 leads to it
};

// Go: runtime2.go _Pidle …
enum class PStatus : u32 {
  idle = 0,     // on the idle list, with an empty run queue; or on its way to an M
  running = 1,  // owned by an M
  syscall = 2,  // belongs to an M in a system call, from which any thread may take it by CAS
  gcstop = 3,   // stopped with the world
  dead = 4,     // beyond GOMAXPROCS
};

// Why a G waits. The texts are Go's: they appear in tracebacks.
enum class WaitReason : u8 {
  zero,
  chan_receive_nil,
  chan_send_nil,
  chan_receive,
  chan_send,
  panic_wait,
  goexit_main,
  forever,
  select,
  io_wait,
  sleep,
  semacquire,
  cond_wait,
  mutex_lock,
  rwmutex_rlock,
  rwmutex_lock,
  waitgroup_wait,
  preempted,
  finalizer_wait,
  kCount,
};

struct GMove {
  GStatus from, to;
  const char* by;  // the functions that make this move
};

// Every legal move. casgstatus checks against it; docs/STATES.md is printed from it.
inline constexpr GMove kGMoves[] = {
    {GStatus::idle, GStatus::dead, "newproc1"},
    {GStatus::idle, GStatus::dead, "newproc_of_sysmon"},
    {GStatus::dead, GStatus::runnable, "newproc1"},
    {GStatus::dead, GStatus::runnable, "newproc_of_sysmon"},
    {GStatus::runnable, GStatus::running, "become_running"},
    {GStatus::running, GStatus::runnable, "goschedImpl"},
    {GStatus::running, GStatus::runnable, "goyielded"},
    {GStatus::running, GStatus::waiting, "park_m"},
    {GStatus::running, GStatus::waiting, "parked"},
    {GStatus::waiting, GStatus::runnable, "ready"},
    {GStatus::waiting, GStatus::runnable, "injectglist"},
    {GStatus::waiting, GStatus::runnable, "netpolled"},
    {GStatus::waiting, GStatus::runnable, "park_m"},  // unlockf refused: the G goes on at once
    {GStatus::waiting, GStatus::runnable, "parked"},  // the same, but another goroutine already runs on this M
    {GStatus::running, GStatus::syscall, "entersyscall"},
    {GStatus::running, GStatus::syscall, "entersyscallblock"},
    {GStatus::syscall, GStatus::running, "exitsyscall"},
    {GStatus::syscall, GStatus::runnable, "exitsyscall0"},
    {GStatus::running, GStatus::dead, "gdestroy"},
};

constexpr bool legal(GStatus from, GStatus to) {
  for (const GMove& m : kGMoves)
    if (m.from == from && m.to == to) return true;
  return false;
}
static_assert(!legal(GStatus::dead, GStatus::running), "a new G is queued before it runs");
static_assert(!legal(GStatus::waiting, GStatus::dead), "a G ends by itself");

Str status_name(GStatus s);
Str wait_reason_text(WaitReason r);

GStatus readgstatus(const G* gp);
// casgstatus, which makes the moves, is in gmp.h.

}  // namespace rt0
