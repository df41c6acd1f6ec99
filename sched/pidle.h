// Ps: how they become idle, get an owner, are handed over, made and removed. Go: proc.go.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

// GOMAXPROCS becomes n, with the world stopped. Ps beyond it end and pass on their work. Returns the Ps with local
// work, except the caller's, linked by P::link; the caller owns one P afterwards, P 0 if its own is gone.
P* procresize(i32 n) RT0_SYM("runtime.procresize");

// This M takes pp: from idle to running.
void acquirep(P* pp) RT0_SYM("runtime.acquirep");
void wirep(P* pp) RT0_SYM("runtime.wirep");
// This M gives up its P, which is idle from now on. It is on no list, so only the caller has it.
P* releasep() RT0_SYM("runtime.releasep");
// Finds a use for pp, which the caller has released: an M for it, or the idle list.
void handoffp(P* pp) RT0_SYM("runtime.handoffp");
// The caller has made a goroutine runnable: makes sure that an M looks for it.
void wakep() RT0_SYM("runtime.wakep");

// Starts an M if a P is idle; false if none is. The caller may have a P or not. Go: startIdle.
bool start_idle();

// The idle list. If it is empty, pidlegetSpinning notes in needspinning that its caller wanted a spinner.
void pidleput(P* pp) RT0_SYM("runtime.pidleput") REQUIRES(sched.lock);
P* pidleget() RT0_SYM("runtime.pidleget") REQUIRES(sched.lock);
P* pidlegetSpinning() RT0_SYM("runtime.pidlegetSpinning") REQUIRES(sched.lock);

}  // namespace rt0
