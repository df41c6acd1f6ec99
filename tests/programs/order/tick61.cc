// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1,updatemaxprocs=0 GOGC=off
// At every 61st tick of a P the global queue comes first: main, which gosched puts there, runs again among the 250
// goroutines of the local queue.
#include <rt0/rt0.h>

int main() {
  for (int i = 0; i < 250; i++) rt0::go([i] { rt0::print(i, " "); });
  for (int r = 0; r < 8; r++) {
    rt0::gosched();
    rt0::print("[main ", r, "] ");
  }
  rt0::print("\n");
}
