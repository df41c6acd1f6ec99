// defer, panic and recover. Go: the builtins of these names. docs/PANICS.md says what runs when, and what does not.
#pragma once

#include <stddef.h>

#include "rt0/go.h"
#include "rt0/print.h"

namespace rt0 {

// Types of the language that it gives no names to. In a namespace of their own, for many programs have such names.
namespace builtin {

// A string: a pointer and a length. It does not own the bytes. Error() and String() methods may return it.
using Text = PrintArg::Text;

// The runtime's description of the C++ type of a value in an Any.
struct Type {
  Text name;                                 // as Go would spell it: int, string, main.T
  bool is_named;                             // not a type of the language itself: printed as name(value)
  unsigned size, align;                      // of a value
  PrintArg (*operand)(const void* value);    // the value as an operand of print; null if it cannot be printed
  Text (*error)(const void* value);          // its Error() method, or null
  Text (*string)(const void* value);         // its String() method, or null
  void (*copy)(void* to, const void* from);  // makes a copy at `to`; null: the bytes are copied
  void (*destroy)(void* value);              // destroys a value; null: not necessary
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
template <class R, class... A>
struct PointedTo<R (*)(A...)> : PointedTo<int> {};

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
template <class R, class... A>
struct GoType<R (*)(A...)> {
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

// The value as an operand of print. A class may name the basic type that it stands for, as Go's `type T int` does:
// struct T { using Underlying = int; explicit operator int() const; … }.
template <class T>
constexpr auto operand_of() -> PrintArg (*)(const void*) {
  if constexpr (__is_enum(T))
    return [](const void* v) { return PrintArg(static_cast<__underlying_type(T)>(*static_cast<const T*>(v))); };
  else if constexpr (requires { typename T::Underlying; })
    return [](const void* v) { return PrintArg(static_cast<typename T::Underlying>(*static_cast<const T*>(v))); };
  else if constexpr (requires(const T& v) { PrintArg(v); })
    return [](const void* v) { return PrintArg(*static_cast<const T*>(v)); };
  else return nullptr;
}

template <class T>
inline constexpr Type kType = [] {
  Type t{GoType<T>::name(), false, sizeof(T), alignof(T), operand_of<T>(), nullptr, nullptr, nullptr, nullptr};
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
  return t;
}();

}  // namespace detail

// A runtime error: a fault, a division by zero, a send on a closed channel, a failed as<T>(). Go: runtime.Error.
class RuntimeError {
 public:
  constexpr explicit RuntimeError(builtin::Text text, bool borrowed = false)
      : text_(text), own_(nullptr), borrowed_(borrowed) {}
  RuntimeError(const RuntimeError& e);  // of a borrowed text, makes a copy
  ~RuntimeError();
  RuntimeError& operator=(const RuntimeError&) = delete;
  builtin::Text Error() const { return text_; }

 private:
  builtin::Text text_;
  char* own_;      // text_, if it is ours to free
  bool borrowed_;  // text_ lies in a frame of the panicking goroutine
};

[[noreturn]] void panic_any(builtin::Any value);

// Panics with `value`: a number, bool, string, or a value of any type that can be copied. Deferred calls run; unless
// one of them recovers, prints "panic: " and the value, by its Error() or String() method if it has one, then the
// goroutine's traceback, and exits with status 2. The text that Error() or String() returns must outlive the call: a
// literal, or text that the value keeps.
template <class T>
[[noreturn, gnu::always_inline]] inline void panic(const T& value) {
  panic_any({&detail::kType<T>, &value});
}
// Panics with a function: the value is a pointer to it. Go: a func, which prints as (func()) 0x….
template <bool N, class R, class... A>
[[noreturn]] void panic(R (&f)(A...) noexcept(N)) {
  panic<R (*)(A...)>(&f);
}
template <size_t N>
[[noreturn]] void panic(const char (&text)[N]) {
  panic<const char*>(text);
}
// Go: panic(nil), which is an error of its own.
[[noreturn]] inline void panic(decltype(nullptr)) { panic_any({nullptr, nullptr}); }

struct RecoverPoint;

// A deferred call's record. g->defers links them, newest first.
struct DeferRecord {
  void (*fn)(DeferRecord* self);
  DeferRecord* link;
  RecoverPoint* recover_to;  // the newest recover point when the record was made: where to go on if this call recovers
};

// The point at which a recovered goroutine goes on. It lies on the stack of the function that returns then.
struct RecoverPoint {
  // Callee-saved registers, stack pointer, program counter; as many as the ISA needs. The first field, for the
  // assembly.
  void* context[32];
  RecoverPoint* link;
  void* panics;         // g->panics when this was made
  DeferRecord* defers;  // the newest record when this was made: newer ones run before the goroutine goes on here
  bool is_call;         // made by func(): in a function that func() calls, recover() has no effect

