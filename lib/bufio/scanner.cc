// The scanner. Go: bufio/scan.go.
#include "base/types.h"
#include "lib/bufio/error.h"
#include "lib/text/utf8.h"
#include "mem/malloc.h"

namespace rt0::bufio {

namespace {

constexpr usize kStartSize = 4096;

Split token(usize advance, Text t) {
  Split s;
  s.advance = static_cast<ptrdiff_t>(advance);
  s.token = t;
  s.has_token = true;
  return s;
}

// White space of Unicode. Go: isSpace of this package.
bool is_space(i32 r) {
  if (r == ' ' || (r >= '\t' && r <= '\r') || r == 0x85 || r == 0xa0) return true;
  if (r >= 0x2000 && r <= 0x200a) return true;
  return r == 0x1680 || r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f || r == 0x3000;
}

Text without_cr(Text line) {
  if (line.len > 0 && line.ptr[line.len - 1] == '\r') line.len--;
  return line;
}

}  // namespace

Split scan_lines(Text data, bool at_eof) {
  const void* at = data.len > 0 ? __builtin_memchr(data.ptr, '\n', data.len) : nullptr;
  if (at != nullptr) {
    const usize n = static_cast<usize>(static_cast<const char*>(at) - data.ptr);
    return token(n + 1, without_cr({data.ptr, n}));
  }
  return at_eof && data.len > 0 ? token(data.len, without_cr(data)) : Split();
}

Split scan_words(Text data, bool at_eof) {
  usize start = 0;
  bool in_word = false;
  for (usize i = 0; i < data.len;) {
    const utf8::Rune x = utf8::decode({data.ptr + i, data.len - i});
    const bool space = is_space(x.r);
    if (space && in_word) return token(i + x.size, {data.ptr + start, i - start});
    if (!space && !in_word) in_word = true, start = i;
    i += x.size;
  }
  if (!in_word) start = data.len;
  if (at_eof && in_word) return token(data.len, {data.ptr + start, data.len - start});
  Split skip;
  skip.advance = static_cast<ptrdiff_t>(start);
  return skip;
}

Split scan_bytes(Text data, bool) { return data.len > 0 ? token(1, {data.ptr, 1}) : Split(); }

Split scan_runes(Text data, bool at_eof) {
  if (data.len == 0) return {};
  const Str s{data.ptr, data.len};
  const utf8::Rune x = utf8::decode(s);
  if (x.size > 1 || static_cast<u8>(data.ptr[0]) < 0x80) return token(x.size, {data.ptr, x.size});
  if (!at_eof && !utf8::full_rune(s)) return {};
  return token(1, "\xef\xbf\xbd");
}

Scanner::~Scanner() {
  drop_split();
  heap_free(buf_);
}

void Scanner::must_be_new(const char* panic_text) const {
  if (scanned_) panic(panic_text);
}

void Scanner::buffer(size_t initial, size_t max) {
  must_be_new("Buffer called after Scan");
  heap_free(buf_);
  buf_ = initial > 0 ? static_cast<char*>(malloc_or_die(initial, 1)) : nullptr;
  cap_ = initial;
  max_ = max;
}

Scanner::Step Scanner::take(const Split& s) {
  if (s.err) {
    if (s.err.is(Err::final_token)) {
      token_ = s.has_token ? s.token : Text("");
      done_ = true;
      return s.has_token ? Step::token : Step::stop;
    }
    set_err(s.err);
    return Step::stop;
  }
  if (s.advance < 0 || static_cast<usize>(s.advance) > end_ - start_) {
    set_err(error_of(s.advance < 0 ? Err::negative_advance : Err::advance_too_far));
    return Step::stop;
  }
  start_ += static_cast<usize>(s.advance);
  token_ = s.has_token ? s.token : Text("");
  if (!s.has_token) return Step::more;
  if (!err_ || s.advance > 0) empties_ = 0;
  else if (++empties_ > kMaxEmptyReads) panic("bufio.Scan: too many empty tokens without progressing");
  return Step::token;
}

// Room for more bytes behind end_; false if the buffer has reached its limit.
bool Scanner::make_room() {
  if (start_ > 0 && (end_ == cap_ || start_ > cap_ / 2)) {
    __builtin_memmove(buf_, buf_ + start_, end_ - start_);
    end_ -= start_;
    start_ = 0;
  }
  if (end_ < cap_) return true;
  if (cap_ >= max_ || cap_ > SIZE_MAX / 4) {
    set_err(error_of(Err::too_long));
    return false;
  }
  const usize cap = min(cap_ == 0 ? kStartSize : 2 * cap_, max_);
  char* p = static_cast<char*>(malloc_or_die(cap, 1));
  if (end_ > 0) __builtin_memcpy(p, buf_, end_);
  heap_free(buf_);
  buf_ = p;
  cap_ = cap;
  return true;
}

void Scanner::read_more() {
  for (int i = 0; i <= kMaxEmptyReads; i++) {
    const Result<size_t> r = from_(object_, buf_ + end_, cap_ - end_);
    if (r.value > cap_ - end_) return set_err(error_of(Err::bad_read_count));
    end_ += r.value;
    if (r.err) return set_err(r.err);
    if (r.value > 0) {
      empties_ = 0;
      return;
    }
  }
  set_err(error_of(Err::no_progress));
}

bool Scanner::scan() {
  if (done_) return false;
  scanned_ = true;
  for (;;) {  // ends with a token, at the input's end or with an error, for each round reads more of the input
    if (end_ > start_ || err_) {
      const Step step = take(split_(split_object_, {buf_ + start_, end_ - start_}, static_cast<bool>(err_)));
      if (step != Step::more) return step == Step::token;
    }
    if (err_) {
      start_ = end_ = 0;
      return false;
    }
    if (!make_room()) return false;
    read_more();
  }
}

}  // namespace rt0::bufio
