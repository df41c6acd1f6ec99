// Which destructors and deferred calls run, and in which order, when a panic or Goexit leaves frames of a program with
// exceptions. Each case prints a line: what happened, in order. Objects print their letter when they are destroyed,
// deferred calls theirs in brackets.
#include "unwind.h"

using namespace unwind;
using rt0::fmt::println;

namespace {

// The ways of panicking.
void from_code(Log log) {
  guarded(log, [&] { down(3, log, [] { rt0::panic(7); }); });
}
void nil_deep(Log log) {
  guarded(log, [&] { down(2, log, [] { value = value_of(null_node); }); });
}
void nil_here(Log log) {
  guarded(log, [&] {
    Obj a(log, "a");
    Obj b(log, "b");
    Node* const n = null_node;
    n->value = 5;
    log += '!';
  });
}
void nil_in_try(Log log) {
  guarded(log, [&] {
    Obj a(log, "a");
    try {
      Obj b(log, "b");
      null_node->value++;
    } catch (const std::exception&) { log += "caught"; }
  });
}
[[gnu::noinline]] int divide(int a, int b) { return a / b; }
void division(Log log) {
  guarded(log, [&] { down(2, log, [&] { log += std::to_string(divide(1, zero)); }); });
}
void division_here(Log log) {
  guarded(log, [&] {
    Obj a(log, "a");
    int q = 0;
    {
      Obj b(log, "b");
      q = 7 % zero;
      Obj c(log, "c");
    }
    log += std::to_string(q);
  });
}
void division_64(Log log) {
  guarded(log, [&] {
    Obj a(log, "a");
    const long long q = (1ll << 40) / zero;
    Obj b(log, "b" + std::to_string(q));
  });
}
void closed_channel(Log log) {
  rt0::Chan<int> c(1);
  c.close();
  guarded(log, [&] { down(2, log, [&] { c.send(1); }); });
}
void value_with_destructor(Log log) {
  guarded(log, [&] { down(1, log, [] { rt0::panic(std::string("a text that is too long for the object itself")); }); });
}

// Goexit: all frames of the goroutine.
void goexit_deep(Log log) {
  rt0::WaitGroup wg;
  wg.go([&] {
    Obj a(log, "A");
    rt0::Defer d([&] { log += "[d]"; });
    down(2, log, [] { rt0::goexit_now(); });
  });
  wg.wait();
}
void goexit_plain(Log log) {
  rt0::Chan<int> done(0);
  struct Captured {
    std::shared_ptr<int> p;
    rt0::Chan<int> done;
    ~Captured() {
      if (p != nullptr) done.close();
    }
    Captured(std::shared_ptr<int> q, rt0::Chan<int> c) : p(std::move(q)), done(c) {}
    Captured(Captured&& o) noexcept : p(std::move(o.p)), done(o.done) {}
  };
  auto p = std::make_shared<int>(1);
  rt0::go([&log, c = Captured(p, done)] {
    Obj a(log, "a");
    down(1, log, [] { rt0::goexit_now(); });
  });
  (void)done.recv();
  log += p.use_count() == 1 ? " one owner" : " leaked";
}
void goexit_in_defer(Log log) {
  rt0::WaitGroup wg;
  wg.go([&] {
    Obj a(log, "A");
    rt0::Defer last([&] { log += "[last]"; });
    rt0::Defer d([&] {
      Obj b(log, "B");
      rt0::goexit_now();
    });
    down(1, log, [] { rt0::panic(1); });
  });
  wg.wait();
}

// Deferred calls and objects in one function. Those that run because of the panic see all objects alive; those that run
// after the recovery take their turn among the destructors.
[[gnu::noinline]] void mixed(Log log) {
  Obj a(log, "a");
  rt0::Defer outer([&] { log += "[outer:" + recovered() + "]"; });
  Obj b(log, "b");
  rt0::Defer inner([&] { log += recovered() + "[b is " + b.text + "]"; });
  Obj c(log, "c");
  rt0::Defer first([&] { log += "[first: c is " + c.text + "]"; });
  rt0::panic(1);
}
void order(Log log) {
  rt0::func([&] { mixed(log); });
}
int returns(Log log) {
  Obj before(log, "before ");
  int result = 1;
  RT0_RECOVER_RETURN(result);
  rt0::Defer d([&] {
    log += recovered();
    result = 2;
  });
  Obj after(log, "after ");
  rt0::panic(3);
}
void recover_return(Log log) { log += "result " + std::to_string(returns(log)); }

// A panic in a deferred call replaces the first.
void panic_in_defer(Log log) {
  guarded(log, [&] {
    Obj a(log, "a");
    rt0::Defer d([&] {
      Obj b(log, "b");
      down(1, log, [] { rt0::panic(2); });
    });
    Obj c(log, "c");
    rt0::panic(1);
  });
}
void panic_again(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    guarded(log, [&] {
      Obj b(log, "B");
      rt0::Defer d([&] {
        const rt0::Recovered r = rt0::recover();
        log += "[again]";
        rt0::panic(r);
      });
      Obj c(log, "C");
      rt0::panic(5);
    });
    log += " then ";
    down(1, log, [] { rt0::panic(6); });
  });
}
void nested(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    rt0::Defer d([&] {
      Obj b(log, "B");
      guarded(log, [&] { down(1, log, [] { rt0::panic(2); }); });
      log += " inside ";
    });
    Obj c(log, "C");
    rt0::panic(1);
  });
}

