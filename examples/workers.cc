// Goroutines that compute, a channel for their results, and a WaitGroup that waits until all of them are done.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> squares(0);
  rt0::WaitGroup workers;
  for (int i = 1; i <= 4; i++) workers.go([=] { squares.send(i * i); });
  rt0::go([&] {
    workers.wait();
    squares.close();  // ends the loop below
  });
  int sum = 0;
  for (int square : squares) sum += square;
  rt0::fmt::println("the sum is", sum);
}
