// A program that has things of its own for every short name of rt0's, beside `using namespace rt0`. What rt0 has under
// these names it uses by their packages. tests/cases/api_test.py has the output, and a list of the names.
#define RT0_NO_SHORT_NAMES
#include <rt0/rt0.h>

using namespace rt0;

#define OWN_TYPE(name) \
  struct name {        \
    int own = 1;       \
  };
OWN_TYPE(Any)
OWN_TYPE(Args)
OWN_TYPE(Cond)
OWN_TYPE(Context)
OWN_TYPE(Duration)
OWN_TYPE(DurationText)
OWN_TYPE(Error)
OWN_TYPE(LockGuard)
OWN_TYPE(Map)
OWN_TYPE(Mutex)
OWN_TYPE(Once)
OWN_TYPE(Pool)
OWN_TYPE(RLockGuard)
OWN_TYPE(RWMutex)
OWN_TYPE(Received)
OWN_TYPE(Result)
OWN_TYPE(Selected)
OWN_TYPE(Semaphore)
OWN_TYPE(Text)
OWN_TYPE(Ticker)
OWN_TYPE(Time)
OWN_TYPE(Timer)
OWN_TYPE(TryReceived)
OWN_TYPE(Type)
OWN_TYPE(Unit)
OWN_TYPE(WaitGroup)
enum class Err { none, some };

// Variables, with which a function of the same name would be ambiguous at each use.
static int after = 1, after_func = 1, args_of_program = 1, environ_of_program = 1, gc = 1, getenv = 1, hours = 1,
           minutes = 1;
static int ms = 1, new_ticker = 1, new_timer = 1, now = 1, ns = 1, once_func = 1, once_value = 1, once_values = 1,
           seconds = 1;
static int since = 1, sleep = 1, stack = 1, tick = 1, until = 1, us = 1;
static int exit(int n) { return n; }

int main() {
  const int types = Any().own + Args().own + Cond().own + Context().own + Duration().own + DurationText().own +
                    Error().own + LockGuard().own + Map().own + Mutex().own + Once().own + Pool().own +
                    RLockGuard().own + RWMutex().own + Received().own + Result().own + Selected().own +
                    Semaphore().own + Text().own + Ticker().own + Time().own + Timer().own + TryReceived().own +
                    Type().own + Unit().own + WaitGroup().own + static_cast<int>(Err::some);
  const int others = after + after_func + args_of_program + environ_of_program + gc + getenv + hours + minutes + ms +
                     new_ticker + new_timer + now + ns + once_func + once_value + once_values + seconds + since +
                     sleep + stack + tick + until + us + exit(1);
  println(types, others);

  // What rt0 has under these names, by their packages.
  sync::WaitGroup wg;
  sync::Mutex mu;
  Chan<builtin::Unit> c(1);
  wg.go([&] {
    const sync::LockGuard l(mu);
    time::sleep(time::ms(1));
    c.send({});
  });
  wg.wait();
  const builtin::Received<builtin::Unit> got = c.recv_ok();
  const time::Time start = time::now();
  const context::Context ctx = context::background();
  const builtin::Text text = "text";
  const errors::Result<int> r;
  println(got.ok, time::since(start) < time::hours(1), !ctx.err(), text, r.value);
  runtime::gc();
  println(os::getenv("RT0_NO_SUCH_VARIABLE") == nullptr, os::args_of_program().len);
  os::exit(3);
}
