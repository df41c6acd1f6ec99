// Go: golang.org/x/sync/errgroup. The header has everything but this panic's text.
#include "rt0/errgroup.h"

#include "base/format.h"
#include "rt0/panic.h"

namespace rt0::errgroup {

void panic_still_active(size_t active) {
  char text[96];
  Out out{text, sizeof(text)};
  out.put("errgroup: modify limit while ");
  out.put_u64(active);
  out.put(" goroutines in the group are still active");
  panic(RuntimeError({text, out.len}, true));
}

}  // namespace rt0::errgroup
