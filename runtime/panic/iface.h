// Interface tables: which method of a type implements an interface. Go: iface.go.
//
// panic(value) takes a value of any type; these tables say whether the type has an Error() or a String(). The entry of
// rt0's own error type is made at boot (itabsinit), other entries at their first use.
#pragma once

#include "base/check.h"
#include "base/types.h"
#include "rt0/panic.h"

namespace rt0 {

// The interfaces the runtime itself asks for.
enum class Interface : u32 { error, stringer };

// One entry: fn is the method, or null if the type has none; such entries are kept, too.
struct Itab {
  Interface inter;
  const Type* type;
  Text (*fn)(const void* value);
};

void itabsinit() RT0_SYM("runtime.itabsinit");
// The entry for `type` and `inter`. It is returned as a copy, because a full table does not keep new entries.
Itab getitab(Interface inter, const Type* type) RT0_SYM("runtime.getitab");

}  // namespace rt0
