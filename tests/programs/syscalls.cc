// Goroutines make long and short system calls while GOMAXPROCS changes: every way in which a goroutine can lose its P
// and get one again.
//   syscalls <goroutines> <calls of each> <changes of GOMAXPROCS>
#include "kernel_iface/kernel.h"
#include "rt0/rt0.h"
#include "sched/syscall.h"
#include "words.h"

using namespace rt0;

namespace {

void call(unsigned kind) {
  if (kind % 5 == 4) entersyscallblock();  // gives its P away at once
  else entersyscall();
  if (kind % 17 == 16) kernel->usleep(12000);  // so long that sysmon retakes the P
  else if (kind % 3 == 2) kernel->usleep(30);
  exitsyscall();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const unsigned n = static_cast<unsigned>(number(argv[1])), calls = static_cast<unsigned>(number(argv[2]));
  const int changes = static_cast<int>(number(argv[3]));
  Chan<int> done(0);
  for (unsigned i = 0; i < n; i++) {
    go([i, calls, done] {
      if (i % 8 == 7) lock_os_thread();
      for (unsigned k = 0; k < calls; k++) {
        call(i + k);
        if (k % 7 == 6) gosched();
      }
      done.send(1);
    });
  }
  const int before = gomaxprocs_now();
  for (int i = 0; i < changes; i++) {
    set_gomaxprocs(1 + i % 5);
    sleep(us(100));
  }
  set_gomaxprocs(before);
  for (unsigned i = 0; i < n; i++) (void)done.recv();
  println("done");
}
