// Three goroutines sleep again and again, each time for less than it takes to wake them, until a fourth one has slept
// for long. The argument says how many steps main does first.
#include <rt0/rt0.h>

using namespace rt0;

int main(int, char** argv) {
  atomic::Bool over;
  for (int i = strconv::atoi(argv[1]).value; i > 0; i--) (void)over.load();
  WaitGroup wg;
  wg.go([&] {
    sleep(ms(2));
    over.store(true);
  });
  for (int i = 0; i < 3; i++)
    wg.go([&] {
      while (!over.load()) sleep(us(1));
    });
  wg.wait();
}
