// Every place where rt0 calls a function of the program, with a function that returns, panics, recovers its own panic
// without a recover point, calls goexit_now(), or blocks. docs/PANICS.md has the list. Argument 1: place; 2: what the
// function does. Prints what the program sees after the call, and "done".
#include <rt0/errgroup.h>
#include <rt0/gc.h>
#include <rt0/init.h>
#include <rt0/map.h>
#include <rt0/pool.h>
#include <rt0/rt0.h>

using namespace rt0;

namespace {

constinit Text how{};
bool is(const char* s) {
  const PrintArg a(s);
  if (a.string.len != how.len) return false;
  for (size_t i = 0; i < how.len; i++)
    if (a.string.ptr[i] != how.ptr[i]) return false;
  return true;
}

int calls = 0;

// The program's function.
int act() {
  calls++;
  if (is("panics")) panic("act");
  if (is("goexits")) goexit_now();
  if (is("blocks")) sleep(Duration{2000000});
  if (is("recovers")) {
    Defer d([] { (void)recover(); });
    panic("recovered");
  }
  return 7;
}

// Calls f in a goroutine of its own, and prints how that goroutine ended.
template <class F>
void watch(const F& f) {
  Chan<int> over(0);
  go([&] {
    Defer d([&] {
      if (const Recovered r = recover()) println("panicked:", r);
      over.close();
    });
    f();
    println("went on");
  });
  (void)over.recv();
}

// Counts its living copies.
struct Counted {
  static inline int alive = 0;
  Counted() { alive++; }
  Counted(const Counted&) { alive++; }
  ~Counted() { alive--; }
  Counted& operator=(const Counted&) = default;
};

void wait_for_none_alive() {
  for (int i = 0; i < 2000 && Counted::alive != 0; i++) sleep(Duration{1000000});
  println("alive", Counted::alive);
}

void try_go() {
  {
    Counted c;
    go([c] { (void)act(); });
  }
  wait_for_none_alive();
}

void try_wait_group() {
  WaitGroup wg;
  for (int i = 0; i < 3; i++) wg.go([] { (void)act(); });
  wg.wait();
}

void try_errgroup() {
  errgroup::Group<const char*> g;
  g.set_limit(1);
  for (int i = 0; i < 3; i++) {
    g.go([]() -> const char* { return act() == 7 ? "seven" : nullptr; });
  }
  const char* e = g.wait();
  println(e == nullptr ? "no error" : e);
}

void try_once() {
  Once once;
  for (int i = 0; i < 2; i++) watch([&] { once.do_([] { (void)act(); }); });
}

void try_once_value() {
  auto v = once_value([] { return act(); });
  for (int i = 0; i < 2; i++) watch([&] { println("value", v()); });
}

void try_once_func() {
  auto f = once_func([] { (void)act(); });
  for (int i = 0; i < 2; i++) watch([&] { f(); });
}

void try_pool() {
  static constinit sync::Pool<int> pool([] { return act() == 7 ? new int(7) : nullptr; });
  watch([] {
    int* p = pool.get();
    println("got", p != nullptr);
    delete p;
  });
}

void try_after_func() {
  {
    Counted c;
    for (int i = 0; i < 3; i++) after_func(Duration{1000}, [c] { (void)act(); });
  }
  wait_for_none_alive();
}

void try_context() {
  {
    Counted c;
    context::WithCancel w = context::with_cancel(context::background());
    for (int i = 0; i < 3; i++) context::after_func(w.ctx, [c] { (void)act(); });
    w.cancel();
  }
  wait_for_none_alive();
}

struct Key {
  int v = 0;
  static inline bool acts = false;
  friend bool operator==(const Key& a, const Key& b) {
    if (acts) (void)act();
    return a.v == b.v;
  }
  friend uint64_t hash(const Key&) { return 1; }
};

void try_map_range() {
  static sync::Map<int, Counted> m;
  for (int i = 0; i < 3; i++) m.store(i, Counted());
  watch([] {
    m.range([](int, const Counted&) { return act() == 7; });
    println("calls", calls);
  });
  println("alive", Counted::alive);
  m.clear();
}

void try_map_equal() {
  static sync::Map<Key, int> m;
  m.store(Key{1}, 1);
  Key::acts = true;
  watch([] { println("found", m.load(Key{1}).ok); });
  Key::acts = false;
  println("still there", m.load(Key{1}).ok);
}

void try_builtin_map() {
  builtin::map<Key, int> m;
  m.set(Key{1}, 1);
  Key::acts = true;
  watch([&] { m.set(Key{1}, 2); });
  Key::acts = false;
  m.set(Key{1}, m.get(Key{1}) + 1);
  println("value", m.get(Key{1}));
}

struct Object {
  long pad[8];
};
[[gnu::noinline]] void make_objects(int n) {
  for (int i = 0; i < n; i++) set_finalizer(new Object(), [](Object*) { (void)act(); });
}
[[gnu::noinline]] void wipe_stack() {
  char room[8192];
  for (char& c : room) c = 0;
  asm volatile("" ::"r"(room) : "memory");
}

// Not all finalizers need to run: a word that looks like an object's address may keep that object.
void try_finalizer() {
  make_objects(20);
  wipe_stack();
  for (int i = 0; i < 200 && calls < 15; i++) {
    gc();
    sleep(Duration{1000000});
  }
  const Chan<int> never(0);
  for (int i = 0; i < 3; i++) go([never] { (void)never.recv(); });
  for (int i = 0; i < 1000 && num_goroutine() != 4; i++) sleep(Duration{1000000});
  println("most called", calls >= 15, "goroutines", num_goroutine());
}

struct Says {
  Text Error() const {
    (void)act();
    return {"says", 4};
  }
};
void try_error_method() {
  watch([] {
    func([] {
      Defer d([] {
        const Recovered r = recover();
        println("value", r);
      });
      panic(Says{});
    });
  });
}
void try_fatal_error_method() { panic(Says{}); }

// Nested panics with values of more types than the table of methods has room for.
template <int n>
struct Of {
  char text[4] = {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10), 0, 0};
  Text Error() const { return {text, 2}; }
};
template <int n>
void panic_each() {
  if constexpr (n > 0) {
    Defer d([] { panic_each<n - 1>(); });
    panic(Of<n>{});
  } else {
    (void)act();
  }
}

