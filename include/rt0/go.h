// The go statement.
#pragma once

#include <stddef.h>

namespace rt0 {

struct Funcval;

// The options of go_with.
struct GoOptions {
  // Bytes of address space for the stack, its guard page included; 0: as for go(), 256 KiB, or 64 KiB on 32-bit
  // machines. Rounded up to a power of two, at least 16 KiB and four pages. More than 1 GiB, or 256 MiB on 32-bit
  // machines, panics. Only the pages that are used take memory.
  size_t stack = 0;
};

namespace detail {

// Computes the default of GOMAXPROCS: see sched/maxprocs.h. Only programs that have go statements need it.
struct Maxprocs;
extern const Maxprocs maxprocs __asm__("runtime.maxprocs");

// The runtime's description of a go statement. The closure is passed beside it and is moved to the top of the new
// goroutine's stack, so no heap is needed.
struct GoStmt {
  // Builds the closure at dst, on the stack of the goroutine newg, out of the one at src.
  void (*move)(void* dst, void* src, void* newg);
  size_t size, align;
  const char* file;
  unsigned line;
  const Maxprocs* needs;  // not read: a program that names it is linked with it
};

// With a null stmt the closure is not copied and must live for ever.
void newproc(Funcval* closure, const GoStmt* stmt) __asm__("runtime.newproc");
void newproc_with(Funcval* closure, const GoStmt* stmt, const GoOptions* options);
// Called when building newg's closure has panicked, so that newg will not run: newg is free again.
void newproc_undo(void* newg);

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
struct RemoveConst {
  using type = T;
};
template <class T>
struct RemoveConst<const T> {
  using type = T;
};
// The type in which a callable is kept that was handed over as a T: without reference and const; of a function, the
// pointer to it.
template <class T, class U = typename RemoveConst<typename RemoveRef<T>::type>::type, class C = const U>
struct Decay {
  using type = U;
};
template <class T, class U>
struct Decay<T, U, U> {  // a function is the one type that const does not change
  using type = U*;
};

struct InPlace {};

}  // namespace detail
}  // namespace rt0

// Placement new, which freestanding C++ has no header for. The tag keeps it apart from <new>'s.
inline void* operator new(size_t, rt0::detail::InPlace, void* p) noexcept { return p; }

namespace rt0 {
namespace detail {

// These two are in panic.h, which this header includes at its end. Calls *f and destroys it.
template <class F>
void run_owned(F* f);
// Builds newg's closure; if its constructor panics, and the panic is recovered, newg is free again.
template <class C>
void move_owned(C* dst, C* src, void* newg);

template <class F>
struct Closure {
  void (*fn)(Closure* self);  // first: a Closure is a Funcval to the runtime
  F f;

  static void run(Closure* self) {
    if constexpr (__is_trivially_copyable(F)) self->f();
    else run_owned(&self->f);
  }
  static void move(void* dst, void* src, void* newg) {
    Closure *to = static_cast<Closure*>(dst), *from = static_cast<Closure*>(src);
    if constexpr (__is_trivially_copyable(F)) ::new (InPlace{}, to) Closure(static_cast<Closure&&>(*from));
    else move_owned(to, from, newg);
  }
};

// The function in which the goroutine begins. A function without a result needs no Closure::run around it: the
// goroutine begins in the function itself, as Go's does, and so a dump has its name even before it has run. It gets an
// argument that it does not have. That does no harm: the argument is in a register, or the caller removes it from the
// stack. A null pointer is called by run, so that the fault has a frame.
template <class F>
[[gnu::always_inline]] inline auto entry_of(const F&) -> void (*)(Closure<F>*) {
  return &Closure<F>::run;
}
template <bool N>
[[gnu::always_inline]] inline auto entry_of(void (*const& f)() noexcept(N))
    -> void (*)(Closure<void (*)() noexcept(N)>*) {
  using C = Closure<void (*)() noexcept(N)>;
  return f != nullptr ? reinterpret_cast<void (*)(C*)>(static_cast<void (*)()>(f)) : &C::run;
}

}  // namespace detail

// Starts a goroutine that runs f(). f is any callable: a function, a lambda with its captures, an object with
// operator(). It is copied or moved first, then belongs to the goroutine and is destroyed when f returns or calls
// goexit_now(). The caller must keep objects alive that are captured by reference, as anywhere in C++.
// Always inlined, so that tracebacks show the goroutine as "created by" the function with the go statement.
template <class F>
[[gnu::always_inline]] inline void go(F&& f, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
  using Fn = typename detail::Decay<F>::type;
  using C = detail::Closure<Fn>;
  C closure{&C::run, static_cast<F&&>(f)};
  closure.fn = detail::entry_of(closure.f);
  const detail::GoStmt stmt{&C::move, sizeof(C), alignof(C), file, line, &detail::maxprocs};
  detail::newproc(reinterpret_cast<Funcval*>(&closure), &stmt);
}

// The same with a stack of another size: go_with({.stack = 1 << 20}, f). Go's stacks grow; rt0's do not. So a goroutine
// that recurses deeply needs a larger stack, and a program with very many goroutines may give them smaller ones.
template <class F>
[[gnu::always_inline]] inline void go_with(const GoOptions& options, F&& f, const char* file = __builtin_FILE(),
                                           unsigned line = __builtin_LINE()) {
  using Fn = typename detail::Decay<F>::type;
  using C = detail::Closure<Fn>;
  C closure{&C::run, static_cast<F&&>(f)};
  closure.fn = detail::entry_of(closure.f);
  const detail::GoStmt stmt{&C::move, sizeof(C), alignof(C), file, line, &detail::maxprocs};
  detail::newproc_with(reinterpret_cast<Funcval*>(&closure), &stmt, &options);
}

}  // namespace rt0

#include "rt0/panic.h"
