// The first steps of a port: programs that need only Isa::syscall6, the system call numbers and the compiler, and
// nothing of the runtime. Each is entered at port_entry, which reads no argument. It exits with 42 if all is well, else
// with the number of the check that failed. The macro PORT_STEP chooses the step. tests/port_check.py runs them.
#include "arch/arch.h"
#include "base/atomic.h"
#include "kernel_iface/errno.h"
#include "kernel_iface/linux/uapi.h"
#include "linux_abi.h"

using namespace rt0;
using namespace rt0::linux_abi;
using namespace rt0::uapi;

namespace {

uintptr addr(const volatile void* p) { return reinterpret_cast<uintptr>(p); }
SysResult sys(uintptr nr, uintptr a = 0, uintptr b = 0, uintptr c = 0, uintptr d = 0, uintptr e = 0, uintptr f = 0) {
  return SysResult::of(Isa::syscall6(nr, a, b, c, d, e, f));
}
[[noreturn]] void leave(uintptr status) {
  for (;;) (void)sys(SYS_exit_group, status);
}
template <class T>
T opaque(T v) {
  __asm__ volatile("" : "+m"(v));
  return v;
}

constexpr uintptr kWell = 42;
constexpr usize kMap = 64 * 1024;  // no ISA has larger pages

SysResult map() {
  const uintptr a[] = {0, kMap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, static_cast<uintptr>(-1), 0};
  if constexpr (kQuirks.mmap_block) return sys(SYS_mmap, addr(a));
  return sys(SYS_mmap, a[0], a[1], a[2], a[3], a[4], a[5]);
}

struct ExitStep {
  static uintptr run() { return kWell; }
};

struct WriteStep {
  static uintptr run() {
    static constexpr char text[] = "written\n";
    const SysResult r = sys(SYS_write, 1, addr(text), sizeof(text) - 1);
    return r.ok() && r.value == sizeof(text) - 1 ? kWell : 1;
  }
};

struct SizesStep {
  static uintptr run() {
    const u32 word = opaque<u32>(0x01020304);
    if (*reinterpret_cast<const u8*>(&word) != (Isa::kBigEndian ? 1 : 4)) return 1;
    if (sizeof(Siginfo) > kSiginfoBytes || sizeof(Timespec) != 16 || sizeof(Sigset) != kSigsetBytes) return 2;
    if (opaque<u64>(1000000000000) / opaque<u64>(1000001) != 999999 || opaque<i64>(-7) % opaque<i64>(4) != -3) return 3;
    if (opaque<u64>(1) << opaque<u32>(40) != u64{1} << 40 || opaque<double>(0.5) * opaque<double>(4) != 2) return 4;
    if (static_cast<double>(opaque<i64>(-5000000000)) != -5e9) return 5;
    return kWell;
  }
};

// Errors are -errno here, however the kernel itself marks them.
struct ErrorsStep {
  static uintptr run() {
    constexpr uintptr kNoSuchCall = 100000, kNoFd = 1000000;
    if (sys(SYS_close, kNoFd).err != Errno::badf) return 1;
    if (sys(kNoSuchCall).err != Errno::nosys) return 2;
    if (sys(SYS_openat, kAtFdcwd, addr("/no such file"), O_RDONLY).err != Errno::noent) return 3;
    return sys(SYS_getpid).ok() ? kWell : 4;
  }
};

// Six arguments; the kernel reports an error where it may not write.
struct MemoryStep {
  static uintptr run() {
    const SysResult m = map();
    if (!m.ok()) return 1;
    u8* p = reinterpret_cast<u8*>(m.value);
    for (usize i = 0; i < kMap; i += 1024)
      if (p[i] != 0) return 2;
    p[kMap - 1] = 7;
    if (!sys(SYS_getcwd, m.value, kMap).ok()) return 3;
    if (!sys(SYS_mprotect, m.value, kMap, PROT_NONE).ok()) return 4;
    if (sys(SYS_getcwd, m.value, kMap).err != Errno::fault) return 5;
    if (!sys(SYS_munmap, m.value, kMap).ok()) return 6;
    return kWell;
  }
};

struct TimeStep {
  static uintptr run() {
    Timespec a = {0, -1}, b = {0, -1};
    const Timespec pause = {0, 2000000};
    if (!sys(SYS_clock_gettime, CLOCK_MONOTONIC, addr(&a)).ok() || a.nsec < 0 || a.nsec >= 1000000000) return 1;
    if (!sys(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, addr(&pause), 0).ok()) return 2;
    if (!sys(SYS_clock_gettime, CLOCK_MONOTONIC, addr(&b)).ok()) return 3;
    if ((b.sec - a.sec) * 1000000000 + b.nsec - a.nsec < pause.nsec) return 4;
    if (!sys(SYS_clock_gettime, CLOCK_REALTIME, addr(&a)).ok() || a.sec < 1600000000) return 5;
    u32 word = 1;  // a wait for a value that the word does not have, then one that times out
    if (sys(SYS_futex, addr(&word), FUTEX_WAIT_PRIVATE, 2, 0).err != Errno::again) return 6;
    return sys(SYS_futex, addr(&word), FUTEX_WAIT_PRIVATE, 1, addr(&pause)).err == Errno::timedout ? kWell : 7;
  }
};

template <class T>
bool atomics() {
  Atomic<T> z{opaque<T>(1)};
  bool good = z.cas_acqrel(1, 2) && !z.cas_acqrel(5, 6) && z.load_acquire() == 2;
  good = good && z.xchg_acqrel(static_cast<T>(-1)) == static_cast<T>(2) && z.add_acqrel(3) == 2;
  z.store_release(0xf0);
  return good && z.or_acqrel(0x0f) == 0xf0 && z.and_acqrel(0x3c) == 0xff && z.load_seqcst() == 0x3c;
}
struct AtomicsStep {
  static uintptr run() { return !atomics<u32>() ? 1 : !atomics<uintptr>() ? 2 : kWell; }
};

}  // namespace

extern "C" [[noreturn]] void port_entry() { leave(PORT_STEP::run()); }
int main() {}
