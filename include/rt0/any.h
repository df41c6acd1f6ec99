// A value of any type, with its type. Go: any.
//
//   rt0::Chan<rt0::any> c(1);
//   c.send(42);
//   const rt0::any v = c.recv();
//   if (const int* n = v.get<int>()) …      // n, ok := v.(int)
//   if (v.is_error()) println(v.error());   // err, ok := v.(error)
#pragma once

#include "rt0/panic.h"

namespace rt0 {

// Holds a copy of the value; a small value needs no heap. A default any, and one made of nullptr, is Go's nil, which is
// false. So is one made of an Error that holds no error. It has the methods of Recovered (panic.h), the type that
// recover() returns.
class any : public Recovered {
 public:
  any() = default;
  any(decltype(nullptr)) {}
  any(const Recovered& r) : Recovered(r) {}
  // v: a value of any type that can be copied. A literal is held as a const char*.
  template <class T>
    requires(!requires(const Recovered*& to, const T* from) { to = from; })
  any(const T& v) : Recovered(detail::any_of(v)) {}
  // A function, by its name: the value is a pointer to it.
  template <bool N, class R, class... A>
  any(R (&f)(A...) noexcept(N)) : any(static_cast<R (*)(A...)>(&f)) {}
  template <size_t N>
  any(const char (&text)[N]) : any(static_cast<const char*>(text)) {}
};

}  // namespace rt0
