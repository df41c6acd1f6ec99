// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Mutex, normal mode: a woken waiter that finds the mutex taken waits in front. A wait of more than 1 ms would end that
// mode, so nothing is printed before the end of the scene, and the scene runs twice: the first run may be slow.
#include <rt0/rt0.h>

struct Line {
  const char* word;
  int number;  // of the goroutine; -1: none
  bool results[2];
  int n_results;
};

static void scene(bool show) {
  Line lines[16];
  int n = 0;
  rt0::Mutex mu;
  rt0::WaitGroup wg;
  mu.lock();
  for (int i = 0; i < 4; i++) {
    wg.add(1);
    rt0::go([&, i] {
      mu.lock();
      lines[n++] = {"got", i, {}, 0};
      mu.unlock();
      wg.done();
    });
  }
  rt0::gosched();
  for (int i = 0; i < 3; i++) {
    mu.unlock();
    const bool first = mu.try_lock();
    lines[n++] = {"try", -1, {first, mu.try_lock()}, 2};
    rt0::gosched();
  }
  lines[n++] = {"last", -1, {}, 0};
  mu.unlock();
  lines[n++] = {"free", -1, {mu.try_lock()}, 1};
  mu.unlock();
  wg.wait();
  lines[n++] = {"free", -1, {mu.try_lock()}, 1};
  for (int i = 0; show && i < n; i++) {
    const Line& line = lines[i];
    if (line.number >= 0) rt0::println(line.word, line.number);
    else if (line.n_results == 2) rt0::println(line.word, line.results[0], line.results[1]);
    else if (line.n_results == 1) rt0::println(line.word, line.results[0]);
    else rt0::println(line.word);
  }
}

int main() {
  scene(false);
  scene(true);
}
