// env: GOMAXPROCS=1
// math/rand/v2: the streams of PCG and ChaCha8, and what is drawn from them
#include <rt0/rt0.h>

namespace fmt = rt0::fmt;
namespace rand = rt0::rand;
namespace strconv = rt0::strconv;
using rt0::builtin::String;

namespace {

template <class T>
void show(const T* p, size_t n) {
  String line("[");
  for (size_t i = 0; i < n; i++) strconv::append_int(i > 0 ? line.push(' ') : line, static_cast<int64_t>(p[i]), 10);
  fmt::println(line.push(']'));
}

void numbers(const rand::Rand& r) {
  for (int i = 0; i < 40; i++) {
    String line;
    strconv::append_uint(line, r.uint64(), 10);
    strconv::append_uint(line.push(' '), r.uint32(), 10);
    strconv::append_int(line.push(' '), r.int64(), 10);
    strconv::append_int(line.push(' '), r.int32(), 10);
    strconv::append_int(line.push(' '), r.int_n(i + 1), 10);
    strconv::append_int(line.push(' '), r.int32_n(1000000007), 10);
    strconv::append_int(line.push(' '), r.int64_n((int64_t{1} << 62) + 1), 10);
    strconv::append_uint(line.push(' '), r.uint32_n((1u << 31) + 1), 10);
    strconv::append_uint(line.push(' '), r.uint64_n((uint64_t{1} << 63) + 1), 10);
    strconv::append_float(line.push(' '), r.float64(), 'g', -1, 64);
    strconv::append_float(line.push(' '), static_cast<double>(r.float32()), 'g', -1, 32);
    fmt::println(line);
  }
  int p[20];
  r.perm(p, 20);
  show(p, 20);
  int s[] = {1, 2, 3, 4, 5};
  r.shuffle(5, [&](ptrdiff_t i, ptrdiff_t j) {
    const int t = s[i];
    s[i] = s[j];
    s[j] = t;
  });
  show(s, 5);
}

template <class F>
void panics(F f) {
  rt0::func([&] {
    rt0::Defer d([] { fmt::println(rt0::recover().as<const char*>()); });
    f();
  });
}

}  // namespace

int main() {
  rand::PCG one(1, 2), other(0, ~uint64_t{0}), p(3, 4);
  numbers(rand::Rand(one));
  numbers(rand::Rand(other));
  rand::ChaCha8 c("chacha8: 32-byte seed for a test");
  numbers(rand::Rand(c));
  uint64_t sum = 0;
  for (int i = 0; i < 100000; i++) sum = sum * 31 + c.uint64();
  fmt::println(sum);
  unsigned char b[20];
  for (size_t n = 0; n < 20; n++) {
    c.read(b, n);
    show(b, n);
  }
  for (int i = 0; i < 100000; i++) sum = sum * 31 + p.uint64();
  fmt::println(sum);
  rand::Rand r(p);
  panics([&] { r.int_n(0); });
  panics([&] { r.int64_n(-1); });
  panics([&] { r.int32_n(0); });
  panics([&] { r.uint32_n(0); });
  panics([&] { r.uint64_n(0); });
  panics([&] { r.shuffle(-1, [](ptrdiff_t, ptrdiff_t) {}); });
  int same = 0, below = 0;
  for (int i = 0; i < 1000; i++) {
    same += rand::uint64() == rand::uint64();
    below += rand::int_n(10) < 10 && rand::float64() < 1;
  }
  fmt::println(same, below);
}
