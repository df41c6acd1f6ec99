// Locks in signatures: which lock guards a field, and which locks a function takes, gives back or needs.
//
// clang checks them at compile time (-Wthread-safety; "Thread Safety Analysis" in clang's manual); for other compilers
// they are empty. A lock is named as code beside the field would name it: `u32 n GUARDED_BY(lock);` next to `Mutex
// lock;`.
//
//   GUARDED_BY(l)       a field that is read and written only while l is held
//   PT_GUARDED_BY(l)    a pointer to memory that is read and written only while l is held
//   REQUIRES(l)         a function whose caller holds l
//   ACQUIRE(l)          a function that takes l and returns with it
//   TRY_ACQUIRE(b, l)   a function that has taken l if it returns b
//   RELEASE(l)          a function that is called with l and returns without it
//   EXCLUDES(l)         a function whose caller must not hold l
//   ASSERT_HELD(l)      from here on the analysis takes l for held: for a lock that one goroutine or thread takes and
//                       another one releases
//   NO_LOCK_ANALYSIS    a function whose locking clang cannot follow, such as a lock for each case of a select. A
//                       comment there says why the locking is right.
#pragma once

#if defined(__clang__)
#define RT0_GUARD(x) __attribute__((x))
#else
#define RT0_GUARD(x)
#endif

#define CAPABILITY(name) RT0_GUARD(capability(name))
#define SCOPED_CAPABILITY RT0_GUARD(scoped_lockable)
#define GUARDED_BY(l) RT0_GUARD(guarded_by(l))
#define PT_GUARDED_BY(l) RT0_GUARD(pt_guarded_by(l))
#define REQUIRES(...) RT0_GUARD(requires_capability(__VA_ARGS__))
#define ACQUIRE(...) RT0_GUARD(acquire_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) RT0_GUARD(try_acquire_capability(__VA_ARGS__))
#define RELEASE(...) RT0_GUARD(release_capability(__VA_ARGS__))
#define EXCLUDES(...) RT0_GUARD(locks_excluded(__VA_ARGS__))
#define ASSERT_HELD(l) RT0_GUARD(assert_capability(l))
#define NO_LOCK_ANALYSIS RT0_GUARD(no_thread_safety_analysis)
