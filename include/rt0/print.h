// print and println, as Go's builtins: they write to stderr, without formats, and work at any time, even when the
// runtime is broken.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace rt0 {

// Writes v to out (at most 24 bytes) with the fewest digits that are read back as the same number: 0.1, 100000, 1e+06.
// Returns how many bytes. format_float32: for a v that was a float. Steele and White's algorithm: see base/format.cc.
size_t format_float(char* out, double v);
size_t format_float32(char* out, double v);

// One operand of a print; every printable type converts to it. Numbers print in decimal (a char is a number, as in Go),
// floats with the fewest digits that are read back as the same number (1.5, 1e+06), pointers as 0x…, bools as true or
// false, strings unchanged.
struct PrintArg {
  enum class Kind : unsigned char { boolean, int_, uint_, pointer, string, formatted, made };
  struct Text {
    const char* ptr;
    size_t len;

    Text() = default;
    constexpr Text(const char* s, size_t n) : ptr(s), len(n) {}
    // A literal, whose length the compiler knows. For other text the length must be given.
    template <size_t N>
    consteval Text(const char (&literal)[N]) : ptr(literal), len(N - 1) {}

    constexpr const char* data() const { return ptr; }
    constexpr size_t size() const { return len; }

    // Whether the bytes are the same.
    friend constexpr bool operator==(Text a, Text b) {
      if (a.len != b.len) return false;
      for (size_t i = 0; i < a.len; i++)
        if (a.ptr[i] != b.ptr[i]) return false;
      return true;
    }
  };

  // A double, and the function that writes it at `out`: a program without floats is not linked with their formatting.
  struct Formatted {
    size_t (*format)(char* out, double v);
    double value;
  };

  // A value whose text is made when it is printed: at most kMostMade bytes at `out`. The value must stay until then.
  struct Made {
    size_t (*put)(char* out, const void* value);
    const void* value;
  };
  static constexpr size_t kMostMade = 80;

  Kind kind;
  union {
    bool boolean;
    int64_t int_;
    uint64_t uint_;
    Formatted formatted;
    Made made;
    const volatile void* pointer;
    Text string;
  };

  // A bool, or an object of a class with an operator bool that is not explicit. No other value: a pointer to a member,
  // or a lambda, would become a bool.
  template <class B>
    requires(__is_same(B, bool) || (!requires(const B& v) { v.data(); } && requires(const B& v, bool& to) {
              v.operator bool();
              to = v;
            }))
  PrintArg(const B& v) : kind(Kind::boolean), boolean(v) {}
  PrintArg(char v) : kind(Kind::int_), int_(v) {}
  PrintArg(signed char v) : kind(Kind::int_), int_(v) {}
  PrintArg(short v) : kind(Kind::int_), int_(v) {}
  PrintArg(int v) : kind(Kind::int_), int_(v) {}
  PrintArg(long v) : kind(Kind::int_), int_(v) {}
  PrintArg(long long v) : kind(Kind::int_), int_(v) {}
  PrintArg(unsigned char v) : kind(Kind::uint_), uint_(v) {}
  PrintArg(unsigned short v) : kind(Kind::uint_), uint_(v) {}
  PrintArg(unsigned v) : kind(Kind::uint_), uint_(v) {}
  PrintArg(unsigned long v) : kind(Kind::uint_), uint_(v) {}
  PrintArg(unsigned long long v) : kind(Kind::uint_), uint_(v) {}
  PrintArg(float v) : kind(Kind::formatted), formatted{format_float32, static_cast<double>(v)} {}
  PrintArg(double v) : kind(Kind::formatted), formatted{format_float, v} {}
  PrintArg(decltype(nullptr)) : kind(Kind::pointer), pointer(nullptr) {}
  PrintArg(const volatile void* v) : kind(Kind::pointer), pointer(v) {}
  [[gnu::always_inline]] PrintArg(const char* s) : kind(Kind::string), string{s, 0} {
    if (s != nullptr)
      while (s[string.len] != '\0') string.len++;
  }
  PrintArg(char* s) : PrintArg(static_cast<const char*>(s)) {}

  // A type that has data() and size() as strings have them.
  template <class S>
    requires requires(const S& s) {
      static_cast<const char*>(s.data());
      static_cast<size_t>(s.size());
    }
  PrintArg(const S& s) : kind(Kind::string), string{s.data(), s.size()} {}

  PrintArg(Made m) : kind(Kind::made), made(m) {}

  // Function pointers, and lambdas without captures, print as addresses.
  template <class R, class... A>
  static const volatile void* address(R (*f)(A...)) {
    return reinterpret_cast<const volatile void*>(f);
  }
  template <class R, class... A>
  PrintArg(R (*f)(A...)) : kind(Kind::pointer), pointer(address(f)) {}
  template <class F>
    requires(__is_class(F) && requires(const F& f) { address(+f); })
  PrintArg(const F& f) : kind(Kind::pointer), pointer(address(+f)) {}

  // With the precision of a double.
  PrintArg(long double v) : PrintArg(static_cast<double>(v)) {}
  // Text in UTF-8. Wide text would be printed as an address.
  PrintArg(const char8_t* s) : PrintArg(reinterpret_cast<const char*>(s)) {}
  PrintArg(const wchar_t*) = delete;
  PrintArg(const char16_t*) = delete;
  PrintArg(const char32_t*) = delete;
};

// Writes the operands to `fd`: to stdout with one write, up to 64 KiB; to others, and before main.main and in a
// simulation, with one write for each 256 bytes. The output of two calls of a process is never mixed.
void print_args(int fd, const PrintArg* args, size_t n, bool spaces, bool newline);

namespace detail {
// What PrintArg prints as it should be. An array would be printed as the address that it becomes.
template <class T>
inline constexpr bool kIsOperand = requires(const T& v) { PrintArg(v); };
template <class T, size_t N>
inline constexpr bool kIsOperand<T[N]> = false;
template <size_t N>
inline constexpr bool kIsOperand<char[N]> = true;
template <size_t N>
inline constexpr bool kIsOperand<char8_t[N]> = true;

// A line with other operands: println.h, which rt0.h includes.
template <class... A>
struct Line;
}  // namespace detail

// The part of Go's package fmt that needs no formats: to stdout.
namespace fmt {

// fmt.Println: the operands with blanks between them and a newline, to stdout. It prints what print prints, floats as
// it does, and more, each as Go's Println prints the like of it: Durations and Times, std::chrono's durations, values
// with a method str() or Error(), enumerations, arrays and containers, pairs. See println.h.
template <class... A>
void println(const A&... a) {
  if constexpr ((detail::kIsOperand<A> && ...)) {
    const PrintArg args[] = {PrintArg(a)..., PrintArg(0)};
    print_args(1, args, sizeof...(A), true, true);
  } else {
    detail::Line<A...>::print(a...);
  }
}

}  // namespace fmt

// Go's print: the operands one after the other, to stderr.
template <class... A>
void print(const A&... a) {
  const PrintArg args[] = {PrintArg(a)..., PrintArg(0)};
  print_args(2, args, sizeof...(A), false, false);
}

// Go's println: the operands with blanks between them and a newline, to stderr. C++ leaves open which operand is
// evaluated first: println(c.recv(), c.recv()) may print the second value first.
template <class... A>
void println(const A&... a) {
  const PrintArg args[] = {PrintArg(a)..., PrintArg(0)};
  print_args(2, args, sizeof...(A), true, true);
}

}  // namespace rt0
