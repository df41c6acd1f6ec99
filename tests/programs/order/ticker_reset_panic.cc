// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Ticker k = rt0::new_ticker(rt0::hours(1));
  k.reset(rt0::seconds(1));
  k.reset(-rt0::seconds(1));
}
