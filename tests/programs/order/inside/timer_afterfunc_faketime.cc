// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "equal_deadlines.h"

using namespace rt0;

int main() {
  EqualDeadlines t;
  for (int i = 0; i < 6; i++) t.after_func(ms(10), [](int id) { print("f", id, " "); }, i);
  t.after_func(ms(5), [](int) { print("early "); }, 0);
  t.after_func(ms(20), [](int) { print("last\n"); }, 0);
  t.run();
}
