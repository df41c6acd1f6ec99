// The go statement.
#pragma once

#include <stddef.h>

namespace rt0 {

struct Funcval;

// What go_with can be told of a goroutine.
struct GoOptions {
  // Bytes of address space for its stack, its guard page included; 0: as go does, 256 KiB, or 64 KiB on 32-bit
  // machines. Rounded up to a power of two, at least 16 KiB (four pages). More than 1 GiB, 256 MiB on 32-bit machines,
  // panics. Memory is only taken for what is used.
  size_t stack = 0;
};

namespace detail {

// How many goroutines run at once, where nobody has said it. Only programs that have go statements need it.
struct Maxprocs;
extern const Maxprocs maxprocs __asm__("runtime.maxprocs");

// What the runtime must know of a go statement. The closure itself is handed over beside it and is moved to the top of
// the new goroutine's stack: no heap is involved.
struct GoStmt {
  void (*move)(void* dst, void* src);  // builds the closure at dst out of the one at src
  size_t size, align;
  const char* file;
  unsigned line;
  const Maxprocs* needs;  // not read: a program that names it is linked with it
};

// With a null stmt the closure is not copied and must live for ever.
void newproc(Funcval* closure, const GoStmt* stmt) __asm__("runtime.newproc");
void newproc_with(Funcval* closure, const GoStmt* stmt, const GoOptions* options);

template <class T>
struct RemoveRef {
  using type = T;
};
template <class T>
struct RemoveRef<T&> {
  using type = T;
};
template <class T>
struct RemoveRef<T&&> {
  using type = T;
};
template <class T>
struct Decay : RemoveRef<T> {};
template <class R, class... A>
struct Decay<R (&)(A...)> {
  using type = R (*)(A...);
};

struct InPlace {};

}  // namespace detail
}  // namespace rt0

// Placement new, which freestanding C++ has no header for. The tag keeps it apart from <new>'s.
inline void* operator new(size_t, rt0::detail::InPlace, void* p) noexcept { return p; }

namespace rt0 {
namespace detail {

// Calls *f and destroys it. In panic.h, which this header includes at its end.
template <class F>
void run_owned(F* f);

template <class F>
struct Closure {
  void (*fn)(Closure* self);  // first: a Closure is a Funcval to the runtime
  F f;

  static void run(Closure* self) {
    if constexpr (__is_trivially_copyable(F)) self->f();
    else run_owned(&self->f);
  }
  static void move(void* dst, void* src) {
    ::new (InPlace{}, dst) Closure(static_cast<Closure&&>(*static_cast<Closure*>(src)));
  }
};

}  // namespace detail

// Starts a goroutine that runs f(). f is any callable: a function, a lambda with its captures, an object with
// operator(). It is copied or moved first, then belongs to the goroutine and is destroyed when f returns or calls
// goexit_now(). Captures by reference are the caller's to keep alive, as anywhere in C++.
// Inlined always, so that the goroutine is "created by" the function that says go.
template <class F>
[[gnu::always_inline]] inline void go(F&& f, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
  using Fn = typename detail::Decay<F>::type;
  using C = detail::Closure<Fn>;
  C closure{&C::run, static_cast<F&&>(f)};
  const detail::GoStmt stmt{&C::move, sizeof(C), alignof(C), file, line, &detail::maxprocs};
  detail::newproc(reinterpret_cast<Funcval*>(&closure), &stmt);
}

// The same with a stack of another size: go_with({.stack = 1 << 20}, f). Go's stacks grow; these do not, so that a
// goroutine that recurses deeply says so, and one of many that do not may say that it needs little.
template <class F>
[[gnu::always_inline]] inline void go_with(const GoOptions& options, F&& f, const char* file = __builtin_FILE(),
                                           unsigned line = __builtin_LINE()) {
  using Fn = typename detail::Decay<F>::type;
  using C = detail::Closure<Fn>;
  C closure{&C::run, static_cast<F&&>(f)};
  const detail::GoStmt stmt{&C::move, sizeof(C), alignof(C), file, line, &detail::maxprocs};
  detail::newproc_with(reinterpret_cast<Funcval*>(&closure), &stmt, &options);
}

}  // namespace rt0

#include "rt0/panic.h"
