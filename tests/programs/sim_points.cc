// Another goroutine may run before each operation by which goroutines wait for each other: docs/DETERMINISM.md, Points.
// The argument names an operation; without one all names are printed. Prints "before" if the other goroutine has run
// just before the operation, when nothing of it had happened yet, and else "not".
#include "named.h"

using namespace rt0;

namespace {

// Main does the operation while another goroutine waits for main's P. undone(): nothing of the operation has happened.
template <class Op, class Undone>
void watch(Op op, Undone undone) {
  int step = 0;
  bool before = false, ended = false;
  go([&] {
    before = step == 1 && undone();
    ended = true;
  });
  step = 1;
  op();
  step = 2;
  while (!ended) gosched();
  println(before ? "before" : "not");
}

// An operation without an effect that another goroutine could see.
template <class Op>
void watch(Op op) {
  watch(op, [] { return true; });
}

Chan<int> one_free() { return Chan<int>(1); }
Chan<int> one_there() {
  Chan<int> c(1);
  c.send(1);
  return c;
}

const Named kOperations[] = {
    {"send",
     [] {
       const Chan<int> c = one_free();
       watch([&] { c.send(1); }, [&] { return c.len() == 0; });
     }},
    {"try_send",
     [] {
       const Chan<int> c = one_free();
       watch([&] { c.try_send(1); }, [&] { return c.len() == 0; });
     }},
    {"recv",
     [] {
       const Chan<int> c = one_there();
       watch([&] { (void)c.recv(); }, [&] { return c.len() == 1; });
     }},
    {"try_recv",
     [] {
       const Chan<int> c = one_there();
       watch([&] { c.try_recv(); }, [&] { return c.len() == 1; });
     }},
    {"try_recv in vain",
     [] {
       const Chan<int> c = one_free();
       watch([&] { c.try_recv(); });
     }},
    {"close",
     [] {
       const Chan<int> c = one_free();
       watch([&] { c.close(); });
     }},
    {"select",
     [] {
       const Chan<int> c = one_there();
       watch([&] { select(recv(c)); }, [&] { return c.len() == 1; });
     }},
    {"select in vain",
     [] {
       const Chan<int> c = one_free();
       watch([&] { select(recv(c), otherwise()); });
     }},
    {"Int32::add",
     [] {
       atomic::Int32 n;
       watch([&] { n.add(1); });
     }},
    {"Value::store",
     [] {
       atomic::Value v;
       watch([&] { v.store(1); });
     }},
    {"Value::load",
     [] {
       atomic::Value v;
       watch([&] { (void)v.load(); });
     }},
    {"Mutex::lock",
     [] {
       Mutex m;
       watch([&] { m.lock(); });
     }},
    {"Mutex::unlock",
     [] {
       Mutex m;
       m.lock();
       watch([&] { m.unlock(); });
     }},
    {"RWMutex::lock",
     [] {
       RWMutex m;
       watch([&] { m.lock(); });
     }},
    {"RWMutex::try_lock",
     [] {
       RWMutex m;
       watch([&] { (void)m.try_lock(); });
     }},
    {"RWMutex::unlock",
     [] {
       RWMutex m;
       m.lock();
       watch([&] { m.unlock(); });
     }},
    {"RWMutex::rlock",
     [] {
       RWMutex m;
       watch([&] { m.rlock(); });
     }},
    {"RWMutex::try_rlock",
     [] {
       RWMutex m;
       watch([&] { (void)m.try_rlock(); });
     }},
    {"RWMutex::runlock",
     [] {
       RWMutex m;
       m.rlock();
       watch([&] { m.runlock(); });
     }},
    {"WaitGroup::add",
     [] {
       WaitGroup wg;
       watch([&] { wg.add(1); });
     }},
    {"WaitGroup::done",
     [] {
       WaitGroup wg;
       wg.add(1);
       watch([&] { wg.done(); });
     }},
    {"WaitGroup::wait",
     [] {
       WaitGroup wg;
       watch([&] { wg.wait(); });
     }},
    {"Cond::signal",
     [] {
       Mutex m;
       Cond<> c(m);
       watch([&] { c.signal(); });
     }},
    {"Cond::broadcast",
     [] {
       Mutex m;
       Cond<> c(m);
       watch([&] { c.broadcast(); });
     }},
    {"Semaphore::acquire",
     [] {
       Semaphore s(1);
       watch([&] { s.acquire(1); });
     }},
    {"Semaphore::try_acquire",
     [] {
       Semaphore s(1);
       watch([&] { (void)s.try_acquire(1); });
     }},
    {"Semaphore::release",
     [] {
       Semaphore s(1);
       s.acquire(1);
       watch([&] { s.release(1); });
     }},
    {"Timer::stop",
     [] {
       const Timer t = new_timer(hours(1));
       watch([&] { (void)t.stop(); });
     }},
    {"Timer::reset",
     [] {
       const Timer t = new_timer(hours(1));
       watch([&] { (void)t.reset(hours(2)); });
     }},
    {"context::with_cancel",
     [] {
       const auto [parent, cancel] = context::with_cancel(context::background());
       watch([&, &ctx = parent] { (void)context::with_cancel(ctx); });
     }},
    {"CancelFunc",
     [] {
       const auto [c, cancel] = context::with_cancel(context::background());
       watch([&end = cancel] { end(); });
     }},
    {"Context::err",
     [] {
       const auto [c, cancel] = context::with_cancel(context::background());
       watch([&ctx = c] { (void)ctx.err(); });
     }},
    {"Context::done",
     [] {
       const auto [c, cancel] = context::with_cancel(context::background());
       watch([&ctx = c] { (void)ctx.done(); });
     }},
};

}  // namespace

int main(int argc, char** argv) { return run_named(kOperations, argc, argv); }
