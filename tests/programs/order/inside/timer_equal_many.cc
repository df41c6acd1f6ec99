// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "equal_deadlines.h"

using namespace rt0;

int main() {
  EqualDeadlines t;
  for (int i = 0; i < 60; i++) t.after_func(ms(i * i * 7 % 11 + 1), [](int id) { print(id, " "); }, i);
  t.after_func(ms(20), [](int) { print("last\n"); }, 0);
  t.run();
}
