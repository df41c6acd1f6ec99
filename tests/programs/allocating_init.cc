// Init tasks that allocate known amounts, for GODEBUG=inittrace=1.
#include <rt0/rt0.h>

namespace {

char* volatile kept = nullptr;  // volatile, so that the compiler cannot remove the allocation

void three_allocations() {
  for (int i = 0; i < 3; i++) kept = new char[100];
}
void none() {}

}  // namespace

RT0_INIT(allocates, three_allocations);
RT0_INIT(empty, none);

int main() { rt0::println("main"); }
