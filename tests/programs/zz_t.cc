#include <rt0/rt0.h>
using namespace rt0;
int main() {
  Timer t = after_func(ms(10), []{ println("fired"); });
  sleep(ms(20));
  println(t.stop(), t.reset(ms(5)), t.reset(ms(10)));
  sleep(ms(20));
  println(t.reset(ms(5)), t.stop(), t.stop());
  println(ms(1500).str(), us(3).str(), (hours(3)+ms(1)).str(), Duration::min().str());
  Time a = now(); sleep(ms(3)); println(since(a).milliseconds(), a.unix() > 1700000000);
}
