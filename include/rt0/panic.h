// defer, panic and recover. Go: the builtins of these names. docs/PANICS.md says what runs when, and what does not.
#pragma once

#include <stddef.h>

#include "rt0/go.h"
#include "rt0/type.h"

namespace rt0 {

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
  char* own_;      // text_, if this object must free it; else null
  bool borrowed_;  // text_ lies in a frame of the panicking goroutine
};

[[noreturn]] void panic_any(builtin::Any value);

class Recovered;

// Panics with `value`: a number, bool, string, or a value of any type that can be copied. Deferred calls run; unless
// one of them recovers, prints "panic: " and the value, by its Error() or String() method if it has one, then the
// goroutine's traceback, and exits with status 2. The text that Error() or String() returns must outlive the call: a
// literal, or text that the value keeps.
template <class T>
  requires(!requires(const Recovered*& to, const T* from) { to = from; })
[[noreturn, gnu::always_inline]] inline void panic(const T& value) {
  panic_any(detail::any_of(value));
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
// Whether deferred calls run now because of a panic that was not recovered yet.
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

// Whether an exception has left the scope whose end destroys this object, or, in a program with exceptions, a panic or
// Goexit. Only in files that are compiled with exceptions; elsewhere none can.
#ifdef __cpp_exceptions
unsigned uncaught_exceptions() __asm__("rt0.uncaught_exceptions");
class LeftByException {
 public:
  static constexpr bool kPossible = true;
  bool operator()() const { return uncaught_exceptions() > before_; }

 private:
  unsigned before_ = uncaught_exceptions();
};
using Unwinding = LeftByException;
#else
struct NeverLeft {
  static constexpr bool kPossible = false;
  constexpr bool operator()() const { return false; }
};
using Unwinding = NeverLeft;
#endif

// For rt0's own work at the end of a goroutine that it has started. It is the goroutine's first record: last() runs at
// the end of the scope, and also when the program's function recovers a panic without a recover point of its own, or
// calls goexit_now(). It does not run for a panic that was not recovered: that ends the process, and the panic's value
// may lie in an object that last() destroys.
template <class L, class Left = Unwinding>
class Finally : DeferRecord {
 public:
  explicit Finally(L last) : DeferRecord{&run, nullptr, nullptr}, last_(last) { defer_push(this); }
  ~Finally() {
    defer_pop(this);
    if (!Left::kPossible || fn != nullptr) last_();
  }
  Finally(const Finally&) = delete;

 private:
  static void run(DeferRecord* d) {
    if constexpr (Left::kPossible) d->fn = nullptr;  // the destructor may run later
    if (!is_panicking()) static_cast<Finally*>(d)->last_();
  }
  L last_;
};

template <class F>
void run_owned(F* f) {
  const Finally destroy([f] { f->~F(); });
  (*f)();
}

// The panic that runs d now will call d->fn when it has been recovered.
void defer_until_recovered(DeferRecord* d);

// What rt0 takes back if its own function is left half-way because a function of the program, which it has called,
// panics, throws or calls goexit_now(): undo() runs then, and does not run if the scope ends normally. After a panic it
// runs when that has been recovered; until then the panic's value may lie in what undo() frees. at_once: for what frees
// nothing; it runs while the panic goes on, before the program's deferred functions. Not `needed`: does nothing. Left
// is a parameter because in files with and without exceptions this must be different classes.
template <class F, bool needed = true, bool at_once = false, class Left = Unwinding>
class Undo : DeferRecord {
 public:
  explicit Undo(F undo) : DeferRecord{&run, nullptr, nullptr}, undo_(undo) { defer_push(this); }
  ~Undo() {
    defer_pop(this);
    if (left_() && fn != nullptr) undo_();
  }
  Undo(const Undo&) = delete;

 private:
  static void run(DeferRecord* d) {
    d->fn = &undo;
    if (!at_once && is_panicking()) defer_until_recovered(d);
    else undo(d);
  }
  static void undo(DeferRecord* d) {
    if constexpr (Left::kPossible) d->fn = nullptr;  // the destructor may run later
    static_cast<Undo*>(d)->undo_();
  }
  F undo_;
  [[no_unique_address]] Left left_{};
};
template <class F, bool at_once, class Left>
class Undo<F, false, at_once, Left> {
 public:
  explicit Undo(const F&) {}
};

template <class C>
void move_owned(C* dst, C* src, void* newg) {
  const Undo back([newg] { newproc_undo(newg); });
  ::new (InPlace{}, dst) C(static_cast<C&&>(*src));
}

// As new T(args...), but if the constructor panics, the memory is freed.
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

// Panics with the value that an any, or a Recovered, holds.
[[noreturn]] void panic(const Recovered& r);

// The result of recover(); false if there was no panic, or its value was nil. It has a copy of the panic's value, so it
// may outlive the deferred call.
class Recovered {
 public:
  Recovered() = default;
  explicit Recovered(builtin::Any v) : Recovered(v, v.data) {}
  [[gnu::always_inline]] Recovered(const Recovered& r) : Recovered(r.value(), r.origin_) {}
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

// Panics again with what recover() has returned, or with a copy of that.
inline void panic(const Recovered& r) { detail::panic_again(r.value(), r.origin_); }

// If a deferred call made after this statement recovers, the function returns the argument (no argument: void) from
// here. Destructors of objects made before it run then, those of objects made after it only with exceptions. As with
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

namespace detail {

// A function that a goroutine owns and can destroy before it tells other goroutines that the function is over: they may
// rely on it that what f has captured is gone. If destroy() was never called, the destructor destroys f.
template <class F, bool = __is_trivially_copyable(F)>
class Owned {
 public:
  template <class A>
  Owned(InPlace, A&& a) : f(static_cast<A&&>(a)) {}
  Owned(Owned&& from) : f(static_cast<F&&>(from.f)) {}
  ~Owned() { destroy(); }
  void destroy() {
    if (there_) f.~F();
    there_ = false;
  }
  union {
    F f;
  };

 private:
  bool there_ = true;
};
template <class F>
class Owned<F, true> {
 public:
  template <class A>
  Owned(InPlace, A&& a) : f(static_cast<A&&>(a)) {}
  void destroy() {}
  F f;
};

}  // namespace detail

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using builtin::Any;
using builtin::Text;
using builtin::Type;
#endif

}  // namespace rt0
