// Threads: how an M is made, started, stopped and ended. Go: proc.go.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

// Returns the id of an M that is about to be made. mcount() counts that M from here on. Go: mReserveID.
MId mReserveID() RT0_SYM("runtime.mReserveID") REQUIRES(sched.lock);
// Gives an M its id, random numbers and signal stack and puts it on allm. id < 0: it gets the next one.
void mcommoninit(M* mp, MId id) RT0_SYM("runtime.mcommoninit");

// A new M whose thread runs fn, then schedules. pp: the P it starts with, or null. spinning: it counts in nmspinning
// already. id: from mReserveID, or < 0.
void newm(void (*fn)(), P* pp, bool spinning, MId id) RT0_SYM("runtime.newm");
// The second half of newm: makes the thread.
void newm1(M* mp) RT0_SYM("runtime.newm1");
// Null, or the function that gets the new M instead of newm1 if the program has wired the M that makes it. See
// lock_os_thread.cc.
extern Atomic<void (*)(M*)> newm_handoff;
// Lets an M run pp: an idle one, or a new one. pp null: takes an idle P, if there is one. spinning: the caller has
// raised nmspinning for it.
void startm(P* pp, bool spinning) RT0_SYM("runtime.startm");
// This M has no P and nothing to do: sleeps until startm hands it a P.
void stopm() RT0_SYM("runtime.stopm");
// The world stops: this M gives up its P, which counts as stopped from then on, and sleeps.
void gcstopm() RT0_SYM("runtime.gcstopm");
// Sleeps in the M's note and clears it.
void mPark() RT0_SYM("runtime.mPark");
// Ends this M's thread; m0's sleeps for ever instead. On g0.
[[noreturn]] void mexit() RT0_SYM("runtime.mexit");

// Idle Ms.
void mput(M* mp) REQUIRES(sched.lock);
M* mget() REQUIRES(sched.lock);

// Ms that exist: those made, minus those ended. Exact with sched.lock held; without it a hint, for messages.
i32 mcount();
// If all Ms sleep and nothing can wake them, the program can never go on: ends it with a fatal error. Called after an M
// has gone idle.
void checkdead() RT0_SYM("runtime.checkdead") REQUIRES(sched.lock);

// The stacks of the first two Ms, m0 and the caller, get their guards.
void guard_first_ms();
// The body of the sysmon thread.
void sysmon() RT0_SYM("runtime.sysmon");

}  // namespace rt0
