// The runtime's descriptions of C++ types, for values of any type: their names as Go spells them, how they print, and
// their methods Error() and String(). Programs include it with rt0/panic.h.
#pragma once

#include <stddef.h>

#include "rt0/go.h"
#include "rt0/print.h"

namespace rt0 {

// Types of Go's language that have no names there. They have a namespace of their own, because many programs have types
// of such names.
namespace builtin {

// A string: a pointer and a length. It does not own the bytes. Error() and String() methods may return it.
using Text = PrintArg::Text;

// The runtime's description of the C++ type of a value in an Any.
struct Type {
  Text name;                                 // as Go would spell it: int, string, main.T
  bool equal_bytes;                          // without `equal`: equal values have equal bytes, and the other way round
  bool is_named;                             // not a type of the language itself: printed as name(value)
  bool is_int64;                             // a value begins with its number, an int64_t, although it prints as a text
  unsigned size, align;                      // of a value
  PrintArg (*operand)(const void* value);    // the value as an operand of print; null if it cannot be printed
  Text (*error)(const void* value);          // its Error() method, or null
  Text (*string)(const void* value);         // its String() method, or null
  void (*copy)(void* to, const void* from);  // makes a copy at `to`; null: the bytes are copied
  void (*destroy)(void* value);              // destroys a value; null: not necessary
  bool (*equal)(const void* a, const void* b);  // its ==. null, and not equal_bytes: values cannot be compared
};

// A value of any type. Go: interface{}.
struct Any {
  const Type* type;
  const void* data;  // the value. nil: type and data are null
};

}  // namespace builtin

namespace detail {

using builtin::Any;
using builtin::Text;
using builtin::Type;

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

// The type's name, cut out of the compiler's own name of this function: "... [with T = name; …]" or "... [T = name]".
template <class T>
consteval Text raw_type_name() {
  const char* s = __PRETTY_FUNCTION__;
  size_t begin = 0, end = 0;
  for (size_t i = 0; s[i] != '\0'; i++) {
    if (begin == 0 && s[i] == 'T' && s[i + 1] == ' ' && s[i + 2] == '=' && s[i + 3] == ' ') begin = i + 4;
    if (begin != 0 && s[i] == ';') return {s + begin, i - begin};
    end = i;
  }
  return {s + begin, end - begin};
}

// The type's name as Go spells it: the package, which is the innermost namespace, a dot and the name.
template <size_t N>
struct TypeName {
  char s[N] = {};
  size_t n = 0;

