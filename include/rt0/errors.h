// Go's package errors, and fmt.Errorf: errors of the program's own, and errors that wrap others.
//
//   static const errors::Error not_found = errors::make("not found");       // var ErrNotFound = errors.New(…)
//   return errors::errorf("user %d: %w", id, not_found);
//   if (errors::is(err, not_found)) …                                       // and errors::is(err, Err::noent), io::eof
//   if (auto [e, ok] = errors::as<ParseError>(err); ok) use(e.line);        // var e ParseError; errors.As(err, &e)
//
// An Error is a value without heap memory, so the errors that it wraps lie in it, too. Its 480 bytes hold all texts,
// and for each wrapped error a note of 16 bytes, with the value if it was made by of(). A text that is too long is cut.
// All notes have 288 bytes at most, and there are notes of 16 wrapped errors at most. If there are more errors, those
// made by errorf, which a program hardly asks for, are left out first; those of make() and of(), and rt0's own, stay as
// long as there is room.
#pragma once

#include "rt0/error.h"
#include "rt0/panic.h"

namespace rt0 {

namespace detail {

// What an Error can hold.
inline constexpr size_t kMostValue = 128;
template <class T>
concept ErrorType = __is_trivially_copyable(T) && sizeof(T) <= kMostValue && HasError<T>;

// Makes an error that says `text`; with a value of an ErrorType, or without: {}.
ErrorValue error_of(StrArg text, Any value);
template <class T>
ErrorValue error_of_value(const void* at) {
  const T& v = *static_cast<const T*>(at);
  const auto text = v.Error();  // it may be a temporary
  if constexpr (ErrorType<T>) return error_of({text.data(), text.size()}, {&kType<T>, &v});
  else return error_of({text.data(), text.size()}, {nullptr, nullptr});
}

// An argument of errorf: the value with its type, and how to make an error of it if it has a method Error().
struct ErrorArg {
  Any value;
  const char* text = nullptr;    // of a literal, what `value` points to
  void (*function)() = nullptr;  // of a function
  ErrorValue (*error)(const void* value) = nullptr;

  template <class T>
  ErrorArg(const T& v) : value(any_of(v)) {
    if constexpr (HasError<T>) error = error_of_value<T>;
  }
  ErrorArg(const ErrorValue& v) : value(any_of(v)) {}
  // What an any, or a Recovered, holds.
  template <class T>
    requires requires(const Recovered*& to, const T* from) { to = from; }
  ErrorArg(const T& v) : value(v.value()) {}
  ErrorArg(const char* s) : value{&kType<const char*>, &text}, text(s) {}
  ErrorArg(char* s) : ErrorArg(static_cast<const char*>(s)) {}
  template <size_t N>
  ErrorArg(const char (&s)[N]) : ErrorArg(static_cast<const char*>(s)) {}
  // A function, by its name.
  template <bool N, class R, class... A>
  ErrorArg(R (&f)(A...) noexcept(N))
      : value{&kType<R (*)(A...)>, &function}, function(reinterpret_cast<void (*)()>(&f)) {}
  ErrorArg(decltype(nullptr)) : value{nullptr, nullptr} {}
  ErrorArg(const ErrorArg&) = delete;
  ErrorArg& operator=(const ErrorArg&) = delete;
};

ErrorValue error_make(StrArg text);
ErrorValue error_format(StrArg format, const ErrorArg* args, size_t n);
ErrorValue error_join(const ErrorValue* const* errs, size_t n);
ErrorValue error_unwrap(const ErrorValue& e);
bool error_is(const ErrorValue& e, errors::Err target);
bool error_is(const ErrorValue& e, const ErrorValue& target);
// Copies the first value of that type to `to`; false if there is none.
bool error_as(const ErrorValue& e, const Type* type, void* to);
ErrorValue error_as_op(const ErrorValue& e);

}  // namespace detail

namespace errors {

// An error with this text. No other error is the same, even if it has the same text. (Such errors are told apart by
// numbers, which come again after a billion errors that one program makes.) Go: errors.New.
inline Error make(StrArg text) { return detail::error_make(text); }

// A value of the program's own as an error: T has a method Error(), can be copied as bytes and takes at most 128.
template <class T>
  requires detail::ErrorType<T>
Error of(const T& v) {
  return detail::error_of_value<T>(&v);
}

// An error whose text is made by a format: %v anything, %s texts, %q texts in quotes, %d whole numbers, %x texts and
// whole numbers in hexadecimal, %t bool, %T the type, %% a percent sign; no widths. %w: an error's text, and the new
// error wraps it. Of values that have a method Error() but are no Error, the first three are wrapped, further ones only
// printed. An argument that does not fit is printed as Go prints it: %!d(string=hi), %!s(MISSING). Go: fmt.Errorf.
template <class... A>
Error errorf(StrArg format, const A&... a) {
  const detail::ErrorArg args[] = {a..., nullptr};
  return detail::error_format(format, args, sizeof...(A));
}

// The error that err wraps; none if it wraps none, or several. Of rt0's own: the reason alone, so of "open x: is a
// directory" that is "is a directory".
inline Error unwrap(const Error& err) { return detail::error_unwrap(err); }

// An error that wraps all arguments that are errors, with one line of text for each; none if no argument is an error.
template <class... E>
Error join(const E&... errs) {
  const Error* const all[] = {&errs..., nullptr};
  return detail::error_join(all, sizeof...(E));
}

// Whether err, or an error that it wraps, is `target`.
inline bool is(const Error& err, Err target) { return detail::error_is(err, target); }
inline bool is(const Error& err, const Error& target) { return detail::error_is(err, target); }
template <class T>
  requires detail::ErrorType<T>
bool is(const Error& err, const T& target) {
  return detail::error_is(err, of(target));
}

template <class T>
struct As {
  T value;
  bool ok;
};
// The first value of type T that err is, or wraps.
template <class T>
  requires detail::ErrorType<T>
As<T> as(const Error& err) {
  As<T> r{};
  r.ok = detail::error_as(err, &detail::kType<T>, &r.value);
  return r;
}
// The first error, among err and those that it wraps, that has an operation, as rt0's own errors have: its op() and
// reason() can be asked for. None if there is none. Go: errors.As with an *fs.PathError or a *net.OpError.
inline Error as_op(const Error& err) { return detail::error_as_op(err); }

}  // namespace errors
}  // namespace rt0
