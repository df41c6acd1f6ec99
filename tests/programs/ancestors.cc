// Goroutines that start goroutines, five deep; the innermost one fails. For GODEBUG=tracebackancestors.
#include <rt0/internal.h>

namespace {

void generation(int n) {
  if (n == 5) rt0::throw_("deliberate, in the fifth generation");
  rt0::go([n] { generation(n + 1); });
  for (;;) rt0::gosched();
}

}  // namespace

int main() { generation(0); }
