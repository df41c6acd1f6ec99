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

}  // namespace rt0
