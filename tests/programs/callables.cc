// Each function of the API that takes a callable is given callables of all kinds: a function by its name, a noexcept
// function, a lambda, a mutable lambda, and a lambda that can only be moved. Prints how often they have been called.
// tests/cases/api_test.py has the output.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

constinit atomic::Int32 calls{};

// Can be moved, but not copied.
struct Token {
  bool mine = true;
  Token() = default;
  Token(Token&& t) noexcept : mine(t.mine) { t.mine = false; }
};

int plain() { return calls.add(1); }
int never_throws() noexcept { return calls.add(1); }
const char* no_error() {
  calls.add(1);
  return nullptr;
}
void takes_int(int) { calls.add(1); }
bool takes_pair(int, int) noexcept { return calls.add(1) != 0; }
int* makes() {
  calls.add(1);
  return nullptr;
}
void finalizes(int*) { calls.add(1); }

// use(f) with f of each kind; then waits until all five have been called.
template <class Use>
void each(const char* name, const Use& use) {
  calls.store(0);
  use(plain);
  use(never_throws);
  use([] { return plain(); });
  use([n = 0]() mutable { return n = plain(); });
  use([t = Token()] { return t.mine ? plain() : 0; });
  for (int i = 0; i < 5000 && calls.load() < 5; i++) sleep(ms(1));
  println(name, calls.load());
}

// As each, for callables that give the error of a group's goroutine.
template <class Use>
void each_with_error(const char* name, const Use& use) {
  calls.store(0);
  use(no_error);
  use([] { return no_error(); });
  use([n = 0]() mutable { return n++ == 0 ? no_error() : nullptr; });
  use([t = Token()] { return t.mine ? no_error() : nullptr; });
  println(name, calls.load());
}

// As each, for callables with one argument.
template <class Use>
void each_of_int(const char* name, const Use& use) {
  calls.store(0);
  use(takes_int);
  use([](int n) { takes_int(n); });
  use([n = 0](int m) mutable { takes_int(n = m); });
  use([t = Token()](int n) {
    if (t.mine) takes_int(n);
  });
  println(name, calls.load());
}

void goroutines() {
  each("go", [](auto&& f) { go(static_cast<decltype(f)>(f)); });
  each("go_with", [](auto&& f) { go_with({.stack = 65536}, static_cast<decltype(f)>(f)); });
  WaitGroup wg;
  each("WaitGroup::go", [&](auto&& f) { wg.go(static_cast<decltype(f)>(f)); });
  wg.wait();
  each_with_error("errgroup go", [](auto&& f) {
    errgroup::Group<> g;
    g.go(static_cast<decltype(f)>(f));
    (void)g.wait();
  });
  each_with_error("errgroup try_go", [](auto&& f) {
    errgroup::Group<> g;
    (void)g.try_go(static_cast<decltype(f)>(f));
    (void)g.wait();
  });
  each("after_func", [](auto&& f) { (void)after_func(ms(1), static_cast<decltype(f)>(f)); });
  each("context::after_func", [](auto&& f) {
    auto [ctx, cancel] = context::with_cancel(context::background());
    (void)context::after_func(ctx, static_cast<decltype(f)>(f));
    cancel();
  });
}

void in_place() {
  each("Once", [](auto&& f) {
    Once once;
    once.do_(static_cast<decltype(f)>(f));
    once.do_(static_cast<decltype(f)>(f));
  });
  each("once_func", [](auto&& f) {
    auto g = once_func(static_cast<decltype(f)>(f));
    g();
    g();
  });
  each("once_value", [](auto&& f) {
    auto g = once_value(static_cast<decltype(f)>(f));
    if (g() != g()) panic("two values");
  });
  each("Defer", [](auto&& f) { const Defer d(static_cast<decltype(f)>(f)); });
  each("func", [](auto&& f) { (void)func(static_cast<decltype(f)>(f)); });
  each("otherwise", [](auto&& f) { select(otherwise(static_cast<decltype(f)>(f))); });
  each_of_int("func with a result", [](auto&& f) { (void)func<int>(static_cast<decltype(f)>(f)); });
  Chan<int> c(8);
  each("select send", [&](auto&& f) { select(send(c, 1, static_cast<decltype(f)>(f))); });
  each("select recv", [&](auto&& f) { select(recv(c, static_cast<decltype(f)>(f))); });
  each_of_int("select recv of a value", [&](auto&& f) {
    c.send(1);
    select(recv(c, static_cast<decltype(f)>(f)));
  });
}

void others() {
  sync::Map<int, int> m;
  m.store(1, 2);
  calls.store(0);
  m.range(takes_pair);
  m.range([](int k, int v) { return takes_pair(k, v); });
  m.range([n = 0](int k, int) mutable { return takes_pair(k, n++); });
  m.range([t = Token()](int k, int v) { return t.mine && takes_pair(k, v); });
  println("Map::range", calls.load());

  // Pool and set_finalizer keep a pointer to a function; a lambda without captures becomes one.
  calls.store(0);
  static constinit sync::Pool<int> by_name(makes);
  static constinit sync::Pool<int> by_lambda([] { return makes(); });
  (void)by_name.get();
  (void)by_lambda.get();
  println("Pool", calls.load());
  int* object = new int;
  set_finalizer(object, finalizes);
  set_finalizer(object, nullptr);
  set_finalizer(object, [](int* p) { finalizes(p); });
  set_finalizer(object, nullptr);
  delete object;

  // A function as a value.
  const any v = plain, w = never_throws;
  println("any", v.as<int (*)()>() == &plain, w.as<int (*)()>() == &never_throws);
  func([] {
    Defer d([] { println("panic", recover().as<int (*)()>() == &never_throws); });
    panic(never_throws);
  });
}

}  // namespace

int main() {
  goroutines();
  in_place();
  others();
}
