// For the simulated kernel: a loop that comes to no point and never ends.
int main() {
  volatile unsigned x = 0;
  for (;;) x = x + 1;
}
