// Buffered output. Go: bufio/bufio.go.
#include "base/types.h"
#include "lib/bufio/error.h"
#include "lib/text/utf8.h"
#include "mem/malloc.h"

namespace rt0::bufio {

Writer::Writer(size_t size, Write to)
    : to_(to), buf_(static_cast<char*>(malloc_or_die(size != 0 ? size : 4096, 1))), size_(size != 0 ? size : 4096) {}
Writer::~Writer() { heap_free(buf_); }

void Writer::forget(Write to) {
  to_ = to;
  n_ = 0;
  err_ = {};
}

Error Writer::flush() {
  if (err_ || n_ == 0) return err_;
  const Result<size_t> r = to_(object_, buf_, n_);
  if (r.value > n_) panic_count(true);
  if (r.err || r.value < n_) {
    __builtin_memmove(buf_, buf_ + r.value, n_ - r.value);
    n_ -= r.value;
    err_ = r.err ? r.err : error_of(Err::unexpected_eof);
    return err_;
  }
  n_ = 0;
  return {};
}

// direct: bytes that do not fit into the empty buffer are written out at once, without the buffer.
Result<size_t> Writer::put(const void* p, size_t n, bool direct) {
  const char* s = static_cast<const char*>(p);
  usize done = 0;
  while (n - done > available() && !err_) {  // ends: each round writes something, or there is an error
    usize part;
    if (direct && n_ == 0) {
      const Result<size_t> r = to_(object_, s + done, n - done);
      if (r.value > n - done) panic_count(true);
      part = r.value;
      err_ = r.err || part > 0 ? r.err : error_of(Err::unexpected_eof);
    } else {
      part = available();
      __builtin_memcpy(buf_ + n_, s + done, part);
      n_ += part;
      (void)flush();
    }
    done += part;
  }
  if (err_) return {done, err_};
  if (n > done) __builtin_memcpy(buf_ + n_, s + done, n - done);
  n_ += n - done;
  return {n, {}};
}

Result<size_t> Writer::write(const void* p, size_t n) { return put(p, n, true); }
Result<size_t> Writer::write_string(StrArg s) { return put(s.ptr, s.len, false); }

Error Writer::write_byte(char c) {
  if (err_) return err_;
  if (available() == 0 && flush()) return err_;
  buf_[n_++] = c;
  return {};
}

Result<size_t> Writer::write_rune(int32_t r) {
  char text[utf8::kMax];
  const usize n = utf8::encode(text, r);
  if (err_) return {0, err_};
  // A character is not cut in two if the buffer has room for one.
  if (available() < utf8::kMax && n > 1 && flush()) return {0, err_};
  return n == 1 ? Result<size_t>{write_byte(text[0]) ? size_t{0} : size_t{1}, err_} : put(text, n, false);
}

}  // namespace rt0::bufio
