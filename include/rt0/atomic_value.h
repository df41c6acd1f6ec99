// Go's atomic.Value: a value of any type that goroutines share without a lock of their own.
//
//   constinit rt0::atomic::Value config{};
//   config.store(load_config());
//   const rt0::any now = config.load();            // nil before the first store
//   use(now.as<Config>());
//
// The first store decides the type; a value of another type, or nil, panics. No function of the program's (copies, ==)
// is called while the Value is locked.
#pragma once

#include "rt0/any.h"
#include "rt0/sync.h"

namespace rt0::detail {
// The function that compares two values of this type, which lie in anys. Panics if there is none: see compare_and_swap.
bool (*equal_of(const Type* type))(const void* a, const void* b);
}  // namespace rt0::detail

namespace rt0::atomic {

class Value {
 public:
  constexpr Value() = default;
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  ~Value();

  // A copy of the value that was stored last; nil before the first store.
  any load();
  void store(const any& v);
  // Stores v and returns what was there before.
  any swap(const any& v);
  // Stores v and returns true if the value that is there equals `old`; otherwise returns false. nullptr stands for nil,
  // which is there before the first store. `old` is compared by its ==, a text by its bytes. If `old` is an any, the
  // value that it holds is compared: it must be a text, a float, a double, or of a type whose equal values have equal
  // bytes and whose size is 1, 2, 4, 8, 12, 16, 24 or 32. Other types panic, as types without == do in Go. It panics,
  // too, if `old` and v, or v and the value that is there, are of different types.
  template <class T>
  bool compare_and_swap(const T& old, const any& v) {
    using Equal = bool (*)(const void* held, const void* old);
    if constexpr (requires(const Recovered*& to) { to = &old; }) {
      const builtin::Any held = old.value();
      return compare_and_swap(held.type, held.data, held.type != nullptr ? detail::equal_of(held.type) : nullptr, v);
    } else if constexpr (requires(decltype(nullptr)& to) { to = old; }) {
      return compare_and_swap(nullptr, nullptr, nullptr, v);
    } else if constexpr (requires(const char*& to) { to = old; }) {
      const char* const text = old;
      const Equal equal = [](const void* a, const void* b) {
        return PrintArg(*static_cast<const char* const*>(a)).string ==
               PrintArg(*static_cast<const char* const*>(b)).string;
      };
      return compare_and_swap(&detail::kType<const char*>, &text, equal, v);
    } else {
      static_assert(requires { static_cast<bool>(old == old); }, "compare_and_swap: the type of `old` has no ==");
      const Equal equal = [](const void* a, const void* b) -> bool {
        return *static_cast<const T*>(a) == *static_cast<const T*>(b);
      };
      return compare_and_swap(&detail::kType<T>, &old, equal, v);
    }
  }

 private:
  // What was stored at one time. It never changes, and is counted, so that it can be copied without the lock.
  struct Node {
    unsigned refs;
    any value;
  };
  class Held;

  bool compare_and_swap(const builtin::Type* type, const void* old, bool (*equal)(const void*, const void*),
                        const any& v);
  // The old node, whose count the caller takes over; `made` takes its place. With the lock.
  Node* put(Node* made) RT0_LOCKING(requires_capability(mu_));
  static void release(Node* x);

  sync::Mutex mu_;
  Node* now_ RT0_LOCKING(guarded_by(mu_)) = nullptr;  // one of its counts is the Value's
};

}  // namespace rt0::atomic
