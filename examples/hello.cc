// The smallest useful program: two variables and a line of output.
#include <rt0/rt0.h>

int main(int argc, char** argv) {
  int a = 1;
  int* b = new int;
  *b = 2;
  rt0::fmt::println("Hello World");
  delete b;
  return a - argc + (argv == nullptr);
}
