// env: GOMAXPROCS=1
// math/rand/v2: numbers of the normal and the exponential distribution
#include <rt0/rt0.h>

namespace fmt = rt0::fmt;
namespace rand = rt0::rand;
namespace strconv = rt0::strconv;
using rt0::builtin::String;

namespace {

String& put(String& line, double x) { return strconv::append_float(line.push(' '), x, 'g', -1, 64); }

template <class F>
void draw(const char* what, int n, F f) {
  uint64_t sum = 0;
  double least = 0, most = 0;
  int outside = 0;
  for (int i = 0; i < n; i++) {
    const double x = f();
    if (i < 20) {
      String line(what);
      fmt::println(put(line, x));
    }
    if (x > 3.4426 || x < -3.4426) {
      String line(what);
      if (outside < 30) fmt::println(put(line.append(" tail"), x));
      outside++;
    }
    least = x < least ? x : least;
    most = x > most ? x : most;
    sum = sum * 31 + __builtin_bit_cast(uint64_t, x);
  }
  String line(what);
  strconv::append_uint(line.push(' '), sum, 10);
  put(put(line, least), most);
  fmt::println(line, outside);
}

void both(const rand::Rand& r) {
  draw("normal", 100000, [&] { return r.norm_float64(); });
  draw("exponential", 100000, [&] { return r.exp_float64(); });
}

}  // namespace

int main() {
  rand::PCG pcg(1, 2);
  both(rand::Rand(pcg));
  rand::ChaCha8 chacha("chacha8: 32-byte seed for a test");
  both(rand::Rand(chacha));
  double sum = 0;
  int big = 0;
  for (int i = 0; i < 10000; i++) {
    sum += rand::norm_float64();
    if (rand::exp_float64() > 1) big++;
  }
  fmt::println(sum < 1000 && sum > -1000, big > 3000 && big < 4400);
}
