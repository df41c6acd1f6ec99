// Used instead of kernel_iface/sim in a build without the simulated kernel (cmake -DRT0_SIM_KERNEL=OFF): if RT0_SIM is
// set, the program ends with a message.
#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "kernel_iface/kernel_io.h"

namespace rt0 {

constinit u32 simulated = 0;
constinit Candidates sim_candidates = {};
constinit bool sim_in_main = false, sim_picks_goroutines = false;
constinit const KernelIo sim_kernel_io = {};

bool sim_open(Str, Str, Span<char*>) {
  static constexpr char kText[] =
      "rt0: RT0_SIM: this program was built without the simulated kernel (RT0_SIM_KERNEL=OFF)\n";
  (void)linux_kernel.write(2, kText, sizeof(kText) - 1);
  linux_kernel.exit(2);
  return false;
}

// Never called, since `simulated` is always 0.
u32 choose(Choice, u32, Resource) { return 0; }
const char* choice_name(Choice) { return ""; }
Str resource_text(Resource, char*) { return {}; }
void sim_event(Resource) {}
void sim_yields() {}
bool sim_preempt(Resource) { return false; }
void sim_watchdog_arm() {}
bool sim_stop() { return false; }
void sim_killed() {}
bool sim_is_stuck() { return false; }
void sim_let_others_run(const Atomic<u32>*) {}

}  // namespace rt0
