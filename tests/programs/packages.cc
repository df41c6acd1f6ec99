// What packages do that can't be compared with Go's output: tests/cases/order_packages_test.py.
#include <rt0/rt0.h>

using namespace rt0;
using builtin::map;
using builtin::String;

namespace {

// Its == uses the map in which it is a key, as another goroutine could at that moment.
struct Key {
  int v;
  friend uint64_t hash(const Key&) { return 1; }
  friend bool operator==(const Key& a, const Key& b);
};
map<Key, int>* shared = nullptr;
StrArg how = "";

bool operator==(const Key& a, const Key& b) {
  map<Key, int>* const m = shared;
  shared = nullptr;
  if (m != nullptr && how == "writes") m->set({7}, 7);
  if (m != nullptr && how == "read") (void)m->get({7});
  if (m != nullptr && how == "iteration") (void)m->begin();
  return a.v == b.v;
}

// Two goroutines change a map without a lock: a schedule of the simulated kernel shows it.
void race() {
  map<int, int> m;
  WaitGroup wg;
  for (int g = 0; g < 2; g++)
    wg.go([&] {
      for (int i = 0; i < 20; i++) m[i] = i;
    });
  wg.wait();
}

void numbers() {
  for (int i = 0; i < 4; i++) {
    const uint64_t first = rand::uint64();  // before the call: the compiler chooses the order of arguments
    fmt::println(first, rand::int_n(1000));
  }
  map<int, int> m;
  for (int i = 0; i < 12; i++) m[i * i] = i;
  for (int i = 0; i < 3; i++) {
    String line;
    for (const auto& [k, v] : m) strconv::append_int(line.push(' '), k, 10);
    fmt::println(line);
  }
}

}  // namespace

int main(int, char** argv) {
  how = argv[1];
  if (how == "numbers") numbers();
  else if (how == "race") race();
  else {
    map<Key, int> m;
    m.set({1}, 1);
    shared = &m;
    m.set({2}, 2);
  }
}
