#include "runtime/panic/iface.h"

#include "base/lock.h"
#include "sched/rand.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

// Open addressing with triangular probing: it visits every slot once, because the size is a power of two. The table is
// at most 3/4 full, so a search always ends at a free slot.
constexpr u32 kItabs = 64;
constinit Mutex itab_lock{{0}, LockRank::itab};
constinit Itab itab_table[kItabs] GUARDED_BY(itab_lock) = {};
constinit u32 itab_count GUARDED_BY(itab_lock) = 0;

Itab* itab_find(Interface inter, const Type* type) REQUIRES(itab_lock) {
  const void* key[2] = {type, reinterpret_cast<const void*>(static_cast<uintptr>(inter))};
  u32 at = static_cast<u32>(memhash(key, sizeof(key))) % kItabs;
  for (u32 step = 1; itab_table[at].type != nullptr; at = (at + step++) % kItabs)
    if (itab_table[at].type == type && itab_table[at].inter == inter) break;
  return &itab_table[at];
}

Itab answer(Interface inter, const Type* type) {
  return {inter, type, inter == Interface::error ? type->error : type->string};
}

}  // namespace

void itabsinit() {
  trace_boot(Ev::itabsinit);
  (void)getitab(Interface::error, &detail::kType<RuntimeError>);
}

// If a program has more types than the table holds, the entries of the others are made anew each time.
Itab getitab(Interface inter, const Type* type) {
  Locked l(&itab_lock);
  Itab* it = itab_find(inter, type);
  if (it->type != nullptr) return *it;
  const Itab a = answer(inter, type);
  if (itab_count < kItabs / 4 * 3) {
    *it = a;
    itab_count++;
  }
  return a;
}

}  // namespace rt0
