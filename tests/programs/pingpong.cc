// Goroutines that only wake each other must not keep the P from other goroutines: pingpong HOW.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

atomic::Bool stop;

void by_channel() {
  Chan<int> a(0), b(0);
  go([=] {
    for (int v : a) b.send(v);
  });
  while (!stop.load()) {
    a.send(1);
    (void)b.recv();
  }
}

void by_cond() {
  static Mutex mu;
  static Cond<> changed(mu);
  static int turn = 0;
  for (int id = 0; id < 2; id++)
    go([id] {
      mu.lock();
      while (!stop.load()) {
        while (turn != id) changed.wait();
        turn = 1 - id;
        changed.signal();
      }
      mu.unlock();
    });
}

}  // namespace

int main(int argc, char** argv) {
  const bool cond = argc > 1 && argv[1][0] == 'c' && argv[1][1] == 'o';
  atomic::Int64 turns;
  for (int i = 0; i < 2; i++) go(cond ? by_cond : by_channel);
  for (int i = 0; i < 2; i++)
    go([&] {
      while (!stop.load()) {
        turns.add(1);
        gosched();
      }
    });
  sleep(seconds(1));
  stop.store(true);
  const long long had = turns.load();
  println(had >= 6, had);  // 1 or 2 if the pairs keep the P; about 30 on an idle machine
}
