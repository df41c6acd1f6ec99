// env: GOMAXPROCS=1
// A deadlock inside an init function.
#include <rt0/rt0.h>

namespace {
void init0() __asm__("main.init.0");
void init0() { rt0::Chan<int>(0).recv(); }
}  // namespace

RT0_INIT(init0, init0);

int main() { rt0::println("main"); }
