// Signals by rt0::signal. notify MODE: the first argument says what to try; see main.
#include <rt0/rt0.h>

using namespace rt0;  // NOLINT: as programs do
using os::Signal;
namespace sys = rt0::syscall;

namespace {

bool same(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}

void raise(Signal s) { (void)os::kill(os::getpid(), s.number()); }

// Sends each signal to itself and waits for it.
int each() {
  Chan<Signal> c(1);
  signal::notify(c);
  int wrong = 0;
  for (int n = 1; n <= 64; n++) {
    if (n == 9 || n == 19 || n == 23 || n == 27 || (n >= 32 && n <= 34)) continue;
    raise(Signal(n));
    wrong += c.recv() != Signal(n);
  }
  fmt::println("wrong", wrong);
  return wrong;
}

// For signals from outside: prints "ready", then each signal that has come, until SIGTERM has come.
int report(bool all) {
  Chan<Signal> c(16);
  if (all) signal::notify(c);
  else
    signal::notify(c, sys::kSIGHUP, os::kInterrupt, sys::kSIGTERM, sys::kSIGUSR1, sys::kSIGQUIT, sys::kSIGSEGV,
                   sys::kSIGWINCH);
  fmt::println("ready");
  for (;;) {
    const Signal s = c.recv();
    if (s == sys::kSIGURG) continue;  // the runtime sends it to itself
    fmt::println("got", s);
    if (s == sys::kSIGTERM) return 0;
  }
}

int contexts() {
  auto [ctx, stop] = signal::notify_context(context::background(), os::kInterrupt, sys::kSIGUSR1);
  raise(sys::kSIGUSR1);
  (void)ctx.done().recv();
  fmt::println(ctx.err(), "because of", context::cause(ctx));
  raise(sys::kSIGUSR1);  // still caught
  stop();
  auto [other, end] = signal::notify_context(context::background(), os::kInterrupt);
  end();
  fmt::println(other.err(), "because of", context::cause(other));
  auto [late, never] = signal::notify_context(ctx, os::kInterrupt);
  fmt::println(late.err());
  never();
  raise(os::kInterrupt);  // ends the program
  sleep(seconds(10));
  return 1;
}

// Many goroutines call notify and stop while signals come. Each channel gets a signal before stop, and none after it.
int churn() {
  WaitGroup wg;
  Chan<Signal> keep(4096);
  signal::notify(keep, sys::kSIGUSR2);
  for (int g = 0; g < 8; g++)
    wg.go([g] {
      for (int i = 0; i < 20; i++) {
        Chan<Signal> c(1);
        signal::notify(c, g % 2 == 0 ? sys::kSIGUSR1 : sys::kSIGUSR2);
        raise(g % 2 == 0 ? sys::kSIGUSR1 : sys::kSIGUSR2);
        (void)c.recv();
        signal::stop(c);
        (void)c.try_recv();  // another goroutine's signal, from before the stop
        gosched();
        if (c.try_recv().ready) fmt::println("one more after stop");
      }
    });
  wg.wait();
  fmt::println("kept some", keep.len() > 0);
  return 0;
}

int defaults(const char* how) {
  Chan<Signal> c(4);
  fmt::println("ignored", signal::ignored(sys::kSIGHUP), signal::ignored(sys::kSIGUSR1),
               signal::ignored(os::kInterrupt));
  signal::notify(c, sys::kSIGTERM, sys::kSIGUSR1);
  if (same(how, "stop")) signal::stop(c);
  if (same(how, "reset")) signal::reset(sys::kSIGTERM, sys::kSIGUSR1);
  if (same(how, "ignore")) signal::ignore(sys::kSIGTERM, sys::kSIGUSR1);
  if (same(how, "again")) {
    signal::ignore(sys::kSIGTERM);
    fmt::println("ignored", signal::ignored(sys::kSIGTERM));
    signal::reset();
  }
  raise(sys::kSIGUSR1);  // by default rt0 takes no notice of it, as Go does
  raise(sys::kSIGTERM);
  sleep(ms(50));
  fmt::println("alive", c.len());
  return 0;
}

// Writes to a pipe that nobody reads: first to one of its own, then to standard output.
int pipe(bool notified) {
  Chan<Signal> c(1);
  if (notified) signal::notify(c, sys::kSIGPIPE);
  auto p = os::pipe();
  (void)p.value.r.close();
  auto r = p.value.w.write("x", 1);
  println(r.err);
  if (notified) println(c.recv());
  (void)os::stdout_().write("x\n", 2);
  println("alive");
  if (notified) println(c.recv());
  fmt::println("x");
  if (notified) println(c.recv());
  return 0;
}

// A fault of the program's own stays a panic.
int fault() {
  Chan<Signal> c(1);
  signal::notify(c, sys::kSIGSEGV);
  func([] {
    Defer d([] { fmt::println("recovered", static_cast<bool>(recover())); });
    volatile int* nobody = nullptr;
    *nobody = 1;
  });
  raise(sys::kSIGSEGV);
  fmt::println(c.recv());
  return 0;
}

errors::Error true_() {
  const char* const argv[] = {"true", nullptr};
  auto [p, err] = os::start_process("/bin/true", argv);
  return err ? err : p.wait().err;
}

// Child processes end, which sends SIGCHLD. again: one child has ended before the call of notify.
int chld(bool again) {
  if (again) fmt::println(true_());
  Chan<Signal> c(1);
  signal::notify(c, sys::kSIGCHLD);
  for (int i = 0; i < 3; i++) {
    fmt::println(true_());
    select(recv(c, [](Signal s) { fmt::println(s); }), recv(after(seconds(10)), [](Time) { fmt::println("none"); }));
  }
  signal::stop(c);
  fmt::println(true_());
  return 0;
}

int number(const char* s) {
  int n = 0;
  while (*s != '\0') n = 10 * n + (*s++ - '0');
  return n;
}

// What becomes of a signal after notify, then perhaps reset or stop; after ignore, then perhaps notify; and after none
// of these calls.
int fate(const char* how, Signal s) {
  Chan<Signal> c(4);
  if (same(how, "notify") || same(how, "reset") || same(how, "stop")) signal::notify(c, s);
  if (same(how, "reset")) signal::reset(s);
  if (same(how, "stop")) signal::stop(c);
  if (same(how, "ignore") || same(how, "ignore_notify")) signal::ignore(s);
  if (same(how, "ignore_notify")) signal::notify(c, s);
  fmt::println("ignored", signal::ignored(s));
  raise(s);
  sleep(ms(50));
  fmt::println("alive", c.len());
  if (s == sys::kSIGSEGV)
    func([] {
      Defer d([] { fmt::println("recovered", static_cast<bool>(recover())); });
      volatile int* nobody = nullptr;
      *nobody = 1;
    });
  return 0;
}

// Prints which signals a child process ignores if this process ignores s.
int child(Signal s) {
  signal::ignore(s);
  const char* const argv[] = {"grep", "SigIgn", "/proc/self/status", nullptr};
  auto [p, err] = os::start_process("/bin/grep", argv);
  return err ? 1 : p.wait().value.exit_code();
}

// Allocates for half a second, in which preemption diverts the returns of its calls. Then prints which signal has come.
int busy() {
  Chan<Signal> c(1);
  signal::notify(c, os::kInterrupt);
  atomic::Int32 over;
  go([&] {
    for (int i = 0; i < 100; i++) sleep(ms(5));
    over.store(1);
  });
  while (over.load() == 0)
    for (int i = 0; i < 1000; i++) delete new char[100 + i % 7];
  select(recv(c, [](Signal s) { fmt::println(s); }), recv(after(seconds(1)), [](Time) { fmt::println("none"); }));
  return 0;
}

// Executes an illegal instruction: after notify or ignore, too, this must not count as a signal from outside.
int trap(bool ignored) {
  Chan<Signal> c(1);
  if (ignored) signal::ignore();
  else signal::notify(c);
  __builtin_trap();
}

}  // namespace

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (same(mode, "each")) return each();
  if (same(mode, "report")) return report(argc > 2);
  if (same(mode, "context")) return contexts();
  if (same(mode, "churn")) return churn();
  if (same(mode, "default")) return defaults(argv[2]);
  if (same(mode, "pipe")) return pipe(argc > 2);
  if (same(mode, "fault")) return fault();
  if (same(mode, "nil")) {
    signal::notify(Chan<Signal>());
    return 1;
  }
  if (same(mode, "chld")) return chld(argc > 2);
  if (same(mode, "fate")) return fate(argv[2], Signal(number(argv[3])));
  if (same(mode, "child")) return child(Signal(number(argv[2])));
  if (same(mode, "busy")) return busy();
  if (same(mode, "trap")) return trap(argc > 2);
  if (same(mode, "names")) {
    for (int n = 1; n <= 64; n++) fmt::println(Signal(n));
    return 0;
  }
  return 99;
}
