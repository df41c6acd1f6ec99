// The cases of cxx_unwind with catch (...), noexcept functions, and frames of the runtime.
#include "unwind.h"

void call_bare(void (*f)(void*), void* arg);  // unwind_bare.cc

namespace unwind {
namespace {

// catch (...) on the way: its body runs, and the unwinding goes on when it ends.
void catch_all(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    try {
      Obj b(log, "B");
      rt0::panic(1);
    } catch (...) {
      log += "(caught" + std::string(std::current_exception() != nullptr ? "" : " nothing") + ")";
      Obj c(log, "C");
    }
    log += "!";
  });
}
void catch_all_returns(Log log) {
  guarded(log, [&] {
    const auto f = [&]() -> int {
      Obj a(log, "A");
      for (;;) {
        try {
          down(1, log, [] { rt0::panic(1); });
        } catch (...) {
          log += "(caught)";
          return 3;
        }
      }
    };
    log += std::to_string(f());
  });
}
void catch_all_rethrows(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    try {
      try {
        Obj b(log, "B");
        rt0::panic(1);
      } catch (...) {
        log += "(first)";
        throw;
      }
    } catch (const std::exception&) { log += "!"; } catch (...) {
      log += "(second)";
    }
    log += "!";
  });
}
[[gnu::noinline]] void translates(Log log) {
  Obj outer(log, "outer");
  try {
    Obj c(log, "C");
    try {
      Obj b(log, "B");
      rt0::panic(1);
    } catch (...) {
      log += "(caught)";
      throw std::runtime_error("another");
    }
  } catch (const std::runtime_error& e) { log += std::string("(") + e.what() + ")"; }
  log += "!";
}
void catch_all_throws(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    translates(log);
    log += "!";
  });
  log += " " + std::to_string(std::uncaught_exceptions());
}
void catch_all_recovers(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    try {
      rt0::panic(1);
    } catch (...) {
      guarded(log, [&] {
        Obj b(log, "B");
        try {
          rt0::panic(2);
        } catch (...) { log += "(inner)"; }
      });
      log += "(outer)";
    }
  });
}
void carried(Log log) {
  std::exception_ptr p;
  guarded(log, [&] {
    try {
      rt0::panic(1);
    } catch (...) { p = std::current_exception(); }
  });
  try {
    std::rethrow_exception(p);
  } catch (const std::exception& e) { log += e.what(); }
}
void leaves_catch_block(Log log) {
  guarded(log, [&] {
    try {
      throw std::make_shared<Obj>(log, "thrown");
    } catch (const std::shared_ptr<Obj>&) {
      Obj b(log, "B ");
      rt0::panic(1);
    }
  });
  log += std::current_exception() == nullptr ? " gone" : " still there";
}

// noexcept functions let a panic pass.
[[gnu::noinline]] int no_throw(Node* n) noexcept { return value_of(n); }
void through_noexcept(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    down(0, log, [] { value = no_throw(null_node); });
  });
}
[[gnu::noinline]] void calls_no_throw(Log log) {
  Obj b(log, "B");
  value = no_throw(null_node);
}
void noexcept_here(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    calls_no_throw(log);
  });
}
[[gnu::noinline]] void no_throw_with_try(Log log) noexcept {
  try {
    Obj b(log, "B");
    down(0, log, [] { rt0::panic(1); });
  } catch (int) { log += "!"; }
}
void through_noexcept_with_cleanup(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    down(0, log, [&] { no_throw_with_try(log); });
  });
}

// Through frames of the runtime.
void through_once(Log log) {
  rt0::sync::Once once;
  guarded(log, [&] {
    Obj a(log, "A");
    once.do_([&] {
      Obj b(log, "B");
      down(1, log, [] { rt0::panic(1); });
    });
    log += "!";
  });
  once.do_([&] { log += " again"; });
}
void through_map(Log log) {
  rt0::sync::Map<int, int> m;
  m.store(1, 2);
  guarded(log, [&] {
    Obj a(log, "A");
    m.range([&](int, int) -> bool {
      Obj b(log, "B");
      rt0::panic(1);
    });
  });
}
void through_goexit_in_once(Log log) {
  rt0::sync::Once once;
  rt0::WaitGroup wg;
  wg.go([&] {
    Obj a(log, "A");
    once.do_([&] {
      Obj b(log, "B");
      rt0::goexit_now();
    });
  });
  wg.wait();
}
int compare(const void* a, const void* b) {
  if (*static_cast<const int*>(a) == 3 || *static_cast<const int*>(b) == 3) rt0::panic(std::string("three"));
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}
void through_qsort(Log log) {
  int numbers[] = {5, 3, 1, 4};
  guarded(log, [&] {
    Obj a(log, "A");
    std::qsort(numbers, 4, sizeof(int), compare);
  });
}

// Through a frame without tables: no destructor runs, on neither side of it, and the deferred calls all do.
void through_bare(Log log) {
  guarded(log, [&] {
    Obj a(log, "A");
    rt0::Defer d([&] { log += "[d]"; });
    call_bare(
        [](void* l) {
          Obj b(*static_cast<std::string*>(l), "B");
          rt0::Defer e([&] { b.log += "[e]"; });
          rt0::panic(1);
        },
        &log);
  });
}

// A lock is given back.
void lock_guard(Log log) {
  std::mutex mu;
  guarded(log, [&] {
    const std::lock_guard<std::mutex> l(mu);
    rt0::panic(1);
  });
  const std::lock_guard<std::mutex> l(mu);
  log += " unlocked";
}

// In a goroutine's own function, without a recover point: the goroutine ends.
void goroutine_ends(Log log) {
  rt0::WaitGroup wg;
  wg.go([&] {
    rt0::Defer d([&] { log += recovered(); });
    Obj a(log, "a");
    rt0::panic(1);
  });
  wg.wait();
}

}  // namespace

const Case kCatchCases[] = {
    {"catch (...)", catch_all},
    {"catch (...) returns", catch_all_returns},
    {"catch (...) rethrows", catch_all_rethrows},
    {"catch (...) throws", catch_all_throws},
    {"catch (...) recovers another", catch_all_recovers},
    {"exception_ptr", carried},
    {"out of a catch block", leaves_catch_block},
    {"noexcept", through_noexcept},
    {"noexcept, called directly", noexcept_here},
    {"noexcept with a cleanup", through_noexcept_with_cleanup},
    {"Once", through_once},
    {"Map", through_map},
    {"Once and Goexit", through_goexit_in_once},
    {"qsort", through_qsort},
    {"a frame without tables", through_bare},
    {"lock_guard", lock_guard},
    {"goroutine ends", goroutine_ends},
    {nullptr, nullptr},
};

}  // namespace unwind
