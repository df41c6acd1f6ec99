// signals raise N: sends signal N to itself and prints that it is still there. signals stack: prints stacks as text.
// signals births N: makes N threads; prints whether their maker had all signals blocked while it made each of them.
#include "use_kernel.h"

#include <rt0/rt0.h>

[[gnu::noinline]] static void inner() {
  char buf[4096];
  const size_t n = rt0::stack(buf, sizeof(buf), true);
  rt0::print(rt0::Text{buf, n});
  const size_t cut = rt0::stack(buf, 10, false);
  rt0::println("cut", cut, rt0::Text{buf, cut});
}

static rt0::Kernel watched;
// All but SIGKILL and SIGSTOP, which nobody can block, and the real-time signals, of which QEMU keeps some.
static constexpr rt0::u64 kAll = 0x7fffffff & ~(1u << (9 - 1) | 1u << (19 - 1));
static constinit rt0::atomic::Int32 births{}, unguarded{};

static void make_threads(int n) {
  watched = *rt0::kernel;
  watched.newosproc = [](rt0::uintptr stack_hi, rt0::uintptr* tls) {
    births.add(1);
    if ((rt0::kernel->sigmask_block(0) & kAll) != kAll) unguarded.add(1);
    return rt0::linux_kernel.newosproc(stack_hi, tls);
  };
  const rt0::u64 before = rt0::kernel->sigmask_block(0);
  use_kernel(&watched);
  rt0::Chan<int> up(0), over(0);
  for (int i = 0; i < n; i++) {
    rt0::go([=] {
      rt0::lock_os_thread();
      up.send(rt0::kernel->sigmask_block(0) == before);
      (void)over.recv();
    });
  }
  int as_before = 0;
  for (int i = 0; i < n; i++) as_before += up.recv();
  over.close();
  const bool many = births.load() >= n - 1, all = unguarded.load() == 0;
  rt0::println("births", many, all, as_before, rt0::kernel->sigmask_block(0) == before);
}

int main(int argc, char** argv) {
  if (argc < 2) return 9;
  if (argc == 2) {
    rt0::Chan<int> c(0);
    rt0::go([&] { (void)c.recv(); });
    rt0::gosched();
    inner();
    return 0;
  }
  if (argv[1][0] == 'b') {
    make_threads(argv[2][0] - '0');
    return 0;
  }
  rt0::u32 sig = 0;
  for (const char* p = argv[2]; *p != '\0'; p++) sig = sig * 10 + static_cast<rt0::u32>(*p - '0');
  (void)rt0::kernel->tgkill(rt0::kernel->gettid(), sig);
  rt0::sleep(rt0::ms(20));
  rt0::println("still here");
}