// What a destructor may do.
void destructor_recovers(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    const Does does{[&] {
      log += "(";
      guarded(log, [&] { down(1, log, [] { rt0::panic(2); }); });
      log += ")";
    }};
    Obj b(log, "B");
    rt0::panic(1);
  });
}
void destructor_throws_and_catches(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    const Does does{[&] {
      try {
        down(1, log, [] { throw std::runtime_error("thrown"); });
      } catch (const std::exception& e) { log += "(" + std::string(e.what()) + ")"; }
    }};
    Obj b(log, "B");
    rt0::panic(1);
  });
}
void destructor_waits(Log log) {
  rt0::Chan<int> c(0), d(0);
  rt0::go([&] {
    for (int i = 0; i < 3; i++) {
      (void)c.recv();
      d.send(i);
    }
  });
  guarded(log, [&] {
    const Does does{[&] {
      for (int i = 0; i < 3; i++) {
        rt0::gosched();
        c.send(i);
        log += std::to_string(d.recv());
      }
    }};
    Obj b(log, "B");
    rt0::panic(1);
  });
}
[[gnu::noinline]] void caller_of_panicking_destructor(Log log) {
  Obj outer(log, "outer");
  const Does does{[&] {
    log += "(";
    rt0::panic(2);
  }};
  rt0::panic(1);
}
void destructor_panics(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    rt0::Defer d([&] { log += "[d" + recovered() + "]"; });
    rt0::func([&] {
      Obj b(log, "B");
      rt0::Defer e([&] { log += recovered(); });
      caller_of_panicking_destructor(log);
    });
    log += "!";
  });
}
[[gnu::noinline]] void exits_in_destructor(Log log) {
  Obj outer(log, "outer");
  const Does does{[&] {
    log += "(";
    rt0::goexit_now();
  }};
  rt0::panic(1);
}
void destructor_exits(Log log) {
  rt0::WaitGroup wg;
  wg.go([&] {
    Obj a(log, "A");
    guarded(log, [&] {
      Obj b(log, "B");
      exits_in_destructor(log);
    });
  });
  wg.wait();
}

