// Selects over three channels, which lie on the heap in another order on machines of another word size.
#include <rt0/rt0.h>

using namespace rt0;

struct Job {
  void* who;
  long n;
  char name[8];
};

int main() {
  Job* job = new Job{nullptr, 0, "a"};
  Chan<Job*> jobs(4);
  Chan<bool> done(0);
  Chan<int> results(2);
  atomic::Int32 n;
  WaitGroup wg;
  for (int i = 0; i < 4; i++)
    wg.go([=, &n] {
      for (int k = 0; k < 6; k++)
        select(recv(done, [&](bool) { n.add(1); }), recv(jobs, [&](Job*) { n.add(1); }),
               recv(results, [&](int) { n.add(1); }));
    });
  for (int i = 0; i < 2; i++)
    wg.go([=] {
      for (int k = 0; k < 4; k++) {
        done.send(true);
        jobs.send(job);
        results.send(k);
      }
    });
  wg.wait();
  println(static_cast<long long>(n.load()));
  delete job;
}
