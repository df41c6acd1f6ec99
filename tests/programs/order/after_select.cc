// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  Chan<int> work(0);
  Chan<bool> quit(0);
  go([work, quit] {
    for (int i = 0; i < 4; i++) {
      sleep(ms(10));
      work.send(i);
    }
    sleep(ms(60));
    quit.close();
  });
  int timeouts = 0;
  for (bool run = true; run;) {
    select(recv(work, [](int i) { println("work", i); }),  //
           recv(after(ms(25)), [&] { println("timeout", ++timeouts); }), recv(quit, [&] {
             println("quit");
             run = false;
           }));
  }

  Chan<Time> a = after(ms(30)), b = after(ms(10)), c = after(ms(20));
  for (int i = 0; i < 3; i++) {
    select(recv(a, [&] { println("a"), a = {}; }),  //
           recv(b, [&] { println("b"), b = {}; }),  //
           recv(c, [&] { println("c"), c = {}; }));
  }

  Chan<Time> d = after(ms(10));
  select(recv(d, [] { println("too early"); }), otherwise([] { println("default"); }));
  sleep(ms(15));
  select(recv(d, [] { println("d"); }), otherwise([] { println("too late"); }));
  select(recv(d, [] { println("twice"); }), recv(after(-seconds(1)), [] { println("at once"); }));
}
