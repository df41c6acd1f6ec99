// Goroutines that main leaves behind. Of some nobody can wake them any more: they have leaked. The argument names a
// part. What goroutines share is captured by value or global, because they outlive main's frame.
#include "named.h"

using namespace rt0;

namespace {

void receiver() {
  Chan<int> c(0);
  go([c] { (void)c.recv(); });
}

// The caller gives up waiting, and nobody takes the result: with room for one it would be no leak.
void late_result(int room) {
  Chan<int> result(room), given_up(0);
  go([result] {
    gosched();
    result.send(1);
  });
  go([given_up] { given_up.close(); });
  select(recv(result), recv(given_up));
}

void two_selects() {
  Chan<int> a(0), b(0);
  for (int i = 0; i < 2; i++) go([a, b] { select(recv(a), recv(b)); });
  go([a] {
    for (;;) (void)a.recv();
  });
}

Mutex mu;
void held_mutex() {
  mu.lock();
  go([] {
    mu.lock();
    mu.unlock();
  });
}

WaitGroup wg;
void wait_group() {
  wg.add(1);
  go([] { wg.wait(); });
}

void joined() {
  Chan<int> c(0);
  WaitGroup all;
  for (int i = 0; i < 4; i++) all.go([c] { (void)c.recv(); });
  for (int i = 0; i < 4; i++) c.send(i);
  all.wait();
}

// Both can still go on after main has returned.
void not_finished() {
  Chan<int> c(0);
  go([c] {
    for (int i = 0; i < 5; i++) gosched();
    c.send(1);
  });
  go([c] { (void)c.recv(); });
}

void waits_for_timer() {
  go([] {
    Timer t = new_timer(seconds(1));
    (void)t.c().recv();
  });
}

void ticks_for_ever() {
  go([] {
    Ticker t = new_ticker(seconds(1));
    for (;;) (void)t.c().recv();
  });
}

void asleep() {
  go([] { sleep(seconds(3600)); });
}

void exits() {
  Chan<int> c(0);
  go([c] { (void)c.recv(); });
  gosched();
  exit(0);
}

constexpr Named kParts[] = {
    {"receiver", receiver},
    {"late_result", [] { late_result(0); }},
    {"room_for_result", [] { late_result(1); }},
    {"two_selects", two_selects},
    {"held_mutex", held_mutex},
    {"wait_group", wait_group},
    {"joined", joined},
    {"not_finished", not_finished},
    {"waits_for_timer", waits_for_timer},
    {"ticks_for_ever", ticks_for_ever},
    {"asleep", asleep},
    {"exits", exits},
};

}  // namespace

int main(int argc, char** argv) { return run_named(kParts, argc, argv); }
