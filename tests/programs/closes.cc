// Closes standard output, and then uses files: none of them may be taken for it.
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  println("closed:", !os::stdout_().close());
  auto [file, err] = os::create_temp("", "rt0-closes-*");
  if (err) panic("create_temp");
  (void)file.write("kept", 4);
  char text[8];
  const auto at = file.seek(0, os::SEEK_SET);
  const auto got = file.read(text, sizeof(text));
  println("read back:", at.value, got.value);
  (void)file.close();
  (void)os::remove(file.name());
}
