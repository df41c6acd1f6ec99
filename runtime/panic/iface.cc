#include "runtime/panic/iface.h"

#include "base/lock.h"
#include "sched/rand.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

// Open addressing with triangular probing: every slot is met once, for the size is a power of two. At most 3/4 full.
constexpr u32 kItabs = 64;
constinit Itab itab_table[kItabs] = {};
constinit u32 itab_count = 0;
constinit Mutex itab_lock{{0}, LockRank::itab};

Itab* itab_find(Interface inter, const Type* type) {
  const void* key[2] = {type, reinterpret_cast<const void*>(static_cast<uintptr>(inter))};
  u32 at = static_cast<u32>(memhash(key, sizeof(key))) % kItabs;
  for (u32 step = 1; itab_table[at].type != nullptr; at = (at + step++) % kItabs)
    if (itab_table[at].type == type && itab_table[at].inter == inter) break;
  return &itab_table[at];
}

void itab_add(Interface inter, const Type* type) {
  check(itab_count < kItabs / 4 * 3, "itab table full");
  Itab* it = itab_find(inter, type);
  if (it->type != nullptr) return;
  *it = {inter, type, inter == Interface::error ? type->error : type->string};
  itab_count++;
}

}  // namespace

void itabsinit() {
  trace_boot(Ev::itabsinit);
  itab_add(Interface::error, &detail::kType<RuntimeError>);
}

const Itab* getitab(Interface inter, const Type* type) {
  static constinit Itab overflow = {};  // a program with more panicking types than the table holds: made anew each time
  Locked l(&itab_lock);
  Itab* it = itab_find(inter, type);
  if (it->type != nullptr) return it;
  if (itab_count < kItabs / 4 * 3) {
    itab_add(inter, type);
    return it;
  }
  overflow = {inter, type, inter == Interface::error ? type->error : type->string};
  return &overflow;
}

}  // namespace rt0