  explicit RecoverPoint(bool call = false);
  ~RecoverPoint();
  RecoverPoint(const RecoverPoint&) = delete;
};

namespace detail {
void defer_push(DeferRecord* d) __asm__("runtime.deferproc");
void defer_return(DeferRecord* d) __asm__("runtime.deferreturn");
// Takes the newest record, which must be this one, off without running it.
void defer_pop(DeferRecord* d);
// Do deferred calls run because of a panic that was not recovered yet?
bool is_panicking();
Any gorecover() __asm__("runtime.gorecover");
Any recover_value();
[[gnu::returns_twice]] int setrecover(RecoverPoint* p) __asm__("runtime.setrecover");
// origin: the address at which the recovered panic has its value.
[[noreturn]] void panic_again(Any value, const void* origin);
// Go: the panic of a type assertion that fails.
[[noreturn]] void panicdottype(const Type* have, const Type* want) __asm__("runtime.panicdottypeE");

// Returns true. The compiler must assume that it changes *p and everything to which *p refers.
[[gnu::always_inline]] inline bool may_change(const void* p) {
  __asm__ volatile("" : : "r"(p) : "memory");
  return true;
}

// In namespace detail, because the program's functions may be inlined into them: tracebacks treat it accordingly.
template <class D>
void run_deferred(DeferRecord* d) {
  static_cast<D*>(d)->f_();
}
template <class F>
[[gnu::noinline]] auto call_func(F&& f) -> decltype(f()) {
  using T = decltype(f());
  RecoverPoint point(true);
  // When setrecover returns again, variables to which f refers may have changed. The compiler does not see that,
  // because panic does not return.
  const void* at = reinterpret_cast<const void*>(&f);  // f may be a function
  may_change(at);
  if (setrecover(&point) != 0 && may_change(at)) return T();
  return f();
}
}  // namespace detail

// Runs f when the scope ends, or when a panic or Goexit leaves it. Go: defer func() { ... }().
template <class F>
class Defer : DeferRecord {
 public:
  explicit Defer(F f) : DeferRecord{&detail::run_deferred<Defer>, nullptr, nullptr}, f_(static_cast<F&&>(f)) {
    detail::defer_push(this);
  }
  ~Defer() { detail::defer_return(this); }
  Defer(const Defer&) = delete;

 private:
  friend void detail::run_deferred<Defer>(DeferRecord* d);
  F f_;
};

namespace detail {

// For rt0's own work at the end of a goroutine that it has started. It is the goroutine's first record: last() runs at
// the end of the scope, and also when the program's function recovers a panic without a recover point of its own, or
// calls goexit_now(). It does not run for a panic that was not recovered: that ends the process, and the panic's value
// may lie in an object that last() destroys.
template <class L>
class Finally : DeferRecord {
 public:
  explicit Finally(L last) : DeferRecord{&run, nullptr, nullptr}, last_(last) { defer_push(this); }
  ~Finally() {
    defer_pop(this);
    last_();
  }
  Finally(const Finally&) = delete;

 private:
  static void run(DeferRecord* d) {
    if (!is_panicking()) static_cast<Finally*>(d)->last_();
  }
  L last_;
};

template <class F>
void run_owned(F* f) {
  const Finally destroy([f] { f->~F(); });
  (*f)();
}

// Hands d->fn to the panic that is passing by, to be called when that panic has been recovered.
void defer_until_recovered(DeferRecord* d);

// What rt0 takes back if its own function is left half-way because a function of the program, which it has called,
// panics or calls goexit_now(): undo() runs then, and does not run if the scope ends. After a panic it runs when that
// has been recovered, for until then the panic's value may lie in what undo() frees. `needed` false: does nothing.
template <class F, bool needed = true>
class Undo : DeferRecord {
 public:
  explicit Undo(F undo) : DeferRecord{&run, nullptr, nullptr}, undo_(undo) { defer_push(this); }
  ~Undo() { defer_pop(this); }
  Undo(const Undo&) = delete;

