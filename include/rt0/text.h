// A text that owns its bytes and can grow: what functions return whose results may be of any length. Go: string, and
// strings.Builder. It needs no C++ library; std::string(t.data(), t.size()) is the same text for programs with one.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/error.h"

namespace rt0 {
namespace builtin {

class String {
 public:
  constexpr String() = default;
  explicit String(StrArg s) { append(s); }
  [[gnu::always_inline]] String(const String& o) { append(StrArg(o.data(), o.len_)); }
  String(String&& o) noexcept : p_(o.p_), len_(o.len_), cap_(o.cap_) { o.forget(); }
  String& operator=(const String& o) {
    if (this != &o) {
      clear();
      append(StrArg(o.data(), o.len_));
    }
    return *this;
  }
  String& operator=(String&& o) noexcept {
    if (this != &o) {
      release();
      p_ = o.p_;
      len_ = o.len_;
      cap_ = o.cap_;
      o.forget();
    }
    return *this;
  }
  ~String() { release(); }

  const char* data() const { return p_ != nullptr ? p_ : ""; }
  const char* c_str() const { return data(); }  // ends in NUL
  size_t size() const { return len_; }
  bool empty() const { return len_ == 0; }
  char operator[](size_t i) const { return p_[i]; }
  char* begin() { return p_; }
  char* end() { return p_ + len_; }
  const char* begin() const { return data(); }
  const char* end() const { return data() + len_; }

  // Adds s at the end. s may be a part of this text.
  String& append(StrArg s);
  // Adds one byte.
  String& push(char c);
  // Adds a character in UTF-8; U+FFFD for a number that is no character.
  String& push_rune(int32_t r);
  // Makes the text n bytes long; added bytes are NUL.
  void resize(size_t n);
  // Makes the text empty; its memory is kept.
  void clear() { resize(0); }
  // append(), in the form in which bufio::Writer writes. It never fails.
  errors::Result<size_t> write(const void* p, size_t n) {
    append({static_cast<const char*>(p), n});
    return {n, {}};
  }

  friend bool operator==(const String& a, const String& b) {
    return StrArg(a.data(), a.len_) == StrArg(b.data(), b.len_);
  }
  friend bool operator==(const String& a, StrArg b) { return StrArg(a.data(), a.len_) == b; }

 private:
  void forget() { p_ = nullptr, len_ = cap_ = 0; }
  void release();
  void reserve(size_t n);

  char* p_ = nullptr;  // null, or cap_ + 1 bytes
  size_t len_ = 0, cap_ = 0;
};

}  // namespace builtin

template <>
inline constexpr bool kRelocatable<builtin::String> = true;

}  // namespace rt0
