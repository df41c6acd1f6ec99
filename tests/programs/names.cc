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

}  // namespace

int main() {
  sync::Pool<int> pool;
  println(pool.get() == nullptr);
  times();
  channels();
  texts();
  println(named(false), named(true));
  values();
}