const struct {
  const char* name;
  void (*run)();
} kPlaces[] = {{"go", try_go},
               {"wait_group", try_wait_group},
               {"errgroup", try_errgroup},
               {"once", try_once},
               {"once_value", try_once_value},
               {"once_func", try_once_func},
               {"pool", try_pool},
               {"after_func", try_after_func},
               {"context", try_context},
               {"map_range", try_map_range},
               {"map_equal", try_map_equal},
               {"builtin_map", try_builtin_map},
               {"finalizer", try_finalizer},
               {"error_method", try_error_method},
               {"fatal_error_method", try_fatal_error_method},
               {"many_types", panic_each<70>},
               {"init", [] { println("calls", calls); }},
               {"main", [] { (void)act(); }}};

// The init task runs before main, so it reads from the arguments what is to be tried.
void first_task() {
  const Args a = args_of_program();
  if (a.len < 3) exit(3);
  const PrintArg what(a.ptr[2]);
  how = what.string;
  if (a.ptr[1][0] == 'i') (void)act();
}

}  // namespace

RT0_INIT(first, first_task);
RT0_INIT(second, [] { println("second task"); }, &rt0_init_first);

int main(int, char** argv) {
  for (const auto& place : kPlaces) {
    const char *a = place.name, *b = argv[1];
    while (*a != '\0' && *a == *b) a++, b++;
    if (*a == *b) place.run();
  }
  println("done");
}
