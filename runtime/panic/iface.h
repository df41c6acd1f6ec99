// Interface tables: which method of a type answers to an interface. Go: iface.go.
//
// panic(value) keeps a value of any type; whether it has an Error() or a String() is asked here. Tables of rt0's own
// error types are entered at boot (itabsinit), others when they are first asked for.
#pragma once

#include "base/check.h"
#include "base/types.h"
#include "rt0/panic.h"

namespace rt0 {

// The interfaces the runtime itself asks for.
enum class Interface : u32 { error, stringer };

// One answer: fn is the method, null if the type has none (negative answers are kept too).
struct Itab {
  Interface inter;
  const Type* type;
  Text (*fn)(const void* value);
};

void itabsinit() RT0_SYM("runtime.itabsinit");
// The answer of `type` to `inter`. A copy: a full table keeps no answer, so there may be none to point to.
Itab getitab(Interface inter, const Type* type) RT0_SYM("runtime.getitab");

}  // namespace rt0
