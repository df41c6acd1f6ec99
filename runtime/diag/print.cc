#include "runtime/diag/print.h"

#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "mem/malloc.h"
#include "rt0/print.h"
#include "runtime/diag/fatal.h"
#include "sched/gmp.h"
#include "sched/proc.h"
#include "sched/syscall.h"

namespace rt0 {

namespace {

constinit Mutex print_lock{{0}, LockRank::print};  // keeps a message of several parts in one piece; guards no variable

// Goroutines that print to the same stream take turns, so a statement's output stays in one piece. While a write waits
// for the reader of a pipe, goroutines that do not print to this stream go on.
struct PrintTurns {
  Mutex lock{{0}, LockRank::fdMutex};
  bool taken GUARDED_BY(lock) = false;
  // Goroutines that wait for their turn. A goroutine enters it before it parks; give() takes it out and wakes it.
  GQueue waiting GUARDED_BY(lock);

  void take();
  void give();
};
constinit PrintTurns print_turns[2];  // of stdout, of stderr

void PrintTurns::take() {
  for (;;) {
    ::rt0::lock(&lock);
    if (!taken) {
      taken = true;
      unlock(&lock);
      return;
    }
    waiting.push_back(getg());
    goparkunlock(&lock, WaitReason::semacquire);
  }
}
void PrintTurns::give() {
  ::rt0::lock(&lock);
  taken = false;
  G* next = waiting.pop();
  unlock(&lock);
  if (next != nullptr) goready(next);
}

// May the caller park, and so take turns? A goroutine may, unless it is in the runtime. Before main.main the answer is
// no: no turns are needed then, and the trace of the boot must not have them. In a simulation it is no, too: there a
// write never waits.
bool may_park() {
  const G* gp = getg();
  const M* mp = gp->m;
  return gp == mp->curg.load_relaxed() && mp->locks == 0 && mp->dying == 0 && mp->p != nullptr && simulated == 0 &&
         bootDone;
}

// Go's fmt.Println writes a line with one write, so that lines of several processes that share a pipe or a file do not
// mix; print and println, which write to stderr, do not. A line that does not fit into a Writer's own buffer is
// collected on the heap, up to this length.
constexpr usize kLongest = 64 * 1024;

// A bound of the line's length; a text that is made when it is printed may exceed it, and is written in pieces then.
usize most_bytes(const PrintArg* args, usize n) {
  usize sum = n + 1;
  for (usize i = 0; i < n; i++)
    sum += args[i].kind == PrintArg::Kind::string ? args[i].string.len
           : args[i].kind == PrintArg::Kind::made ? PrintArg::kMostMade
                                                  : max(kMaxFloat, kMaxDecimal);
  return sum;
}

// A write that may block for ever, so sysmon may hand the P to another M. With keeps_p it does so only after a while:
// otherwise goroutines would now and then run in another order than Go's, whose println keeps its P.
SysResult write_in_turn(i32 fd, const void* p, usize n) {
  G* gp = getg();
  gp->keeps_p = true;
  auto write = [&] {
    const SysResult r = kernel->write(fd, p, n);
    if (r.err == Errno::again) kernel->usleep(1000);  // another process that shares the file made it non-blocking
    return r;
  };
  SysResult r = in_syscall(write);
  gp->keeps_p = false;
  if (r.err == Errno::pipe) {
    sigpipe(true);
    r.err = Errno::io;  // still here, so the program has asked for SIGPIPE: the text is lost, and the writer gives up
  }
  if (r.err == Errno::again) r.err = Errno::intr;  // waited for already
  return r;
}

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
    case PrintArg::Kind::made: {
      char text[PrintArg::kMostMade];
      w.put(Str(text, a.made.put(text, a.made.value)));
      break;
    }
    case PrintArg::Kind::string: w.put(Str(a.string.ptr, a.string.len)); break;
  }
}

// acquirem keeps the goroutine on its M from before m->printlock is read until after the lock is held. Whether a call
// takes the lock depends on that count, so the static analysis of locks cannot follow it.
void printlock() NO_LOCK_ANALYSIS {
  M* mp = acquirem();
  if (mp->printlock++ == 0 && mp->dying == 0) lock(&print_lock);
}
void printunlock() NO_LOCK_ANALYSIS {
  M* mp = getg()->m;
  if (--mp->printlock == 0 && mp->dying == 0) unlock(&print_lock);
  releasem(mp);
}

void print_args(int fd, const PrintArg* args, size_t n, bool spaces, bool newline) {
  const bool in_turn = may_park();
  PrintTurns& turns = print_turns[fd == kStderr ? 1 : 0];
  char* line = nullptr;
  usize room = 0;
  if (in_turn && fd == kStdout) {
    room = min(most_bytes(args, n), kLongest);
    if (room > Writer::kShort) line = static_cast<char*>(mallocgc_noscan(room, 1));
  }
  if (in_turn) turns.take();
  else printlock();
  {
    Writer w(fd, in_turn ? write_in_turn : nullptr);
    if (line != nullptr) w.use(line, room);  // without memory the line is written in pieces
    for (usize i = 0; i < n; i++) {
      if (i > 0 && spaces) w.put(' ');
      put_arg(w, args[i]);
    }
    if (newline) w.put('\n');
  }
  if (in_turn) turns.give();
  else printunlock();
  heap_free(line);
  preempt_point();
}

}  // namespace rt0
