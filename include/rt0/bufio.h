// Go's package bufio: buffers in front of what reads and writes, and a scanner for lines and words.
//
//   bufio::Scanner lines(os::stdin_());
//   while (lines.scan()) fmt::println(lines.text());
//   if (lines.err()) fmt::println(lines.err());
//
//   bufio::Writer out(conn);
//   out.write("HTTP/1.1 200 OK\r\n\r\n");
//   if (auto err = out.flush(); err) …
//
// A Reader or Scanner reads from any type with Result<size_t> read(void*, size_t): os::File, net::Conn, a type of the
// program's own. A Writer writes to any type with Result<size_t> write(const void*, size_t). A handle, which is a type
// with fd(), is copied, so its file stays open as long as the buffer exists. Another object that has a name is referred
// to, and must live as long as the buffer; a temporary object is moved into the buffer. As in Go, a buffer is not for
// several goroutines at once.
//
// If the object's read or write returns more bytes than it was asked for, a Reader or Writer panics, and a Scanner ends
// with err_bad_read_count. If many reads in a row return neither bytes nor an error, the error is io::err_no_progress.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/error.h"
#include "rt0/panic.h"
#include "rt0/text.h"

namespace rt0::bufio {

using builtin::Text;
using errors::Err;
using errors::Error;
using errors::Result;

inline constexpr Err err_buffer_full = Err::buffer_full;
inline constexpr Err err_negative_count = Err::negative_count;
inline constexpr Err err_invalid_unread_byte = Err::invalid_unread_byte;
inline constexpr Err err_invalid_unread_rune = Err::invalid_unread_rune;
inline constexpr Err err_too_long = Err::too_long;
inline constexpr Err err_negative_advance = Err::negative_advance;
inline constexpr Err err_advance_too_far = Err::advance_too_far;
inline constexpr Err err_bad_read_count = Err::bad_read_count;
inline constexpr Err err_final_token = Err::final_token;

namespace detail {

template <class T>
using Bare = typename rt0::detail::RemoveRef<T>::type;
template <class T>
concept CanRead = requires(T& t, void* p, size_t n) { static_cast<Result<size_t>>(t.read(p, n)); };
template <class T>
concept CanWrite = requires(T& t, const void* p, size_t n) { static_cast<Result<size_t>>(t.write(p, n)); };
template <class T>
concept IsHandle = requires(const T& t) { t.fd(); };

// The object that is read from or written to: an object of the program, or one that is kept here.
class Other {
 public:
  Other(const Other&) = delete;
  Other& operator=(const Other&) = delete;
  ~Other() {
    if (destroy_ != nullptr) destroy_(object_);
  }

 protected:
  using Read = Result<size_t> (*)(void* object, void* p, size_t n);
  using Write = Result<size_t> (*)(void* object, const void* p, size_t n);

  Other() = default;
  template <class T>
  void set(T&& t) {
    using U = typename rt0::detail::RemoveConst<typename rt0::detail::RemoveRef<T>::type>::type;
    void (*const old)(void*) = destroy_;
    void* const old_object = object_;
    if constexpr (__is_same(T, Bare<T>) || IsHandle<U>) {
      object_ = rt0::detail::make<U>(static_cast<T&&>(t));
      destroy_ = [](void* o) { delete static_cast<U*>(o); };
    } else {
      object_ = const_cast<void*>(static_cast<const void*>(&t));
      destroy_ = nullptr;
    }
    if (old != nullptr) old(old_object);
  }

  void* object_ = nullptr;
  void (*destroy_)(void*) = nullptr;
};

template <class T>
Result<size_t> read(void* object, void* p, size_t n) {
  return static_cast<T*>(object)->read(p, n);
}
template <class T>
Result<size_t> write(void* object, const void* p, size_t n) {
  return static_cast<T*>(object)->write(p, n);
}

}  // namespace detail

// Buffered input. Go: bufio.Reader.
class Reader : detail::Other {
 public:
  // size: bytes of the buffer, at least 16.
  template <class R>
    requires detail::CanRead<detail::Bare<R>>
  explicit Reader(R&& from, size_t size = 4096) : Reader(size, &detail::read<detail::Bare<R>>) {
    set(static_cast<R&&>(from));
  }
  ~Reader();

