// GOMAXPROCS and a cgroup's quota, on a machine that claims to have eight CPUs: tests/cases/host_test.py.
//   maxprocs start        prints the value that a program would start with
//   maxprocs follow N     prints GOMAXPROCS each time it changes; ends when it is N
//   maxprocs custom       the same for two and a half seconds, after the program itself has set it to 3
#include "sched/maxprocs.h"
#include "use_kernel.h"

#include <rt0/rt0.h>

namespace {

constexpr int kCpus = 8;

rt0::Kernel with_more_cpus() {
  rt0::Kernel k = *rt0::kernel;
  k.getproccount = [] { return rt0::i32{kCpus}; };
  return k;
}
rt0::Kernel machine;

// Yields all the time to keep a P busy, because sysmon sleeps while all Ps are idle.
void show_changes(int until, rt0::Duration at_most) {
  int last = 0;
  const rt0::Time begin = rt0::now();
  while (last != until && rt0::since(begin) < at_most) {
    if (const int n = rt0::gomaxprocs_now(); n != last) rt0::fmt::println(last = n);
    rt0::gosched();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 9;
  rt0::go([] {});
  machine = with_more_cpus();
  use_kernel(&machine);
  switch (argv[1][0]) {
    case 's': rt0::fmt::println(rt0::detail::maxprocs.at_start(kCpus)); break;
    case 'f': show_changes(argv[2][0] - '0', rt0::seconds(20)); break;
    case 'c':
      (void)rt0::set_gomaxprocs(3);
      show_changes(-1, rt0::ms(2500));
      break;
    default: return 9;
  }
  return 0;
}
