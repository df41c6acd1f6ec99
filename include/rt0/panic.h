// panic: ends the goroutine's program flow with a value. Go: builtin panic.
#pragma once

#include <stddef.h>

#include "rt0/print.h"

namespace rt0 {

// A string that somebody else owns: what Error() and String() methods return.
using Text = PrintArg::Text;

// What the runtime knows of a C++ type whose value travels in an Any.
struct Type {
  Text name;
  bool is_named;                           // not one of the language's own: printed as name(value)
  PrintArg (*operand)(const void* value);  // the value as print takes it, or null if it does not
  Text (*error)(const void* value);        // its Error() method, or null
  Text (*string)(const void* value);       // its String() method, or null
};

// A value of any type. Go: interface{}.
struct Any {
  const Type* type;
  const void* data;  // null with a null type: nil
};

namespace detail {

template <class T>
concept HasError = requires(const T& v) {
  v.Error().data();
  v.Error().size();
};
template <class T>
concept HasString = requires(const T& v) {
  v.String().data();
  v.String().size();
};

// The type's name, cut out of the compiler's own name of this function: "... [with T = name]" or "... [T = name]".
template <class T>
consteval Text type_name() {
  const char* s = __PRETTY_FUNCTION__;
  size_t begin = 0, end = 0;
  for (size_t i = 0; s[i] != '\0'; i++) {
    if (s[i] == 'T' && s[i + 1] == ' ' && s[i + 2] == '=' && s[i + 3] == ' ') begin = i + 4;
    end = i;
  }
  return {s + begin, end - begin};
}

template <class T>
inline constexpr Type kType = [] {
  Type t{type_name<T>(), false, nullptr, nullptr, nullptr};
  if constexpr (__is_enum(T)) {
    t.is_named = true;
    t.operand = [](const void* v) { return PrintArg(static_cast<__underlying_type(T)>(*static_cast<const T*>(v))); };
  } else if constexpr (requires(const T& v) { PrintArg(v); }) {
    t.operand = [](const void* v) { return PrintArg(*static_cast<const T*>(v)); };
  }
  if constexpr (HasError<T>)
    t.error = [](const void* v) -> Text {
      auto s = static_cast<const T*>(v)->Error();
      return {s.data(), s.size()};
    };
  if constexpr (HasString<T>)
    t.string = [](const void* v) -> Text {
      auto s = static_cast<const T*>(v)->String();
      return {s.data(), s.size()};
    };
  return t;
}();

}  // namespace detail

[[noreturn]] void panic_any(Any value);

// Panics with `value`: a number, bool, string, or a type with `Error()` or `String()` that returns something like a
// string_view with static storage. Prints "panic: " and the value, the goroutine's traceback, and exits with status 2.
template <class T>
[[noreturn]] void panic(const T& value) {
  panic_any({&detail::kType<T>, &value});
}
template <size_t N>
[[noreturn]] void panic(const char (&text)[N]) {
  panic<const char*>(text);
}

// A deferred call's record. g->defers links them, newest first.
struct DeferRecord {
  void (*fn)(DeferRecord* self);
  DeferRecord* link;
};

// Where a recovered goroutine goes on. The runtime's, on the stack of the function that is to return.
struct RecoverPoint {
  void* context[32];  // callee-saved registers, stack pointer, program counter; as many as the ISA needs. First, for the assembly
  RecoverPoint* link;
  void* panics;

  RecoverPoint() __asm__("runtime.pushrecover");
  ~RecoverPoint() __asm__("runtime.poprecover");
  RecoverPoint(const RecoverPoint&) = delete;
};

namespace detail {
void defer_push(DeferRecord* d) __asm__("runtime.deferproc");
void defer_return(DeferRecord* d) __asm__("runtime.deferreturn");
Any gorecover() __asm__("runtime.gorecover");
[[gnu::returns_twice]] int setrecover(RecoverPoint* p) __asm__("runtime.setrecover");
}  // namespace detail

// Runs f when the scope ends, when a panic comes by, or on Goexit. Go: defer func() { ... }().
template <class F>
class Defer : DeferRecord {
 public:
  explicit Defer(F f) : DeferRecord{&run, nullptr}, f_(static_cast<F&&>(f)) { detail::defer_push(this); }
  ~Defer() { detail::defer_return(this); }
  Defer(const Defer&) = delete;

 private:
  static void run(DeferRecord* d) { static_cast<Defer*>(d)->f_(); }
  F f_;
};

// What recover() has found; false if there was no panic. It refers to the panic's value where that was thrown, so it must
// be used, or its content copied, before the deferred call returns.
class Recovered {
 public:
  explicit Recovered(Any v) : v_(v) {}
  explicit operator bool() const { return v_.type != nullptr; }
  template <class T>
  bool is() const {
    return v_.type == &detail::kType<T>;
  }
  // Null if the value is of another type.
  template <class T>
  const T* get() const {
    return is<T>() ? static_cast<const T*>(v_.data) : nullptr;
  }
  Any value() const { return v_; }

 private:
  Any v_;
};

// In a deferred call that a panic runs: stops that panic once the call returns. Go: builtin recover.
inline Recovered recover() { return Recovered(detail::gorecover()); }

// If a deferred call made after this statement recovers, the function returns the argument (nothing: void) from here.
// Destructors of objects made before it run then, those of objects made after it do not.
#define RT0_RECOVER_RETURN(...)        \
  ::rt0::RecoverPoint rt0_recover_pt_; \
  if (::rt0::detail::setrecover(&rt0_recover_pt_) != 0) return __VA_ARGS__

// Go: func() { ... }(): calls f; a panic recovered in f's deferred calls makes it return T{}.
template <class F>
[[gnu::noinline]] auto func(F&& f) -> decltype(f()) {
  using T = decltype(f());
  RT0_RECOVER_RETURN(T());
  return f();
}

}  // namespace rt0