  // Reads at most n bytes into p: buffered ones, or those of one read. 0 with io::eof at the end.
  Result<size_t> read(void* p, size_t n);
  // The next byte; io::eof at the end.
  Result<unsigned char> read_byte();
  // Makes the byte that was read last the next one again. err_invalid_unread_byte if the last call has read none.
  Error unread_byte();
  // The next character of UTF-8, and its size in bytes; io::eof at the end.
  struct Rune {
    int32_t rune = 0;  // U+FFFD for a byte that is no UTF-8; its size is 1
    size_t size = 0;
    Error err{};
  };
  Rune read_rune();
  // Makes the character that was read last the next one again. err_invalid_unread_rune if the last call was not a
  // successful read_rune.
  Error unread_rune();
  // The next n bytes, which are not taken out; valid until the next call. Fewer with an error: the reader's, or
  // err_buffer_full if n is larger than the buffer, or err_negative_count.
  Result<Text> peek(ptrdiff_t n);
  // Skips n bytes. Fewer with the error that says why.
  Result<size_t> discard(ptrdiff_t n);
  // The bytes up to the next `delim`, which is included; valid until the next call. If there is no `delim`, the bytes
  // that are there, with an error: io::eof at the end, or err_buffer_full if the buffer is full.
  Result<Text> read_slice(char delim);
  // A line without its "\n" or "\r\n"; valid until the next call. is_prefix: the line is longer than the buffer and
  // goes on with the next call.
  struct Line {
    Text line{};
    bool is_prefix = false;
    Error err{};
  };
  Line read_line();
  // The bytes up to the next `delim`, which is included, however many. With an error: the bytes before the error.
  Result<builtin::String> read_string(char delim);

  // The number of bytes in the buffer that have not been read yet, and the buffer's size in bytes.
  size_t buffered() const { return w_ - r_; }
  size_t size() const { return size_; }
  // Forgets the bytes in the buffer, and an error; from now on reads from `from`.
  template <class R>
    requires detail::CanRead<detail::Bare<R>>
  void reset(R&& from) {
    set(static_cast<R&&>(from));
    forget(&detail::read<detail::Bare<R>>);
  }

 private:
  Reader(size_t size, Read from);
  void forget(Read from);
  void fill();
  Error take_err();
  Result<size_t> read_more(void* p, size_t n);

  Read from_;
  char* buf_;
  size_t size_, r_ = 0, w_ = 0;  // the bytes [r_, w_) of buf_ are to be read
  Error err_{};
  int last_byte_ = -1;
  int last_rune_size_ = -1;
};

// Buffered output. After a write has failed, every call returns that error. Bytes in the buffer are lost if flush() is
// not called: a destructor can't report an error. Go: bufio.Writer.
class Writer : detail::Other {
 public:
  // size: bytes of the buffer; 0: 4096.
  template <class W>
    requires detail::CanWrite<detail::Bare<W>>
  explicit Writer(W&& to, size_t size = 4096) : Writer(size, &detail::write<detail::Bare<W>>) {
    set(static_cast<W&&>(to));
  }
  ~Writer();

  // Writes all n bytes to the buffer, which is written out whenever it is full; or returns an error and the number of
  // bytes before it.
  Result<size_t> write(const void* p, size_t n);
  Result<size_t> write(StrArg s) { return write(s.ptr, s.len); }
  // The same, but always through the buffer: what is written out has the buffer's size. Go: WriteString.
  Result<size_t> write_string(StrArg s);
  Error write_byte(char c);
  // A character in UTF-8; U+FFFD for a number that is no character. Returns the number of bytes.
  Result<size_t> write_rune(int32_t r);
  // Writes what is buffered.
  Error flush();

  // Bytes for which the buffer has room, bytes in the buffer, the buffer's size.
  size_t available() const { return size_ - n_; }
  size_t buffered() const { return n_; }
  size_t size() const { return size_; }
  // Forgets the bytes in the buffer, and an error; from now on writes to `to`.
  template <class W>
    requires detail::CanWrite<detail::Bare<W>>
  void reset(W&& to) {
    set(static_cast<W&&>(to));
    forget(&detail::write<detail::Bare<W>>);
  }

 private:
  Writer(size_t size, Write to);
  void forget(Write to);
  Result<size_t> put(const void* p, size_t n, bool direct);

  Write to_;
  char* buf_;
  size_t size_, n_ = 0;
  Error err_{};
};

// A Reader and a Writer, which must live as long as this object. What both have (size(), buffered(), reset()) is asked
// of one of them: rw.reader.buffered(). Go: bufio.ReadWriter.
struct ReadWriter {
  Reader& reader;
  Writer& writer;

