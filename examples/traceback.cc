// What the runtime prints when a program fails: frames with function and file:line, from a table in the binary.
//   build/amd64/bin/traceback             a fatal error on a goroutine
//   build/amd64/bin/traceback g0          a fatal error on the scheduler's own stack
//   build/amd64/bin/traceback panic|nil   a panic, or the use of a null pointer
#include <rt0/internal.h>

namespace {

struct Bytes {
  const char* p;
  bool is(const char* q) const {
    const char* s = p;
    while (*s != '\0' && *s == *q) s++, q++;
    return *s == *q;
  }
};

[[gnu::noinline]] void inner(Bytes how) {
  if (how.is("g0")) rt0::internal::on_system_stack([] { rt0::throw_("deliberate, on g0"); });
  if (how.is("panic")) rt0::panic("deliberate");
  if (how.is("nil")) *static_cast<volatile int*>(nullptr) = 1;  // NOLINT(clang-analyzer-core.NullDereference)
  rt0::throw_("deliberate, on a goroutine");
}

[[gnu::noinline]] void outer(Bytes how) {
  inner(how);
  rt0::println("not reached");
}

}  // namespace

int main(int argc, char** argv) {
  const Bytes how{argc > 1 ? argv[1] : ""};
  rt0::go([how] { outer(how); });
  for (;;) rt0::gosched();
}