// Many goroutines that yield, wait and are preempted while their frames are left. Prints how many came out right.
int work(int seed, rt0::Chan<int>& tokens) {
  int right = 0;
  for (int round = 0; round < 20; round++) {
    std::string log;
    guarded(log, [&] {
      const Does waits{[&] {
        tokens.send(round);
        volatile int spin = 0;
        while (spin < 2000) spin = spin + 1;
        log += tokens.recv() >= 0 ? "w" : "!";
      }};
      down((seed + round) % 5, log, [&] {
        if (round % 3 == 0) value = value_of(null_node);
        rt0::gosched();
        rt0::panic(round);
      });
    });
    const std::size_t end = log.find(']');
    right +=
        log.substr(end + 1) == std::string("abcde").substr(0, static_cast<std::size_t>((seed + round) % 5 + 1)) + "w";
  }
  return right;
}
void many(Log log, int goroutines) {
  rt0::Chan<int> tokens(3), sums(goroutines);
  for (int i = 0; i < goroutines; i++) rt0::go([&tokens, &sums, i] { sums.send(work(i, tokens)); });
  int right = 0;
  for (int i = 0; i < goroutines; i++) right += sums.recv();
  log += std::to_string(right) + " of " + std::to_string(20 * goroutines);
}

// Memory: nothing is left behind by many rounds.
void no_leak(Log log) {
  auto shared = std::make_shared<int>(1);
  rt0::MemStats before, after;
  std::string unused;
  const auto round = [&] {
    guarded(unused, [&, copy = shared] {
      Obj a(unused, "");
      try {
        rt0::panic(1);
      } catch (...) { copy.use_count(); }
    });
    unused.clear();
  };
  for (int i = 0; i < 100; i++) round();
  rt0::read_mem_stats(&before);
  for (int i = 0; i < 10000; i++) round();
  rt0::read_mem_stats(&after);
  log += std::to_string(shared.use_count()) + " owner, " + std::to_string(live.load()) + " objects, " +
         (after.heap_objects <= before.heap_objects + 10 ? "nothing" : "something") + " left";
}

constexpr Case kCases[] = {
    {"panic from code", from_code},
    {"nil in a leaf", nil_deep},
    {"nil in the function", nil_here},
    {"nil in a try block", nil_in_try},
    {"division by zero", division},
    {"division in the function", division_here},
    {"division of 64 bits", division_64},
    {"closed channel", closed_channel},
    {"value with a destructor", value_with_destructor},
    {"Goexit from depth", goexit_deep},
    {"Goexit, captures", goexit_plain},
    {"Goexit in a deferred call", goexit_in_defer},
    {"defers and objects", order},
    {"RT0_RECOVER_RETURN", recover_return},
    {"panic in a deferred call", panic_in_defer},
    {"panic again", panic_again},
    {"nested", nested},
    {"destructor recovers", destructor_recovers},
    {"destructor throws and catches", destructor_throws_and_catches},
    {"destructor waits", destructor_waits},
    {"destructor panics", destructor_panics},
    {"destructor calls Goexit", destructor_exits},
};

[[gnu::noinline]] void terminate() { std::terminate(); }

// Ends of the process: not a panic that was recovered.
void ends(std::string_view how) {
  std::string log;
  const Does does{[] { println("main's object"); }};
  const rt0::Defer d([] { println("main's deferred call"); });
  if (how == "unrecovered") rt0::panic("nobody recovers");
  if (how == "goexit") rt0::goexit_now();
  if (how == "leaves catch")
    guarded(log, [] {
      try {
        rt0::panic(1);
      } catch (...) { throw std::runtime_error("out of the handler"); }
    });
  if (how == "terminate")
    guarded(log, [&] {
      const Does terminates{[] { terminate(); }};
      rt0::panic(1);
    });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view only = argc > 1 ? argv[1] : "";
  if (argc > 2) {
    ends(argv[2]);
    return 0;
  }
  const auto run = [only](const Case& c) {
    if (only != "" && only != c.name) return;
    std::string log;
    c.run(log);
    println(std::string(c.name) + ": " + log);
  };
  for (const Case& c : kCases) run(c);
  for (const Case* c = kCatchCases; c->name != nullptr; c++) run(*c);
  run({"no leak", no_leak});
  if (live.load() != 0) println("objects left:", live.load());
  std::string log;
  if (only == "" || only == "many") many(log, 32);
  if (only == "thousands") many(log, 2000);
  if (log != "") println("many: " + log);
  // In main itself: main has returned 0.
  rt0::Defer d([&] {
    Obj b(log, "");
    println("main: " + recovered());
  });
  const Does last{[] { println("main's object"); }};
  rt0::panic(1);
}
