// Called at every function entry of a program and a runtime compiled with -finstrument-functions: checks that the stack
// is aligned as the ABI demands. A function entered on a misaligned stack has a misaligned frame, and the hook that it
// calls has one, too.
//
// Nothing that is instrumented may be used here: only inline code and a bare system call.
#include "kernel_iface/kernel.h"
#include "linux_abi.h"
#include "runtime/panic/panic.h"

#include "test_isa.h"

using namespace rt0;

namespace {

enum Kind : u32 { kBefore, kG0, kGoroutine, kSignal, kElsewhere, kMisaligned, kKinds };
constexpr const char* kNames[kKinds] = {"before g", "g0", "goroutine", "signal", "elsewhere", "misaligned"};
constexpr u64 kMostReports = 20;

constinit u64 count[kKinds] = {};

#define HOOK extern "C" __attribute__((no_instrument_function, noinline)) void
#define INLINE __attribute__((no_instrument_function, always_inline)) inline

INLINE bool on(const G* g, uintptr sp) { return g != nullptr && sp >= g->stack.lo && sp < g->stack.hi; }

INLINE Kind kind_of(uintptr sp) {
  if (m0.g0 == nullptr) return kBefore;  // rt0_go sets it as soon as getg() works
  const G* gp = Isa::getg();
  const M* mp = gp->m;
  if (on(mp->g0, sp)) return kG0;
  if (on(mp->gsignal, sp)) return kSignal;
  // During a switch, M and stack may belong to different goroutines: see goswitch.
  return on(mp->curg.load_relaxed(), sp) || on(gp, sp) ? kGoroutine : kElsewhere;
}

// Writes "<text> <n in hex>" and a newline to stderr.
INLINE void say(const char* text, u64 n) {
  char line[64];
  usize len = 0;
  for (; *text != '\0'; text++) line[len++] = *text;
  line[len++] = ' ';
  for (int shift = 60; shift >= 0; shift -= 4)
    if (n >> shift != 0 || shift == 0) line[len++] = "0123456789abcdef"[n >> shift & 15];
  line[len++] = '\n';
  (void)Isa::syscall6(linux_abi::SYS_write, 2, reinterpret_cast<uintptr>(line), len, 0, 0, 0);
}

}  // namespace

// NOLINTNEXTLINE(bugprone-reserved-identifier): the compiler's name
HOOK __cyg_profile_func_enter(void* fn, void*) {
  const uintptr frame = reinterpret_cast<uintptr>(__builtin_frame_address(0));
  __atomic_add_fetch(&count[kind_of(frame)], 1, __ATOMIC_RELAXED);
  if (frame % Isa::kStackAlign != test_isa::kFrameRemainder &&
      __atomic_add_fetch(&count[kMisaligned], 1, __ATOMIC_RELAXED) <= kMostReports)
    say("entered misaligned:", reinterpret_cast<uintptr>(fn));
  if (fn == reinterpret_cast<void*>(exit_process))
    for (u32 k = 0; k < kKinds; k++) say(kNames[k], count[k]);
}
// NOLINTNEXTLINE(bugprone-reserved-identifier): the compiler's name
HOOK __cyg_profile_func_exit(void*, void*) {}
