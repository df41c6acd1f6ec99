// Exceptions: thrown and caught on goroutines, and what becomes of those that nothing catches. The first argument says
// which; without one, everything that is caught.
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include <rt0/rt0.h>

using rt0::fmt::println;

namespace {

struct Shape {
  virtual ~Shape() = default;
};
struct Square : Shape {
  int side = 3;
};
struct Round : Shape {};

struct Left {
  virtual ~Left() = default;
  int left = 1;
};
struct Wrong : Left, std::logic_error {
  explicit Wrong(const std::string& what) : std::logic_error(what) {}
};
struct Plain {
  int n;
};

// Adds its letter to the log when it is destroyed, and lets other goroutines run meanwhile.
struct Note {
  std::string& log;
  char letter;
  ~Note() {
    log += letter;
    rt0::gosched();
  }
};

[[gnu::noinline]] void down(int depth, std::string& log) {
  const Note note{log, static_cast<char>('a' + depth)};
  if (depth == 0) throw std::runtime_error("bottom");
  down(depth - 1, log);
  log += '!';  // not reached; and the call above is no tail call
}

void frames() {
  std::string log;
  try {
    down(4, log);
  } catch (const std::exception& e) { log += std::string(" ") + e.what(); }
  println("frames:", log);
}

void by_base_class() {
  std::string log;
  for (int i = 0; i < 4; i++) {
    try {
      if (i == 0) throw Wrong("wrong");
      if (i == 1) throw Plain{7};
      if (i == 2) throw std::make_unique<int>(5);
      throw "text";
    } catch (const std::logic_error& e) {
      log += e.what();
      log += dynamic_cast<const Left*>(&e) != nullptr ? " and left" : " alone";
    } catch (const Plain& p) { log += " plain " + std::to_string(p.n); } catch (const std::unique_ptr<int>& p) {
      log += " owned " + std::to_string(*p);
    } catch (...) { log += " other"; }
  }
  println("by base class:", log);
  const std::unique_ptr<Shape> square = std::make_unique<Square>();
  const std::unique_ptr<Shape> round = std::make_unique<Round>();
  println("dynamic_cast:", dynamic_cast<Square*>(square.get())->side, dynamic_cast<Square*>(round.get()) == nullptr,
          typeid(*square) == typeid(Square));
  try {
    (void)dynamic_cast<Square&>(*round);
  } catch (const std::bad_cast& e) { println("bad cast:", e.what()); }
}

void by_the_library() {
  std::vector<int> v(3);
  std::map<std::string, int> m;
  volatile std::size_t index = 5;
  try {
    v.at(index) = 1;
  } catch (const std::out_of_range& e) { println("vector:", e.what()); }
  try {
    (void)m.at("x");
  } catch (const std::out_of_range& e) { println("map:", e.what()); }
  try {
    (void)std::stoi("no number");
  } catch (const std::invalid_argument& e) { println("stoi:", e.what()); }
  try {
    (void)std::string("x").substr(index);
  } catch (const std::out_of_range&) { println("substr"); }
  try {
    v.reserve(~std::size_t{0});
  } catch (const std::length_error& e) { println("reserve:", e.what()); }
}

void nested() {
  std::string log;
  try {
    try {
      throw std::runtime_error("inner");
    } catch (const std::exception& e) {
      log += e.what();
      try {
        throw Plain{1};
      } catch (const Plain&) { log += " plain"; }
      throw;  // the inner one again
    }
  } catch (const std::runtime_error& e) { log += std::string(" ") + e.what() + " again"; }
  try {
    try {
      throw std::runtime_error("cause");
    } catch (...) { std::throw_with_nested(std::logic_error("effect")); }
  } catch (const std::exception& e) {
    log += std::string(" ") + e.what();
    try {
      std::rethrow_if_nested(e);
    } catch (const std::exception& cause) { log += std::string(" of ") + cause.what(); }
  }
  println("nested:", log, std::uncaught_exceptions(), std::current_exception() == nullptr);
}

// An exception travels through a channel and is thrown again on another goroutine, while the first waits in a
// destructor that unwinding has called, and in a catch block.
struct WaitsFor {
  rt0::Chan<int>& done;
  ~WaitsFor() { (void)done.recv(); }
};
void between_goroutines() {
  rt0::Chan<std::exception_ptr> failures(0);
  rt0::Chan<int> done(0);
  std::string log;
  rt0::WaitGroup wg;
  wg.go([&] {
    try {
      const WaitsFor waits{done};
      try {
        throw std::runtime_error("carried");
      } catch (...) {
        failures.send(std::current_exception());
        (void)done.recv();
        throw;
      }
    } catch (const std::runtime_error& e) { log += std::string(e.what()) + " here, "; }
  });
  try {
    std::rethrow_exception(failures.recv());
  } catch (const std::runtime_error& e) {
    done.send(1);
    done.send(2);
    wg.wait();
    log += std::string(e.what()) + " there";
  }
  println("exception_ptr:", log);
}

// Many goroutines throw and catch; they yield and wait in catch blocks and in destructors, so that their exceptions are
// in flight at the same time and go on on other threads. Loops without calls are preempted by signals.
int work(int seed, rt0::Chan<int>& tokens) {
  int sum = 0;
  for (int round = 0; round < 20; round++) {
    std::string log;
    try {
      try {
        down((seed + round) % 5, log);
      } catch (const std::exception&) {
        tokens.send(round);
        volatile int spin = 0;
        while (spin < 2000) spin = spin + 1;
        sum += tokens.recv() >= 0 ? 1 : 0;
        if (round % 2 == 0) throw Wrong(std::to_string(seed));
        throw;
      }
    } catch (const std::logic_error& e) {
      sum += std::stoi(e.what()) == seed ? 1000 : -100000;
    } catch (const std::runtime_error& e) { sum += std::string_view(e.what()) == "bottom" ? 1000 : -100000; }
    sum += static_cast<int>(log.size()) - (seed + round) % 5 - 1;
    if (std::uncaught_exceptions() != 0 || std::current_exception() != nullptr) sum -= 100000;
  }
  return sum;
}
void many() {
  rt0::Chan<int> tokens(3), sums(64);
  for (int i = 0; i < 64; i++) rt0::go([&tokens, &sums, i] { sums.send(work(i, tokens)); });
  int right = 0;
  for (int i = 0; i < 64; i++) right += sums.recv() == 20020;
  println("many:", right);
}

// What rt0's own headers hold is given back when an exception passes.
struct Throws {
  int value = 0;
  Throws() = default;
  explicit Throws(int v) : value(v) {
    if (v < 0) throw std::runtime_error("constructor");
  }
};
void through_headers() {
  std::string log;
  {
    const rt0::Defer at_end([&] { log += rt0::recover() ? " recovered" : " no panic"; });
    try {
      const rt0::Defer first([&] { log += "defer"; });
      rt0::func([&] { down(1, log); });
    } catch (const std::exception& e) { log += std::string(" ") + e.what(); }
    rt0::WaitGroup wg;
    wg.go([&] {
      rt0::Defer d([&] { log += rt0::recover() ? " recovered" : ""; });
      try {
        throw Throws(-1);
      } catch (const std::runtime_error& e) {
        log += std::string(" ") + e.what();
        rt0::panic("in a catch block");
      }
    });
    wg.wait();
    wg.go([&] {
      try {
        throw 1;
      } catch (int) { rt0::goexit_now(); }
    });
    wg.wait();
    // The next goroutines may have the Gs of those two, which have ended in a catch block.
    for (int i = 0; i < 4; i++) {
      wg.go([&] { log += std::current_exception() == nullptr ? "." : "?"; });
      wg.wait();
    }
  }
  println("headers:", log);
}

// Throws what nothing catches.
void leaves(std::string_view how) {
  std::string log;
  const rt0::Defer d([] { println("deferred", rt0::recover() ? "and recovered" : ""); });
  if (how == "what") down(2, log);
  if (how == "library") (void)std::vector<int>(3).at(log.size() + 3);
  if (how == "base") throw Wrong("with two bases");
  if (how == "plain") throw Plain{1};
  if (how == "int") throw -5;
  if (how == "text") throw "some text";
  if (how == "twice") {
    try {
      down(1, log);
    } catch (...) { throw; }
  }
  if (how == "noexcept") [&]() noexcept { down(1, log); }();
  if (how == "callback") {
    rt0::sync::Once once;
    try {
      once.do_([&] { down(1, log); });
    } catch (...) { println("through the runtime"); }
  }
  if (how == "terminate") std::terminate();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) {
    leaves(argv[2]);
    return 0;
  }
  if (argc > 1) {
    rt0::WaitGroup wg;
    wg.go([&] { leaves(argv[1]); });
    wg.wait();
    return 0;
  }
  frames();
  by_base_class();
  by_the_library();
  nested();
  between_goroutines();
  many();
  through_headers();
}
