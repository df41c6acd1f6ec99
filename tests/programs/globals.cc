// Globals with constructors, in two files, and variables in functions: globals MODE.
#include "globals.h"

#include "words.h"

using namespace rt0;

namespace {

Says first("globals.cc 1");
// A constructor that waits; other goroutines run meanwhile.
Says second([] {
  Chan<const char*> c(0);
  go([c] { c.send("globals.cc 2"); });
  return c.recv();
}());
[[gnu::init_priority(200)]] Says early("early");
Chan<int> channel(4);
WaitGroup wg;  // constant: no constructor at run time

RT0_INIT(task, [] { println("task", channel.cap()); });

atomic::Int32 made;

// Has a strict alignment and a destructor. The first goroutine that comes makes it; others wait for that.
int64_t& counted() {
  struct Slow {
    int64_t v;
    explicit Slow(int64_t n) {
      for (int i = 0; i < 10; i++) gosched();
      sleep(ms(1));
      made.add(1);
      v = n;
    }
    ~Slow() { println("destroyed: a variable in a function"); }
  };
  static Slow slow(now().unix() > 0 ? 7 : 8);
  return slow.v;
}

void in_functions() {
  for (int i = 0; i < 20; i++)
    wg.go([] {
      if (counted() != 7) println("not whole");
    });
  wg.wait();
  println("made", made.load(), counted());
}

int tries = 0;
int fails_at_first() {
  if (++tries == 1) panic("not yet");
  if (tries == 2) goexit_now();
  return tries;
}
int after_all() {
  static const int v = fails_at_first();
  return v;
}

// If the initialization panics or ends its goroutine, the next caller initializes the variable.
void panics() {
  func([] {
    Defer d([] { println("recovered", recover()); });
    (void)after_all();
  });
  wg.go([] {
    Defer d([] { println("the goroutine ends"); });
    (void)after_all();
  });
  for (int i = 0; i < 100 && tries < 2; i++) sleep(ms(1));
  println("after all", after_all(), after_all());
}

int needs_itself(int n) {
  static const int v = n == 0 ? 1 : needs_itself(n - 1);
  return v;
}

}  // namespace

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (same(mode, "functions")) in_functions();
  if (same(mode, "panics")) panics();
  if (same(mode, "itself")) println(needs_itself(1));
  println("main", first.name, second.name);
}
