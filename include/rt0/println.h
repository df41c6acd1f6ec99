// What fmt::println prints beyond the operands of print: a value's text in the form that Go's fmt.Println gives to the
// like of it. Known by what they have, so that no header of the C++ library is needed here:
//
//   a method str() or Error()           its text: time::Duration, time::Time, errors of the program's own
//   std::chrono's durations             as a time::Duration: 1.5s; a time_point of system_clock as a time::Time
//   enumerations                        the number; a time::Weekday by its name
//   arrays and containers               [1 2 3]; maps map[a:1 b:2], in the order of their keys
//   std::pair, std::complex             {1 x}, (1+2.5i)
//   std::optional                       the value, or <nil>
//   std::unique_ptr and the like        the address, as of a pointer
//   std::exception, std::error_code     what(), message()
//
// Any other value is an error of the compiler's. Formats are {fmt}'s: docs/LIBRARY.md.
#pragma once

#include "rt0/date.h"
#include "rt0/print.h"
#include "rt0/text.h"
#include "rt0/time.h"
#include "rt0/type.h"

namespace rt0::detail {

// Adds the text that print prints of the operand.
void append_operand(builtin::String* to, const PrintArg& operand);

template <class T>
void append_value(builtin::String& to, const T& v);

template <class T>
concept ChronoDuration = requires(const T& v) {
  typename T::rep;
  typename T::period;
  v.count();
};
// The largest or smallest Duration if the value does not fit.
template <ChronoDuration T>
time::Duration duration_of(const T& v) {
  constexpr int64_t kSecond = 1000000000, num = T::period::num, den = T::period::den;
  if constexpr (static_cast<typename T::rep>(0.5) != 0) {
    const double ns = static_cast<double>(v.count()) * num / den * kSecond;
    if (!(ns < 9223372036854775807.0)) return ns != ns ? time::Duration{0} : time::Duration::max();
    return ns <= -9223372036854775808.0 ? time::Duration::min() : time::Duration{static_cast<int64_t>(ns)};
  } else if constexpr (den > kSecond) {
    return {static_cast<int64_t>(v.count()) / (den / kSecond) * num};
  } else {
    int64_t ns;
    if (!__builtin_mul_overflow(static_cast<int64_t>(v.count()), num * (kSecond / den), &ns)) return {ns};
    return v.count() < 0 ? time::Duration::min() : time::Duration::max();
  }
}
template <class T>
concept SystemTime = requires(const T& v) {
  { v.time_since_epoch() } -> ChronoDuration;
  T::clock::to_time_t;
};

template <class T>
concept Texts = requires(const T& v) { PrintArg(StrArg(v.data(), v.size())); };
template <class T>
inline constexpr bool kIsWide = false;  // the elements of wide texts, which are no lists of numbers
template <>
inline constexpr bool kIsWide<wchar_t> = true;
template <>
inline constexpr bool kIsWide<char16_t> = true;
template <>
inline constexpr bool kIsWide<char32_t> = true;
template <class T>
concept Iterated = requires(const T& v) {
  typename T::value_type;
  v.begin() != v.end();
  requires !kIsWide<typename T::value_type>;
};
template <class T>
inline constexpr bool kIsArray = false;
template <class T, size_t N>
inline constexpr bool kIsArray<T[N]> = !kIsWide<T>;

template <class T>
void append_element(builtin::String& to, const T& e) {
  if constexpr (requires { typename T::first_type; }) {
    append_value(to, e.first);
    to.push(':');
    append_value(to, e.second);
  } else {
    append_value(to, e);
  }
}

// Whether the element a comes before b in a container with a hash, which has no order of its own.
template <class T>
bool before(const T& a, const T& b) {
  if constexpr (requires { typename T::first_type; }) {
    if constexpr (requires { a.first < b.first; }) return a.first < b.first;
    else return false;
  } else if constexpr (requires { a < b; }) {
    return a < b;
  } else {
    return false;
  }
}

// The elements, blanks between them. Those of a container with a hash in the order of the keys, as Go prints maps: a
// sort by insertion into halved steps (Shell's), of pointers.
template <class T>
void append_elements(builtin::String& to, const T& v) {
  bool first = true;
  const auto add = [&](const auto& e) {
    if (!first) to.push(' ');
    first = false;
    if constexpr (requires { typename T::mapped_type; }) append_element(to, e);
    else append_value(to, e);
  };
  if constexpr (requires { typename T::hasher; }) {
    using Element = typename T::value_type;
    const size_t n = v.size();
    const Element** const all = new const Element*[n];
    size_t count = 0;
    for (const Element& e : v) all[count++] = &e;
    for (size_t step = n / 2; step > 0; step /= 2) {
      for (size_t i = step; i < n; i++) {
        for (size_t k = i; k >= step && before(*all[k], *all[k - step]); k -= step) {
          const Element* const t = all[k];
          all[k] = all[k - step];
          all[k - step] = t;
        }
      }
    }
    for (size_t i = 0; i < n; i++) add(*all[i]);
    delete[] all;
  } else {
    for (const auto& e : v) add(e);
  }
}

template <class T>
inline constexpr bool kNoText = false;

// The text of v.
template <class T>
void append_value(builtin::String& to, const T& v) {
  if constexpr (kIsOperand<T>) {
    append_operand(&to, PrintArg(v));
  } else if constexpr (requires { PrintArg(static_cast<const char8_t*>(v.data())); }) {
    to.append({reinterpret_cast<const char*>(v.data()), v.size()});
  } else if constexpr (requires {
                         { v.str() } -> Texts;
                       }) {
    const auto text = v.str();
    to.append({text.data(), text.size()});
  } else if constexpr (HasError<T>) {
    const auto text = v.Error();
    to.append({text.data(), text.size()});
  } else if constexpr (ChronoDuration<T>) {
    append_value(to, duration_of(v));
  } else if constexpr (SystemTime<T>) {
    append_value(to, time::Time::from_unix(0, duration_of(v.time_since_epoch()).count));
  } else if constexpr (requires { weekday_name(v); }) {
    append_operand(&to, PrintArg(weekday_name(v)));
  } else if constexpr (__is_enum(T)) {
    append_operand(&to, PrintArg(static_cast<__underlying_type(T)>(v)));
  } else if constexpr (requires {
                         typename T::element_type;
                         v.get();
                       }) {
    append_operand(&to, PrintArg(static_cast<const volatile void*>(v.get())));
  } else if constexpr (requires {
                         v.has_value();
                         *v;
                       }) {
    if (v.has_value()) append_value(to, *v);
    else to.append("<nil>");
  } else if constexpr (requires {
                         v.real();
                         v.imag();
                       }) {
    to.push('(');
    append_value(to, v.real());
    const auto imaginary = static_cast<double>(v.imag());  // the text of an infinity has its plus
    if (!__builtin_signbit(imaginary) && !__builtin_isinf(imaginary)) to.push('+');
    append_value(to, v.imag());
    to.append("i)");
  } else if constexpr (requires { PrintArg(v.what()); }) {
    append_operand(&to, PrintArg(v.what()));
  } else if constexpr (requires {
                         { v.message() } -> Texts;
                       }) {
    const auto text = v.message();
    to.append({text.data(), text.size()});
  } else if constexpr (Iterated<T> || kIsArray<T>) {
    to.append(requires { typename T::mapped_type; } ? "map[" : "[");
    append_elements(to, v);
    to.push(']');
  } else if constexpr (requires {
                         v.first;
                         v.second;
                       }) {
    to.push('{');
    append_value(to, v.first);
    to.push(' ');
    append_value(to, v.second);
    to.push('}');
  } else {
    static_assert(kNoText<T>,
                  "fmt::println knows no text for a value of this type: give its class a method str() that "
                  "returns a text, or format it with {fmt}, see docs/LIBRARY.md");
  }
}

template <class... A>
struct Line {
  static void print(const A&... a) {
    builtin::String line;
    bool first = true;
    const auto add = [&](const auto& v) {
      if (!first) line.push(' ');
      first = false;
      append_value(line, v);
    };
    (add(a), ...);
    const PrintArg args[] = {PrintArg(line)};
    print_args(1, args, 1, false, true);
  }
};

}  // namespace rt0::detail
