// The context of a stopped goroutine, which mcall saves and gogo restores.
#pragma once

#include "base/types.h"

namespace rt0 {

struct G;

// A saved context. Complete whenever its G is neither running nor in a system call. Assembly gets the offsets from
// go_asm.h. mcall pushes callee-saved registers on the goroutine's own stack; Go's calling convention has none, so Go's
// gobuf, like this one, has no room for them.
struct Gobuf {
  uintptr sp;  // points at the registers which mcall pushed; for a new goroutine at its room for them
  uintptr pc;  // where gogo jumps: mcall's caller, or the entry of a new goroutine
  G* g;        // the goroutine this context belongs to: gogo makes it the current one
  // The Funcval of a new goroutine: gogo passes it to the entry as first argument; on x86 also in DX.
  void* ctxt;
  uintptr lr;  // as in Go's gobuf; not used: a new goroutine's link register lies on its stack, see Isa::gostartcall
  uintptr bp;  // frame pointer: where a traceback starts
};

}  // namespace rt0
