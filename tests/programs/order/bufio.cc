// env: GOMAXPROCS=1
// bufio: Reader, Scanner, Writer
#include <rt0/rt0.h>

namespace bufio = rt0::bufio;
namespace errors = rt0::errors;
namespace fmt = rt0::fmt;
namespace io = rt0::io;
namespace os = rt0::os;
using bufio::Split;
using errors::Error;
using errors::Result;
using rt0::builtin::String;
using rt0::builtin::Text;

namespace {

const Error broken = errors::make("the source is broken");
const Error full = errors::make("the sink is full");

Error eof() { return bufio::error_of(io::eof); }

size_t least(size_t a, size_t b) { return a < b ? a : b; }

// Gives a text in pieces of n bytes, then an error.
struct Source {
  String text;
  size_t n;
  Error end;
  size_t at = 0;

  Result<size_t> read(void* p, size_t size) {
    if (at == text.size()) return {0, end};
    const size_t k = least(least(size, n), text.size() - at);
    __builtin_memcpy(p, text.data() + at, k);
    at += k;
    return {k, {}};
  }
};

// Takes at most `room` bytes, then fails; a silent one then returns no error.
struct Sink {
  String text;
  size_t room;
  int calls = 0;
  bool silent = false;

  Result<size_t> write(const void* p, size_t size) {
    calls++;
    const size_t k = least(size, room);
    text.append({static_cast<const char*>(p), k});
    room -= k;
    return {k, k < size && !silent ? full : Error()};
  }
};

struct Empty {
  Result<size_t> read(void*, size_t) { return {}; }
};

String repeated(rt0::StrArg s, int n) {
  String t;
  while (n-- > 0) t.append(s);
  return t;
}

template <class T>
void show(const Result<T>& r) {
  fmt::println(r.value, r.err);
}
void show_size(const Result<Text>& r) { fmt::println(r.value.len, r.err); }
void show_size(const Result<String>& r) { fmt::println(r.value.size(), r.err); }
void show(const bufio::Reader::Rune& r) { fmt::println(r.rune, r.size, r.err); }

void reader() {
  Source source{String("one\ntwo three\r\n\nlast \u00e9\u20ac\U0001f600\xff line"), 5, eof()};
  bufio::Reader r(source, 16);
  fmt::println(r.size(), r.buffered());
  const auto first = r.peek(7);
  fmt::println(Text(first.value.ptr, 3), first.value.len, first.err, r.buffered());
  const auto seventeen = r.peek(17);
  fmt::println(seventeen.value.len, seventeen.err, errors::is(seventeen.err, bufio::err_buffer_full));
  fmt::println(r.peek(-1).err);
  show(r.read_byte());
  const Error once = r.unread_byte(), twice = r.unread_byte();
  fmt::println(once, twice);
  show_size(r.read_string('\n'));
  show(r.discard(4));
  fmt::println(r.discard(-4).err);
  for (int i = 0; i < 2; i++) {
    const auto l = r.read_line();
    fmt::println(l.line, l.line.len, l.is_prefix, l.err);
  }
  show(r.read_slice(' '));
  for (int i = 0; i < 5; i++) show(r.read_rune());
  const Error rune_once = r.unread_rune(), rune_twice = r.unread_rune();
  fmt::println(rune_once, rune_twice);
  char small[3];
  for (int i = 0; i < 4; i++) show(r.read(small, 3));
  show(r.read_string('\n'));
  show(r.discard(1));
  show(r.read_rune());
}

void long_lines() {
  String text = repeated("0123456789", 4);
  text.append("\n0123456789abcde\r\ntail");
  bufio::Reader r(Source{text, 100, broken}, 16);
  for (;;) {
    const auto l = r.read_line();
    fmt::println(l.line, l.is_prefix, l.err);
    if (l.err) break;
  }
  r.reset(Source{text, 100, broken});
  show(r.read_slice('\n'));
  show_size(r.read_string('\n'));
  show_size(r.read_string('x'));
  char large[64];
  r.reset(Source{text, 100, eof()});
  auto n = r.read(large, 64);
  fmt::println(n.value, n.err, r.buffered());
  fmt::println(r.unread_byte());
  n = r.read(large, 64);
  fmt::println(n.value, Text(large, n.value), n.err);
  show(r.read(large, 64));
  show(r.read(nullptr, 0));
  Empty empty;
  r.reset(empty);
  const Error e = r.read_byte().err;
  fmt::println(e, errors::is(e, io::err_no_progress));
  show_size(r.peek(0));
}

void scan_all(bufio::Scanner& s) {
  String out;
  int n = 0;
  while (s.scan())
    if (++n < 12) out.append("<").append(s.text()).append(">");
  os::stdout_().write(out);
  fmt::println(n, s.text().len, s.err(), errors::is(s.err(), bufio::err_too_long));
}
template <class F>
void scan(rt0::StrArg text, size_t piece, const Error& end, F split, size_t max = 0) {
  bufio::Scanner s(Source{String(text), piece, end});
  s.split(split);
  if (max > 0) s.buffer(0, max);
  scan_all(s);
}

auto custom(ptrdiff_t advance, Text token, bool has_token, const Error& err) {
  return [=, calls = 0](Text data, bool at_eof) mutable -> Split {
    if (++calls > 2) return {advance, token, has_token, err};
    return bufio::scan_words(data, at_eof);
  };
}

template <class F>
void says_panic(F f) {
  rt0::func([&] {
    rt0::Defer d([] { fmt::println(rt0::recover().as<const char*>()); });
    f();
  });
}

void customs() {
  const Error final = bufio::error_of(bufio::err_final_token);
  const auto run = [](auto f) { scan("one two three four", 100, eof(), f); };
  run(custom(-1, "", false, {}));
  run(custom(100, "", false, {}));
  run(custom(1, "t", true, final));
  run(custom(1, "", false, final));
  run(custom(1, "", true, final));
  run(custom(1, "t", true, broken));
  run(custom(1, "", true, {}));
  run(custom(1, "", false, {}));
  scan("x", 1, {}, bufio::scan_lines);
  says_panic([] {
    bufio::Scanner s(Source{String(""), 1, eof()});
    s.split([](Text, bool) { return Split{0, "", true, {}}; });
    while (s.scan()) {}
  });
  says_panic([] {
    bufio::Scanner s(Source{String("x"), 1, eof()});
    s.scan();
    s.split(bufio::scan_words);
  });
  says_panic([] {
    bufio::Scanner s(Source{String("x"), 1, eof()});
    s.scan();
    s.buffer(0, 1);
  });
}

void scanners() {
  for (size_t piece = 1; piece < 5; piece++) {
    bufio::Scanner s(Source{String("a\nbb\r\n\n\r\nccc\r\nend"), piece, eof()});
    scan_all(s);
    scan("  one two\t\u00a0three\u2003four\u2028five\u3000\n six ", piece, eof(), bufio::scan_words);
    scan("a\u00e9\u20ac\U0001f600\xff\xe2\x82z\xc0\xaf\xed\xa0\x80\xf4\x90", piece, eof(), bufio::scan_runes);
  }
  scan("bytes", 2, eof(), bufio::scan_bytes);
  scan("", 2, eof(), bufio::scan_lines);
  scan("\n", 2, eof(), bufio::scan_lines);
  scan("x\n", 2, broken, bufio::scan_lines);
  scan("x\ny", 2, broken, bufio::scan_lines);
  const String x = repeated("x", 100);
  String with_more = x;
  with_more.append("\ny\n");
  constexpr size_t kLimits[] = {99, 100, 101, 102, 200};
  for (const size_t max : kLimits) {
    scan(with_more, 7, eof(), bufio::scan_lines, max);
    scan(x, 7, eof(), bufio::scan_lines, max);
  }
  String huge = repeated("y", bufio::Scanner::kMaxTokenSize - 1);
  huge.append("\nz");
  {
    bufio::Scanner s(Source{huge, huge.size(), eof()});
    const bool one = s.scan();
    const size_t n = s.text().len;
    const bool two = s.scan();
    const String z(s.text());
    const bool three = s.scan();
    fmt::println(one, n, two, z, three, s.err());
  }
  String larger("y");
  larger.append(huge);
  bufio::Scanner s(Source{larger, larger.size(), eof()});
  const bool one = s.scan();
  fmt::println(one, s.text().len, s.err());
  customs();
}

void writers() {
  Sink k{{}, 1000};
  bufio::Writer w(k, 8);
  const auto say = [&](const Result<size_t>& r) {
    fmt::println(r.value, r.err, w.buffered(), w.available(), k.calls, k.text);
  };
  const auto say_err = [&](const Error& e) { say({0, e}); };
  say(w.write("abc", 3));
  say(w.write_string("defgh"));
  say_err(w.write_byte('i'));
  say(w.write_rune(0x20ac));
  say(w.write_rune('j'));
  say(w.write_rune(0x20ac));
  say(w.write_rune(-1));
  say(w.write("0123456789abcdefgh"));
  say_err(w.flush());
  say(w.write("0123456789abcdefgh"));
  say_err(w.flush());
  fmt::println(w.size());
  for (size_t room = 0; room < 12; room++) {
    k = Sink{{}, room};
    w.reset(k);
    say(w.write_string("01234"));
    say(w.write_string("56789"));
    say_err(w.write_byte('x'));
    say_err(w.flush());
    say(w.write_rune(0x20ac));
    fmt::println(errors::is(w.flush(), full));
  }
  k = Sink{{}, 3};
  w.reset(k);
  say(w.write_string("0123456789"));
  k.room = 100;
  bufio::Writer tiny(k, 2);
  const auto r = tiny.write_rune(0x1f600);
  fmt::println(r.value, r.err, tiny.buffered(), tiny.available(), k.calls, k.text.size());
  fmt::println(bufio::Writer(k, 0).size());
  k = Sink{{}, 3, 0, true};
  w.reset(k);
  say(w.write_string("01234"));
  say_err(w.flush());
  say(w.write_string("5"));
  fmt::println(w.flush().is(rt0::io::err_short_write));
}

void files() {
  auto [p, err] = os::pipe();
  bufio::Writer out(p.w);
  for (int i = 0; i < 1000; i++) {
    char digits[4];
    size_t n = 0;
    for (int v = i; n == 0 || v > 0; v /= 10) digits[n++] = static_cast<char>('0' + v % 10);
    out.write("line ");
    while (n > 0) out.write_byte(digits[--n]);
    out.write_byte('\n');
  }
  const os::File w = p.w, r = p.r;
  rt0::go([&out, w] {
    out.flush();
    w.close();
  });
  size_t lines = 0, bytes = 0;
  bufio::Scanner s(r);
  while (s.scan()) lines++, bytes += s.text().len;
  fmt::println(lines, bytes, s.err());
  r.close();
  bufio::Scanner closed(r);
  const bool more = closed.scan();
  fmt::println(more, closed.err());
  out.write("more\n");
  fmt::println(out.flush());
  fmt::println(out.write_string("again").err);
}

void both() {
  Source in{String("a\u20acline one\nline two\nrest"), 100, eof()};
  Sink out{{}, 1000};
  bufio::Reader r(in, 16);
  bufio::Writer w(out, 16);
  bufio::ReadWriter rw(r, w);
  const auto b = rw.read_byte();
  fmt::println(b.value, b.err, rw.unread_byte());
  show(rw.peek(4));
  show(rw.discard(1));
  const auto c = rw.read_rune();
  fmt::println(c.rune, c.size, c.err, rw.unread_rune());
  rw.read_rune();
  const auto l = rw.read_line();
  fmt::println(l.line, l.is_prefix, l.err);
  const auto s = rw.read_slice('\n');
  fmt::println(rt0::strconv::quote(s.value), s.err);
  const auto n = rw.write_string("one ");
  const Error e = rw.write_byte('2');
  fmt::println(n.value, n.err, e, rw.available(), rw.writer.buffered(), rw.reader.buffered());
  const auto k = rw.write_rune(0x20ac);
  fmt::println(k.value, k.err, out.text.size());
  const auto m = rw.write(" and more than fits");
  const size_t before = out.text.size();
  const Error flushed = rw.flush();
  fmt::println(m.value, m.err, before, flushed, out.text);
  show(rw.read_string('x'));
  char five[5];
  show(rw.read(five, 5));
}

}  // namespace

int main() {
  reader();
  long_lines();
  scanners();
  writers();
  files();
  both();
}
