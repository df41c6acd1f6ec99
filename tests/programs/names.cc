// The API in a program that uses some of rt0's names for its own things; names_own.cc has all of them.
// tests/cases/api_test.py has the output.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

struct Failure {
  Text Error() const { return "a failure"; }
};

void times() {
  const Time t = Time::from_unix(1000, 5), u = t + seconds(2);
  println((u - t).str(), (t - ms(1)).unix_nano(), u > t, t <= u, t == t, t < u - seconds(3), (ms(1) + t) == t + ms(1));
  Time v = t;
  v += minutes(1);
  v -= seconds(1);
  println((v - t).str());
}

void channels() {
  Chan<int> c = nullptr, d(0);
  println(c == nullptr, d == nullptr, c == d);
  c = Chan<int>(1);
  c.send(3);
  d = c;
  c = nullptr;
  println(!c, d.recv());
}

void texts() {
  constexpr Text t = "twenty-two";
  static_assert(t.len == 10 && t == Text("twenty-two", 10));
  println(t, t == "twenty-two", t == "twenty", Text("cut off", 3));
  const auto [f, err] = os::open("/nowhere/at/all");
  println(err.op() == "open", err.reason() == "no such file or directory", err.op() == err.reason());
  println(err == os::Err::noent, err == io::eof);
}

int named(bool fails) {
  return func<int>([&](int& r) {
    Defer d([&] {
      if (auto e = recover()) r = -1;
      else r++;
    });
    r = 10;
    if (fails) panic("no");
    r = 20;
  });
}

void values() {
  Chan<any> c(8);
  c.send(42);
  c.send("text");
  c.send(Failure{});
  c.send(nullptr);
  const any n = c.recv(), s = c.recv(), f = c.recv(), nil = c.recv();
  println(n.as<int>(), n.is<long>(), s.as<const char*>(), n, s, nil);
  println(f.is_error(), f.error(), n.is_error(), n.error().size(), nil.is_error(), static_cast<bool>(nil));
  const any copy = f;
  println(copy.get<Failure>() != nullptr, copy.get<int>() == nullptr);
  func([&] {
    Defer d([] {
      const Recovered r = recover();
      const any kept = r;
      println(r.is_error(), kept.error() == "a failure");
    });
    panic(Failure{});
  });
  func([&] {
    Defer d([] { println((recover().get<void (*)()>() != nullptr)); });
    panic(times);
  });
}

template <class T>
struct Box {
  T held;
};
struct Yes {
  operator bool() const { return true; }
};

// panic(any) panics with the value that the any holds.
void held_values() {
  const auto caught = [](const any& v) {
    any got;
    func([&] {
      Defer d([&] { got = recover(); });
      panic(v);
    });
    return got;
  };
  println(caught(5).is<int>(), caught(new Failure).is_error(), caught(Failure{}).error(), caught(caught("x")));
  println(caught(any()).is<RuntimeError>(), caught(nullptr).error());
  // An any that is made of an error object without an error is nil.
  const errors::Error none;
  println(any(none), any(context::Error()), static_cast<bool>(any(none)));
  func([] {
    Defer d([] { println(recover()); });
    panic(errors::Error());
  });
  func([] {
    Defer d([] { println(recover()); });
    panic(context::Error());
  });
  println(errors::errorf("%v %w %T %s", none, none, none, context::Error()));
  // errorf looks into an any, and wraps a context's error.
  const any five = 5, text = "text", failure = Failure{}, nil = nullptr;
  println(errors::errorf("%v %d %s %v %T %T %T", five, five, text, failure, five, failure, nil));
  const errors::Error over = errors::errorf("op: %w", context::kCanceled), held = errors::errorf("op: %w", failure);
  println(over, errors::is(over, context::kCanceled), errors::is(over, context::kDeadlineExceeded));
  println(held, errors::as<Failure>(held).ok, any(context::kCanceled).is_error(), any(over).is_error());
  println(errors::unwrap(errors::errorf("%w", any(over))) == over);
}

void compared_values() {
  atomic::Value v, t;
  const bool first = v.compare_and_swap(v.load(), 5), other = v.compare_and_swap(any(6), 7);
  const bool same = v.compare_and_swap(v.load(), 7);
  println(first, other, same, v.load());
  t.store("text");
  const bool other_text = t.compare_and_swap(any("other"), "x"), same_text = t.compare_and_swap(t.load(), "new");
  println(other_text, same_text, t.load());
}

void times_as_values() {
  println(any(seconds(90)), any(Time{}), any(Time::from_unix(1000, 5)), any(Time::from_unix(951868799, 120000000)));
  println(errors::errorf("%v %s %q %T", seconds(90), ms(1500), us(1), ns(1)), any(Time::from_unix(-1, 0)));
  println(Time::from_unix(4107542400, 0).str(), Time::from_unix(253402300800, 0).str());
  println(errors::errorf("%v", now()).size() > 30);
}

void functions_as_values() {
  const auto address = [](const any& v) {
    const errors::Error e = errors::errorf("%v %T", v, v);
    return errors::make({e.data(), 2}).size() == 2 && e.data()[0] == '0' && e.data()[1] == 'x';
  };
  println(address([] {}), address(times), address(+[](int) {}), any(Yes()), any(true));
  const int n = 1;
  println(errors::errorf("%T, %T, %T", [] {}, [n](int x) { return x + n; }, times));
  println(errors::errorf("%T %T %T", Box<int>(), Box<Box<Failure>>(), Chan<Box<float>>()));
  const Chan<int> c(1);
  const any held = c;
  println(errors::errorf("%v", c).size() > 5, errors::errorf("%v", any(Chan<int>())), held.as<Chan<int>>() == c);
}

}  // namespace

int main() {
  sync::Pool<int> pool;
  println(pool.get() == nullptr);
  times();
  channels();
  texts();
  println(named(false), named(true));
  values();
  held_values();
  compared_values();
  times_as_values();
  functions_as_values();
}
