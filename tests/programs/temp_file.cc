// Writes its argument into a new temporary file, and leaves it there.
#include <rt0/rt0.h>

using namespace rt0;

int main(int, char** argv) {
  auto [file, err] = os::create_temp("", "rt0_temp_file*");
  if (err) panic(err);
  (void)file.write(argv[1]);
}
