// Buffered input. Go: bufio/bufio.go.
#include "base/types.h"
#include "lib/bufio/error.h"
#include "lib/text/error.h"
#include "lib/text/utf8.h"
#include "mem/malloc.h"

namespace rt0::bufio {

namespace {
constexpr usize kMinReader = 16;

Str text_of(Err e) {
  switch (e) {
    case Err::buffer_full: return "bufio: buffer full";
    case Err::negative_count: return "bufio: negative count";
    case Err::invalid_unread_byte: return "bufio: invalid use of UnreadByte";
    case Err::invalid_unread_rune: return "bufio: invalid use of UnreadRune";
    case Err::too_long: return "bufio.Scanner: token too long";
    case Err::negative_advance: return "bufio.Scanner: SplitFunc returns negative advance count";
    case Err::advance_too_far: return "bufio.Scanner: SplitFunc returns advance count beyond input";
    case Err::bad_read_count: return "bufio.Scanner: Read returned impossible count";
    case Err::final_token: return "final token";
    case Err::no_progress: return "multiple Read calls return no data or error";
    case Err::unexpected_eof: return "short write";
    case Err::eof: return "EOF";
    default: return "bufio: error";
  }
}
}  // namespace

Error error_of(Err e) {
  Error made;
  rt0::detail::ErrorMaker(made).reason(text_of(e), e);
  return made;
}

void panic_count(bool write) {
  if (write) panic("bufio: writer returned negative count from Write");
  panic("bufio: reader returned negative count from Read");
}

Reader::Reader(size_t size, Read from)
    : from_(from), buf_(static_cast<char*>(malloc_or_die(max(size, kMinReader), 1))), size_(max(size, kMinReader)) {}
Reader::~Reader() { heap_free(buf_); }

void Reader::forget(Read from) {
  from_ = from;
  r_ = w_ = 0;
  err_ = {};
  last_byte_ = last_rune_size_ = -1;
}

Error Reader::take_err() {
  const Error e = err_;
  err_ = {};
  return e;
}

// One read, of at most n bytes.
Result<size_t> Reader::read_more(void* p, size_t n) {
  const Result<size_t> r = from_(object_, p, n);
  if (r.value > n) panic_count(false);
  return r;
}

// Moves what is buffered to the beginning and reads more behind it. The buffer is not full.
void Reader::fill() {
  if (r_ > 0) {
    __builtin_memmove(buf_, buf_ + r_, w_ - r_);
    w_ -= r_;
    r_ = 0;
  }
  for (int i = 0; i < kMaxEmptyReads; i++) {
    const Result<size_t> r = read_more(buf_ + w_, size_ - w_);
    w_ += r.value;
    if (r.err) {
      err_ = r.err;
      return;
    }
    if (r.value > 0) return;
  }
  err_ = error_of(Err::no_progress);
}

Result<size_t> Reader::read(void* p, size_t n) {
  if (n == 0) return {0, buffered() > 0 ? Error() : take_err()};
  if (r_ == w_) {
    if (err_) return {0, take_err()};
    // A large read needs no buffer.
    const bool direct = n >= size_;
    const Result<size_t> r = direct ? read_more(p, n) : read_more(buf_, size_);
    if (direct && r.value > 0) {
      last_byte_ = static_cast<u8>(static_cast<char*>(p)[r.value - 1]);
      last_rune_size_ = -1;
    }
    if (direct || r.value == 0) return r;
    err_ = r.err;
    r_ = 0;
    w_ = r.value;
  }
  n = min(n, w_ - r_);
  __builtin_memcpy(p, buf_ + r_, n);
  r_ += n;
  last_byte_ = static_cast<u8>(buf_[r_ - 1]);
  last_rune_size_ = -1;
  return {n, {}};
}

Result<unsigned char> Reader::read_byte() {
  last_rune_size_ = -1;
  while (r_ == w_) {
    if (err_) return {0, take_err()};
    fill();
  }
  last_byte_ = static_cast<u8>(buf_[r_++]);
  return {static_cast<u8>(last_byte_), {}};
}

Error Reader::unread_byte() {
  if (last_byte_ < 0 || (r_ == 0 && w_ > 0)) return error_of(Err::invalid_unread_byte);
  // If r_ is 0, the buffer is empty: the byte came from a large read, or fill() has moved r_ to 0 since.
  if (r_ > 0) r_--;
  else w_ = 1;
  buf_[r_] = static_cast<char>(last_byte_);
  last_byte_ = last_rune_size_ = -1;
  return {};
}

Reader::Rune Reader::read_rune() {
  while (w_ - r_ < utf8::kMax && !utf8::full_rune({buf_ + r_, w_ - r_}) && !err_) fill();
  last_rune_size_ = -1;
  if (r_ == w_) return {0, 0, take_err()};
  const utf8::Rune x = utf8::decode({buf_ + r_, w_ - r_});
  r_ += x.size;
  last_byte_ = static_cast<u8>(buf_[r_ - 1]);
  last_rune_size_ = static_cast<int>(x.size);
  return {x.r, x.size, {}};
}

Error Reader::unread_rune() {
  if (last_rune_size_ < 0 || r_ < static_cast<usize>(last_rune_size_)) return error_of(Err::invalid_unread_rune);
  r_ -= static_cast<usize>(last_rune_size_);
  last_byte_ = last_rune_size_ = -1;
  return {};
}

Result<Text> Reader::peek(ptrdiff_t n) {
  if (n < 0) return {{}, error_of(Err::negative_count)};
  const usize want = static_cast<usize>(n);
  last_byte_ = last_rune_size_ = -1;
  while (buffered() < want && buffered() < size_ && !err_) fill();
  if (want > size_) return {{buf_ + r_, buffered()}, error_of(Err::buffer_full)};
  if (buffered() >= want) return {{buf_ + r_, want}, {}};
  return {{buf_ + r_, buffered()}, take_err()};
}

Result<size_t> Reader::discard(ptrdiff_t n) {
  if (n < 0) return {0, error_of(Err::negative_count)};
  if (n == 0) return {};
  const usize want = static_cast<usize>(n);
  last_byte_ = last_rune_size_ = -1;
  for (usize left = want;;) {  // ends: each round skips something, or fill() has left an error
    if (buffered() == 0) fill();
    const usize skip = min(buffered(), left);
    r_ += skip;
    left -= skip;
    if (left == 0) return {want, {}};
    if (err_) return {want - left, take_err()};
  }
}

Result<Text> Reader::read_slice(char delim) {
  Result<Text> out;
  for (usize seen = 0;;) {  // ends: each round has more bytes than the one before, or an error
    const void* at = __builtin_memchr(buf_ + r_ + seen, delim, buffered() - seen);
    const bool full = buffered() >= size_;
    if (at != nullptr || err_ || full) {
      const usize n = at != nullptr ? static_cast<usize>(static_cast<const char*>(at) - (buf_ + r_)) + 1 : buffered();
      out.value = {buf_ + r_, n};
      r_ += n;
      if (at == nullptr) out.err = err_ ? take_err() : error_of(Err::buffer_full);
      break;
    }
    seen = buffered();
    fill();
  }
  if (out.value.len > 0) {
    last_byte_ = static_cast<u8>(out.value.ptr[out.value.len - 1]);
    last_rune_size_ = -1;
  }
  return out;
}

Reader::Line Reader::read_line() {
  const Result<Text> r = read_slice('\n');
  Text line = r.value;
  if (r.err.is(Err::buffer_full)) {
    // A "\r" at the buffer's end may be followed by "\n": it is left for the next call.
    if (line.ptr[line.len - 1] == '\r') r_--, line.len--;
    return {line, true, {}};
  }
  if (line.len == 0) return {line, false, r.err};
  if (line.ptr[line.len - 1] == '\n') {
    line.len--;
    if (line.len > 0 && line.ptr[line.len - 1] == '\r') line.len--;
  }
  return {line, false, {}};
}

Result<builtin::String> Reader::read_string(char delim) {
  Result<builtin::String> out;
  for (;;) {  // ends with the delimiter, or an error of the reader
    const Result<Text> r = read_slice(delim);
    out.value.append(r.value);
    if (r.err.is(Err::buffer_full)) continue;
    out.err = r.err;
    return out;
  }
}

}  // namespace rt0::bufio
