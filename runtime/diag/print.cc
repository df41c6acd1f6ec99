#include "runtime/diag/print.h"

#include "kernel_iface/kernel.h"
#include "rt0/print.h"
#include "sched/gmp.h"
#include "sched/proc.h"

namespace rt0 {

namespace {

constinit Mutex print_lock{{0}, LockRank::print};

}  // namespace

void put_arg(Writer& w, const PrintArg& a) {
  switch (a.kind) {
    case PrintArg::Kind::boolean: w.put(a.boolean ? Str("true") : Str("false")); break;
    case PrintArg::Kind::int_: w.fmt("%lld", static_cast<long long>(a.int_)); break;
    case PrintArg::Kind::uint_: w.fmt("%llu", static_cast<unsigned long long>(a.uint_)); break;
    case PrintArg::Kind::pointer:
      w.fmt("%#llx", static_cast<unsigned long long>(reinterpret_cast<uintptr>(a.pointer)));
      break;
    case PrintArg::Kind::formatted: {
      char text[kMaxFloat];
      w.put(Str(text, a.formatted.format(text, a.formatted.value)));
      break;
    }
    case PrintArg::Kind::string: w.put(Str(a.string.ptr, a.string.len)); break;
  }
}

// m->locks keeps the M ours from before the count is read until after the lock is held.
void printlock() {
  M* mp = acquirem();
  if (mp->printlock++ == 0 && mp->dying == 0) lock(&print_lock);
}
void printunlock() {
  M* mp = getg()->m;
  if (--mp->printlock == 0 && mp->dying == 0) unlock(&print_lock);
  releasem(mp);
}

void print_args(int fd, const PrintArg* args, size_t n, bool spaces, bool newline) {
  printlock();
  {
    Writer w(fd);
    for (usize i = 0; i < n; i++) {
      if (i > 0 && spaces) w.put(' ');
      put_arg(w, args[i]);
    }
    if (newline) w.put('\n');
  }
  printunlock();
  preempt_point();
}

}  // namespace rt0
