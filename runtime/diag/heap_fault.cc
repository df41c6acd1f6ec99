// How a CHECKED program tells which object was misused, and where it was deleted.
#if defined(RT0_CHECKED) && RT0_CHECKED

#include "kernel_iface/writer.h"
#include "mem/program_heap.h"
#include "runtime/diag/traceback.h"

namespace rt0 {

using ull = unsigned long long;  // what %llu takes

void fatal_heap(const HeapFault& f) {
  Writer w(kStderr);
  w.fmt("runtime: the object of %llu bytes at %#llx", ull{f.size}, ull{f.object});
  if (f.deleted_by != 0) {
    w.put(", deleted by ");
    put_call_place(w, f.deleted_by);
  }
  switch (f.kind) {
    case HeapFault::deleted_twice:
      w.put(", is deleted again\n");
      w.flush();
      throw_("double delete");
    case HeapFault::after_delete:
      w.fmt(", was written after that, at byte %llu\n", ull{f.at});
      w.flush();
      throw_("write to an object after its delete");
    case HeapFault::beyond_end:
      w.fmt(", is deleted, and byte %llu behind its end was written\n", ull{f.at - f.size + 1});
      w.flush();
      throw_("write beyond the end of an object");
  }
  __builtin_unreachable();
}

}  // namespace rt0

#endif