 private:
  static void run(DeferRecord* d) {
    d->fn = &undo;
    if (is_panicking()) defer_until_recovered(d);
    else undo(d);
  }
  static void undo(DeferRecord* d) { static_cast<Undo*>(d)->undo_(); }
  F undo_;
};
template <class F>
class Undo<F, false> {
 public:
  explicit Undo(const F&) {}
};

template <class C>
void move_owned(C* dst, C* src, void* newg) {
  const Undo back([newg] { newproc_undo(newg); });
  ::new (InPlace{}, dst) C(static_cast<C&&>(*src));
}

// new T(args...), but for the leak if the constructor panics.
template <class T, class... A>
T* make(A&&... args) {
  if constexpr (__is_trivially_copyable(T)) {
    return ::new T(static_cast<A&&>(args)...);
  } else {
    struct alignas(T) Memory {
      unsigned char bytes[sizeof(T)];
    };
    auto* memory = ::new Memory;
    const Undo free([memory] { ::delete memory; });
    return ::new (InPlace{}, memory) T(static_cast<A&&>(args)...);
  }
}

}  // namespace detail

class Recovered;
[[noreturn]] void panic(const Recovered& r);

// The result of recover(); false if there was no panic, or its value was nil. It has a copy of the panic's value, so it
// may outlive the deferred call.
class Recovered {
 public:
  Recovered() = default;
  explicit Recovered(builtin::Any v) : Recovered(v, v.data) {}
  Recovered(const Recovered& r) : Recovered(r.value(), r.origin_) {}
  Recovered& operator=(const Recovered& r);
  ~Recovered();

  explicit operator bool() const { return type_ != nullptr; }
  template <class T>
  bool is() const {
    return type_ == &detail::kType<T>;
  }
  // Null if the value is of another type. Go: v, ok := r.(T).
  template <class T>
  const T* get() const {
    return is<T>() ? static_cast<const T*>(value().data) : nullptr;
  }
  // Panics if the value is of another type. Go: r.(T).
  template <class T>
  const T& as() const {
    if (!is<T>()) detail::panicdottype(type_, &detail::kType<T>);
    return *get<T>();
  }
  // Whether the value is an error: it has a method Error(). Go: _, ok := r.(error).
  bool is_error() const { return type_ != nullptr && type_->error != nullptr; }
  // The result of the value's Error(); empty if it is no error. The text lives as long as this object.
  builtin::Text error() const { return is_error() ? type_->error(value().data) : builtin::Text{nullptr, 0}; }
  [[gnu::always_inline]] builtin::Any value() const {
    return {type_, heap_ != nullptr ? heap_ : type_ != nullptr ? small_ : nullptr};
  }
  // For print: the text that a panic with this value would print, without quotes and type names; "nil" for nil.
  operator PrintArg() const;

 private:
  friend void panic(const Recovered& r);
  Recovered(builtin::Any v, const void* origin);

  static constexpr unsigned kSmall = 32;

  const void* origin_ = nullptr;  // where the panic had its value
  const builtin::Type* type_ = nullptr;
  void* heap_ = nullptr;  // where the value is, if it is too large for small_
  alignas(16) unsigned char small_[kSmall];
};

// In a deferred call that a panic runs: returns the panic's value, and stops the panic when the call returns. Nil
// everywhere else: without a panic, on Goexit, at the normal end of a scope, and in functions that the deferred call
// calls by func(). Go: builtin recover.
inline Recovered recover() { return Recovered(detail::recover_value()); }

// Panics again with the recovered value.
inline void panic(const Recovered& r) { detail::panic_again(r.value(), r.origin_); }

// If a deferred call made after this statement recovers, the function returns the argument (no argument: void) from
// here. Destructors of objects made before the statement run then, those of objects made after it do not. As with
// setjmp, a variable that was made before it and changed after it has the new value only if its address was taken; a
// capture by reference does that. The argument's variables are kept in memory, because it is evaluated at the return.
#define RT0_RECOVER_RETURN(...)                                                                          \
  auto rt0_recover_uses_ = [&] { __VA_OPT__((void)(__VA_ARGS__);) };                                     \
  ::rt0::RecoverPoint rt0_recover_pt_;                                                                   \
  ::rt0::detail::may_change(&rt0_recover_uses_);                                                         \
  if (::rt0::detail::setrecover(&rt0_recover_pt_) != 0 && ::rt0::detail::may_change(&rt0_recover_uses_)) \
  return __VA_ARGS__

// Go: func() { ... }(): calls f; a panic recovered in f's deferred calls makes it return T{}.
template <class F>
[[gnu::always_inline]] inline auto func(F&& f) -> decltype(f()) {
  return detail::call_func(static_cast<F&&>(f));
}

// Go: func() (r R) { ... }(), with a named result: calls f(r), where r begins as R{}, and returns what r is in the end.
// Deferred calls may change r, also one that recovers:
//   const int n = func<int>([](int& r) {
//     Defer d([&] { if (recover()) r = -1; });
//     r = parse();                            // panics
//   });
template <class R, class F>
  requires requires(F& f, R& r) { f(r); }
[[gnu::always_inline]] inline R func(F&& f) {
  R result{};
  func([&] { f(result); });
  return result;
}

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using builtin::Any;
using builtin::Text;
using builtin::Type;
#endif

}  // namespace rt0
