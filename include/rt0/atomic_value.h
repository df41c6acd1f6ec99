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
  // which is there before the first store. Values are compared by their ==, texts by their bytes, and values without ==
  // by their bytes, if equal values have equal bytes: not a struct with padding. Panics if values of this type cannot
  // be compared, as functions and closures cannot in Go, and if `old` and v, or v and the value that is there, are of
  // different types. If `old` is an any that holds a template's value, such as a vector, the == counts only if the
  // template's arguments, or its elements, have one, too.
  template <class T>
  bool compare_and_swap(const T& old, const any& v) {
    if constexpr (requires(const Recovered*& to) { to = &old; }) {
      const builtin::Any held = old.value();
      return compare_and_swap(held.type, held.data, nullptr, v);
    } else if constexpr (requires(decltype(nullptr)& to) { to = old; }) {
      return compare_and_swap(nullptr, nullptr, nullptr, v);
    } else if constexpr (requires(const char*& to) { to = old; }) {
      const char* const text = old;
      return compare_and_swap(&detail::kType<const char*>, &text, nullptr, v);
    } else if constexpr (!detail::kIsFunc<T> && requires { static_cast<bool>(old == old); }) {
      return compare_and_swap(
          &detail::kType<T>, &old,
          [](const void* a, const void* b) -> bool { return *static_cast<const T*>(a) == *static_cast<const T*>(b); },
          v);
    } else {
      static_assert(detail::kIsFunc<T> || detail::kType<T>.equal_bytes,
                    "compare_and_swap: the type of `old` has no ==, and its equal values may have different bytes");
      return compare_and_swap(&detail::kType<T>, &old, nullptr, v);
    }
  }

 private:
  // What was stored at one time. It never changes, and is counted, so that it can be copied without the lock.
  struct Node {
    unsigned refs;
    any value;
  };
  class Held;

  // equal: compares the value that is there with `old`; null: the type says how.
  bool compare_and_swap(const builtin::Type* type, const void* old, bool (*equal)(const void*, const void*),
                        const any& v);
  // The old node, whose count the caller takes over; `made` takes its place. With the lock.
  Node* put(Node* made) RT0_LOCKING(requires_capability(mu_));
  static void release(Node* x);

  sync::Mutex mu_;
  Node* now_ RT0_LOCKING(guarded_by(mu_)) = nullptr;  // one of its counts is the Value's
};

}  // namespace rt0::atomic