  constexpr void put(const char* p, size_t len) {
    for (size_t i = 0; i < len; i++) s[n++] = p[i];
  }
};
template <class T>
inline constexpr auto kTypeName = [] {
  constexpr Text raw = raw_type_name<T>();
  TypeName<raw.len + 8> name;
  size_t end = raw.len;
  while (end > 0 && (raw.ptr[end - 1] == '*' || raw.ptr[end - 1] == ' ')) {
    if (raw.ptr[end - 1] == '*') name.put("*", 1);
    end--;
  }
  // The beginnings of the last two components; a part between < > or ( ) counts as one letter.
  size_t last = 0, before = 0;
  for (size_t i = 0, depth = 0; i + 1 < end; i++) {
    const char c = raw.ptr[i];
    if (c == '<' || c == '(' || c == '{') depth++;
    if (c == '>' || c == ')' || c == '}') depth--;
    if (depth == 0 && c == ':' && raw.ptr[i + 1] == ':') before = last, last = i + 2, i++;
  }
  bool is_package = last > 0;
  for (size_t i = before; i + 2 < last; i++)
    if (raw.ptr[i] == '(' || raw.ptr[i] == '{' || raw.ptr[i] == '<') is_package = false;
  if (is_package) name.put(raw.ptr + before, last - 2 - before);
  else name.put("main", 4);
  name.put(".", 1);
  name.put(raw.ptr + last, end - last);
  return name;
}();

template <class T>
struct GoType {
  static constexpr Text name() { return {kTypeName<T>.s, kTypeName<T>.n}; }
};
#define RT0_GO_TYPE(T, go_name)                                             \
  template <>                                                               \
  struct GoType<T> {                                                        \
    static constexpr Text name() { return {go_name, sizeof(go_name) - 1}; } \
  };
RT0_GO_TYPE(bool, "bool")
RT0_GO_TYPE(char, "uint8")
RT0_GO_TYPE(signed char, "int8")
RT0_GO_TYPE(short, "int16")
RT0_GO_TYPE(int, "int")
RT0_GO_TYPE(long, "int64")
RT0_GO_TYPE(long long, "int64")
RT0_GO_TYPE(unsigned char, "uint8")
RT0_GO_TYPE(unsigned short, "uint16")
RT0_GO_TYPE(unsigned, "uint")
RT0_GO_TYPE(unsigned long, "uint64")
RT0_GO_TYPE(unsigned long long, "uint64")
RT0_GO_TYPE(float, "float32")
RT0_GO_TYPE(double, "float64")
RT0_GO_TYPE(const char*, "string")
RT0_GO_TYPE(char*, "string")
RT0_GO_TYPE(void*, "unsafe.Pointer")
RT0_GO_TYPE(const void*, "unsafe.Pointer")
#undef RT0_GO_TYPE

struct NoPointer {};
template <class T>
struct PointedTo {
  using type = NoPointer;
};
template <class T>
struct PointedTo<T*> : RemoveConst<T> {};
template <>
struct PointedTo<void*> : PointedTo<int> {};
template <>
struct PointedTo<const void*> : PointedTo<int> {};
template <bool N, class R, class... A>
struct PointedTo<R (*)(A...) noexcept(N)> : PointedTo<int> {};

// A name as Go spells it, of a type without const.
template <class T>
inline constexpr Text kGoName = GoType<typename RemoveConst<typename RemoveRef<T>::type>::type>::name();
template <>
inline constexpr Text kGoName<void> = {"", 0};

// Names that are made of others: *T, func(A, B) R, chan T.
template <size_t N>
struct JoinedName : TypeName<N> {
  constexpr JoinedName& add(Text t) {
    this->put(t.ptr, t.len);
    return *this;
  }
};
template <class T>
struct GoType<T*> {
  static constexpr auto kName = JoinedName<kGoName<T>.len + 1>().add({"*", 1}).add(kGoName<T>);
  static constexpr Text name() { return {kName.s, kName.n}; }
};
template <bool N, class R, class... A>
struct GoType<R (*)(A...) noexcept(N)> {
  static constexpr auto kName = [] {
    JoinedName<kGoName<R>.len + ((kGoName<A>.len + 2) + ... + 7)> n;
    n.add({"func(", 5});
    bool first = true;
    ((n.add({", ", first ? size_t{0} : size_t{2}}).add(kGoName<A>), first = false), ...);
    n.add({")", 1});
    if (kGoName<R>.len != 0) n.add({" ", 1});
    return n.add(kGoName<R>);
  }();
  static constexpr Text name() { return {kName.s, kName.n}; }
};

// A lambda's name is that of its signature, unless its operator() is a template.
template <class T>
inline constexpr bool kIsLambda = [] {
  constexpr Text raw = raw_type_name<T>();
  for (size_t i = 0; i + 8 < raw.len; i++)
    if (Text(raw.ptr + i, 8) == Text("<lambda(") || Text(raw.ptr + i, 8) == Text("(lambda ")) return true;
  return false;
}();
template <class M>
struct Signature;
template <class C, bool N, class R, class... A>
struct Signature<R (C::*)(A...) noexcept(N)> : GoType<R (*)(A...)> {};
template <class C, bool N, class R, class... A>
struct Signature<R (C::*)(A...) const noexcept(N)> : GoType<R (*)(A...)> {};
template <class T>
  requires(__is_class(T) && requires { &T::operator(); } && kIsLambda<T>)
struct GoType<T> : Signature<decltype(&T::operator())> {};

// A template's arguments stand in brackets: Box[int].
template <template <class...> class B, class... A>
struct GoType<B<A...>> {
  static constexpr auto kName = [] {
    constexpr auto raw = kTypeName<B<A...>>;
    JoinedName<raw.n + ((kGoName<A>.len + 1) + ... + 2)> n;
    size_t end = 0;
    while (end < raw.n && raw.s[end] != '<') end++;
    n.add({raw.s, end}).add({"[", 1});
    bool first = true;
    ((n.add({",", first ? size_t{0} : size_t{1}}).add(kGoName<A>), first = false), ...);
    return n.add({"]", 1});
  }();
  static constexpr Text name() { return {kName.s, kName.n}; }
};

// Whether T's str() gives its text as a value: in an any, in errorf, in a panic. str() returns an object that owns the
// text.
template <class T>
inline constexpr bool kPrintsStr = false;

// The value as an operand of print. A class may name the basic type that it stands for, as Go's `type T int` does:
// struct T { using Underlying = int; explicit operator int() const; … }.
template <class T>
constexpr auto operand_of() -> PrintArg (*)(const void*) {
  if constexpr (kPrintsStr<T>)
    return [](const void* v) {
      return PrintArg(PrintArg::Made{[](char* out, const void* value) {
                                       const auto s = static_cast<const T*>(value)->str();
                                       for (size_t i = 0; i < s.size(); i++) out[i] = s.data()[i];
                                       return s.size();
                                     },
                                     v});
    };
  else if constexpr (__is_enum(T))
    return [](const void* v) { return PrintArg(static_cast<__underlying_type(T)>(*static_cast<const T*>(v))); };
  else if constexpr (requires { typename T::Underlying; })
    return [](const void* v) { return PrintArg(static_cast<typename T::Underlying>(*static_cast<const T*>(v))); };
  else if constexpr (requires(const T& v) { PrintArg(v); })
    return [](const void* v) { return PrintArg(*static_cast<const T*>(v)); };
  else return nullptr;
}

// Whether T's str() is the text of an integer, an int64_t with which T begins: %d prints that.
template <class T>
inline constexpr bool kStrOfInt64 = false;

// Functions and closures cannot be compared, as in Go.
template <class T>
inline constexpr bool kIsFunc = kIsLambda<T>;
template <bool N, class R, class... A>
inline constexpr bool kIsFunc<R (*)(A...) noexcept(N)> = true;

// A class or enumeration with an operator== of its own.
template <class T>
concept OwnEqual = requires(const T& v) { static_cast<bool>(v.operator==(v)); } ||
                   requires(const T& v) { static_cast<bool>(operator==(v, v)); };

// Whether values of T can be compared with ==. The == of a template may be declared for arguments that have none: that
// of a vector exists even if it does not compile. So it counts only if that of the elements counts, or that of every
// argument. A class with an element_type compares pointers.
template <class T>
inline constexpr bool kHasEqual = false;
template <class T>
inline constexpr bool kArgumentsHaveEqual = true;
template <template <class...> class B, class... A>
inline constexpr bool kArgumentsHaveEqual<B<A...>> = (kHasEqual<typename RemoveConst<A>::type> && ...);
template <OwnEqual T>
inline constexpr bool kHasEqual<T> = [] {
  if constexpr (requires { typename T::element_type; }) return true;
  else if constexpr (requires { typename T::value_type; })
    return kHasEqual<typename RemoveConst<typename T::value_type>::type>;
  else return kArgumentsHaveEqual<T>;
}();
template <class T>
  requires(!__is_class(T) && !__is_union(T) && !OwnEqual<T> && requires(const T& v) { static_cast<bool>(v == v); })
inline constexpr bool kHasEqual<T> = true;

template <class T>
inline constexpr Type kType = [] {
  Type t{GoType<T>::name(),
         __has_unique_object_representations(T) && !kIsFunc<T>,
         false,
         kStrOfInt64<T>,
         sizeof(T),
         alignof(T),
         operand_of<T>(),
         nullptr,
         nullptr,
         nullptr,
         nullptr,
         nullptr};
  t.is_named = __is_enum(T) || requires { typename T::Underlying; };
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
  using E = typename PointedTo<T>::type;  // a pointer has the methods of the type that it points to
  if constexpr (HasError<E>) t.error = [](const void* v) { return kType<E>.error(*static_cast<const E* const*>(v)); };
  if constexpr (HasString<E>)
    t.string = [](const void* v) { return kType<E>.string(*static_cast<const E* const*>(v)); };
  if constexpr (!__is_trivially_copyable(T)) {
    t.copy = [](void* to, const void* from) { ::new (InPlace{}, to) T(*static_cast<const T*>(from)); };
    t.destroy = [](void* v) { static_cast<T*>(v)->~T(); };
  }
  if constexpr (kHasEqual<T> && !kIsFunc<T> && (OwnEqual<T> || !__has_unique_object_representations(T)))
    t.equal = [](const void* a, const void* b) -> bool {
      return *static_cast<const T*>(a) == *static_cast<const T*>(b);
    };
  return t;
}();

// A type whose values are errors or none: it has a method Error(), and is false for none, which is Go's nil.
template <class T>
concept MayBeNil = HasError<T> && requires(const T& v) { static_cast<bool>(v); };

// `value` with its type; nil for a value of an error's type that is none.
template <class T>
[[gnu::always_inline]] inline Any any_of(const T& value) {
  if constexpr (MayBeNil<T>)
    if (!static_cast<bool>(value)) return {nullptr, nullptr};
  return {&kType<T>, &value};
}

}  // namespace detail

}  // namespace rt0