  ReadWriter(Reader& r, Writer& w) : reader(r), writer(w) {}
  Result<size_t> read(void* p, size_t n) { return reader.read(p, n); }
  Result<unsigned char> read_byte() { return reader.read_byte(); }
  Error unread_byte() { return reader.unread_byte(); }
  Reader::Rune read_rune() { return reader.read_rune(); }
  Error unread_rune() { return reader.unread_rune(); }
  Result<Text> peek(ptrdiff_t n) { return reader.peek(n); }
  Result<size_t> discard(ptrdiff_t n) { return reader.discard(n); }
  Result<Text> read_slice(char delim) { return reader.read_slice(delim); }
  Reader::Line read_line() { return reader.read_line(); }
  Result<builtin::String> read_string(char delim) { return reader.read_string(delim); }
  Result<size_t> write(const void* p, size_t n) { return writer.write(p, n); }
  Result<size_t> write(StrArg s) { return writer.write(s); }
  Result<size_t> write_string(StrArg s) { return writer.write_string(s); }
  Error write_byte(char c) { return writer.write_byte(c); }
  Result<size_t> write_rune(int32_t r) { return writer.write_rune(r); }
  Error flush() { return writer.flush(); }
  size_t available() const { return writer.available(); }
};

// What a split function returns: how many bytes of the data are done with, and a token if has_token is set. Without
// advance, token and error: more data is needed. err_final_token ends the scan without an error, after the token if
// there is one.
struct Split {
  ptrdiff_t advance = 0;
  Text token{};
  bool has_token = false;
  Error err{};
};
// One of the errors above as an Error, for a split function: error_of(err_final_token).
Error error_of(Err e);

// The split functions of package bufio: lines without "\n" or "\r\n", words between white space, bytes, characters
// (each byte that is no UTF-8 as U+FFFD). at_eof: the data is all that is left.
Split scan_lines(Text data, bool at_eof);
Split scan_words(Text data, bool at_eof);
Split scan_bytes(Text data, bool at_eof);
Split scan_runes(Text data, bool at_eof);

// Reads tokens: lines, unless split() says otherwise. Go: bufio.Scanner.
class Scanner : detail::Other {
 public:
  static constexpr size_t kMaxTokenSize = 64 * 1024;

  template <class R>
    requires detail::CanRead<detail::Bare<R>>
  explicit Scanner(R&& from) : from_(&detail::read<detail::Bare<R>>) {
    set(static_cast<R&&>(from));
  }
  ~Scanner();

  // Reads the next token; false at the end, and after an error.
  bool scan();
  // The token that scan() has read; valid until the next scan().
  Text text() const { return token_; }
  Text bytes() const { return token_; }
  // The error that has ended the scan; none at the end of the input. err_too_long: a token was larger than the limit.
  Error err() const { return err_.is(Err::eof) ? Error() : err_; }
  // The buffer's size at the beginning, and the limit to which it may grow. A token and what ends it must be smaller
  // than the limit. Panics after the first scan().
  void buffer(size_t initial, size_t max);
  // How the input is cut into tokens: any callable (Text data, bool at_eof) -> Split, which is copied or moved. Panics
  // after the first scan(). scan() panics if f returns more than 100 empty tokens in a row at the end of the input,
  // without advancing.
  template <class F>
  void split(F&& f) {
    must_be_new("Split called after Scan");
    using Fn = typename rt0::detail::Decay<F>::type;
    Fn* const made = rt0::detail::make<Fn>(static_cast<F&&>(f));
    drop_split();
    split_object_ = made;
    split_ = [](void* o, Text data, bool at_eof) -> Split { return (*static_cast<Fn*>(o))(data, at_eof); };
    split_destroy_ = [](void* o) { delete static_cast<Fn*>(o); };
  }

 private:
  void must_be_new(const char* panic_text) const;
  void drop_split() {
    if (split_destroy_ != nullptr) split_destroy_(split_object_);
    split_destroy_ = nullptr;
  }
  void set_err(const Error& e) {
    if (!err_ || err_.is(Err::eof)) err_ = e;
  }
  enum class Step { more, token, stop };
  Step take(const Split& s);
  bool make_room();
  void read_more();

  Read from_;
  Split (*split_)(void* o, Text data, bool at_eof) = [](void*, Text data, bool at_eof) {
    return scan_lines(data, at_eof);
  };
  void* split_object_ = nullptr;
  void (*split_destroy_)(void*) = nullptr;
  char* buf_ = nullptr;
  size_t cap_ = 0, start_ = 0, end_ = 0;  // the bytes [start_, end_) of buf_ are to be scanned
  size_t max_ = kMaxTokenSize;
  Text token_{"", 0};
  Error err_{};
  int empties_ = 0;
  bool scanned_ = false, done_ = false;
};

}  // namespace rt0::bufio
