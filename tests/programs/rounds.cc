// Two goroutines pass a value to and fro, as often as the argument says. Two runs together show what an event costs.
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  const Args args = args_of_program();
  int n = 0;
  for (const char* p = args.len > 1 ? args[1] : "1000"; *p != 0; p++) n = 10 * n + *p - '0';
  Chan<int> there(0), back(0);
  go([=] {
    for (int v : there) back.send(v);
  });
  for (int i = 0; i < n; i++) {
    there.send(i);
    if (back.recv() != i) return 1;
  }
}
