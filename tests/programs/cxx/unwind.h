// What the files of cxx_unwind share.
#pragma once

#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <rt0/rt0.h>

namespace unwind {

// How many objects there are.
inline rt0::atomic::Int32 live;

struct Obj {
  std::string& log;
  std::string text;
  Obj(std::string& l, std::string t) : log(l), text(std::move(t)) { live.add(1); }
  Obj(const Obj&) = delete;
  ~Obj() {
    log += text;
    live.add(-1);
  }
};

using Log = std::string&;

// What a deferred call that recovers adds to the log.
inline std::string recovered() {
  const rt0::Recovered r = rt0::recover();
  if (!r) return "[nothing]";
  if (const int* n = r.get<int>()) return "[recovered " + std::to_string(*n) + "]";
  if (const std::string* s = r.get<std::string>()) return "[recovered " + *s + "]";
  const rt0::builtin::Text t = r.error();
  return "[recovered " + std::string(t.ptr, t.len) + "]";
}

// Calls f in func() with a deferred call that recovers.
template <class F>
void guarded(Log log, F f) {
  rt0::func([&] {
    rt0::Defer d([&] { log += recovered(); });
    f();
  });
}

struct Node {
  int pad = 0;
  int value = 0;
};
[[gnu::noinline]] inline int value_of(Node* n) { return n->value; }
inline volatile int value = 0;
inline Node* volatile null_node = nullptr;
inline volatile int zero = 0;

[[gnu::noinline]] inline void down(int depth, Log log, const std::function<void()>& end) {
  Obj o(log, std::string(1, static_cast<char>('a' + depth)));
  if (depth == 0) end();
  else down(depth - 1, log, end);
  log += '!';  // not reached
}

// An object whose destructor calls f.
template <class F>
struct Does {
  F f;
  ~Does() { f(); }
};

struct Case {
  const char* name;
  void (*run)(Log);
};
// Those of unwind_catch.cc; the last one has no name.
extern const Case kCatchCases[];

}  // namespace unwind
