// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  Chan<bool> done(0);
  Timer t[10];
  for (int i = 0; i < 10; i++) {
    t[i] = after_func(ms(40 + 20 * i), [i, done] {
      print("f", i, " ");
      if (i == 3) done.send(true);
    });
  }
  println("stop 4", t[4].stop());
  println("stop 0", t[0].stop());
  println("reset 9", t[9].reset(ms(16)));
  println("reset 3", t[3].reset(ms(320)));
  println("reset 1", t[1].reset(ms(210)));
  println("reset 4", t[4].reset(ms(190)));
  println("reset 8", t[8].reset(ms(68)));
  done.recv();
  print("\n");
}
