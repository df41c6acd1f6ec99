// std::random_device on the simulated kernel: its numbers come from the seed, and are the same on every ISA.
#include <random>

#include <rt0/rt0.h>

int main() {
  std::random_device device;
  for (int i = 0; i < 3; i++) rt0::fmt::println(device());
}
