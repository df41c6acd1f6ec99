// env: GOMAXPROCS=1
#include <rt0/rt0.h>

enum class T : int {};
struct S {
  using Underlying = const char*;
  const char* text;
  explicit operator const char*() const { return text; }
};

int main() {
  rt0::Defer c([] { rt0::panic(S{"a \"text\"\nof two lines"}); });
  rt0::Defer a([] { rt0::panic(T(5)); });
  rt0::Defer b([] { rt0::panic(1.5); });
  rt0::panic(true);
}
