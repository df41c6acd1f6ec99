// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Ticker k;
  k.stop();
  rt0::println("stop of a zero Ticker does nothing");
  rt0::new_ticker(rt0::ns(0));
}
