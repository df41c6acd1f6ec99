// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Three workers between a queue of jobs and a channel of results; at the end they are told to stop.
#include <rt0/rt0.h>

namespace {
struct Job {
  int id, n;
};
struct Result {
  int who;
  Job job;
};
}  // namespace

int main() {
  rt0::Chan<Job> jobs(2);
  rt0::Chan<Result> results(0);
  rt0::Chan<rt0::Unit> quit(0);
  for (int w = 0; w < 3; w++) {
    rt0::go([=] {
      for (bool on = true; on;) {
        rt0::select(rt0::recv(jobs,
                              [&](Job j) {
                                rt0::println("worker", w, "job", j.id);
                                results.send({w, {j.id, j.n * j.n}});
                              }),
                    rt0::recv(quit, [&] {
                      rt0::println("worker", w, "quits");
                      quit.send({});
                      on = false;
                    }));
      }
    });
  }
  rt0::go([=] {
    for (int i = 0; i < 8; i++) {
      jobs.send({i, i + 1});
      rt0::println("queued", i);
    }
  });
  for (int i = 0; i < 8; i++) {
    auto r = results.recv();
    rt0::println("result", r.who, r.job.id, r.job.n);
  }
  for (int i = 0; i < 3; i++) {
    quit.send({});
    quit.recv();
  }
  rt0::println("end");
}
