// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// errors::make, errorf, is, as, join, unwrap
#include <rt0/rt0.h>

namespace errors = rt0::errors;
namespace fmt = rt0::fmt;
using errors::Err;
using errors::Error;
using errors::errorf;

namespace {

struct ParseError {
  int line, col;
  rt0::FixedText<64> Error() const {
    rt0::FixedText<64> t;
    t.put("line ");
    number(t, line);
    t.put(", column ");
    number(t, col);
    return t;
  }

 private:
  static void number(rt0::FixedText<64>& t, int n) {
    if (n >= 10) number(t, n / 10);
    const char digit = static_cast<char>('0' + n % 10);
    t.put({&digit, 1});
  }
};

const Error not_found = errors::make("not found");
const Error also_not_found = errors::make("not found");

void chain(Error err) {
  for (; err; err = errors::unwrap(err)) fmt::println(" ", err);
  fmt::println("  end");
}

bool is_not_exist(const Error& e) { return errors::is(e, Err::noent); }

void wrapped(const Error& user, const Error& page) {
  fmt::println(not_found, not_found == not_found, not_found == also_not_found, errors::is(not_found, also_not_found));
  fmt::println(user, user == not_found, errors::is(user, not_found), errors::is(user, also_not_found),
               errors::is(user, user));
  chain(page);
  fmt::println(errors::is(page, not_found), errors::is(page, user), errors::is(user, page), errors::is(page, Error()),
               errors::is(Error(), page));
}

void others(const Error& user, const Error& page) {
  const Error err = rt0::os::open("/nowhere/at/all").err;
  chain(err);
  const Error conf = errorf("config: %w", err);
  chain(conf);
  fmt::println(errors::is(conf, Err::noent), errors::is(conf, Err::isdir), is_not_exist(conf));
  const Error pe = errors::as_op(conf);
  fmt::println(static_cast<bool>(pe), pe.op(), pe.reason());
  fmt::println(static_cast<bool>(errors::as_op(page)));
  char byte;
  const auto eof = rt0::os::open("/dev/null").value.read(&byte, 1).err;
  fmt::println(errors::is(errorf("read: %w", eof), rt0::io::eof), errors::is(user, rt0::io::eof));

  const Error typed = errorf("file %s: %w", "x.conf", ParseError{3, 14});
  const auto [e, ok] = errors::as<ParseError>(typed);
  fmt::println(typed, ok, e.line, e.col, errors::is(typed, ParseError{3, 14}), errors::is(typed, ParseError{3, 15}));
  chain(errorf("again: %w", typed));
  fmt::println(errors::as<ParseError>(user).ok);

  const Error both = errors::join(not_found, Error(), typed, err);
  fmt::println(both);
  fmt::println(errors::is(both, not_found), errors::is(both, also_not_found), errors::is(both, Err::noent),
               errors::as<ParseError>(both).ok, !errors::unwrap(both));
  fmt::println(!errors::join(), !errors::join(Error(), Error()), !errors::unwrap(errors::join(not_found)));
  const Error two = errorf("%w and %w", user, conf);
  fmt::println(two, errors::is(two, not_found), errors::is(two, Err::noent), !errors::unwrap(two));
  chain(errorf("outer: %w", both));
}

void formats(const Error& user) {
  Error deep = not_found;
  for (int i = 0; i < 40; i++) deep = errorf("%d %w", i % 10, deep);
  fmt::println(deep, errors::is(deep, not_found), errors::is(deep, also_not_found));

  const char* format = "%d %s %q %x %t|%w|%v|%v %v";
  fmt::println(errorf("%d %s %q %x %x %t %v %v %%", -5, "text", "a\tb", 255, "hi", true, 1.5, user));
  fmt::println(errorf(format, "hi", 5, false, true, 7, 8, false, nullptr));
  fmt::println(errorf(format));
  format = "%w %v %s";
  fmt::println(errorf(format, nullptr, nullptr, nullptr));
  format = "x";
  fmt::println(errorf(format, 1, "two", nullptr));
  format = "%z %!";
  fmt::println(errorf(format, 1));
  format = "%d%";
  fmt::println(errorf(format, 1));
  fmt::println(errorf("%T %T", 1, "s"), !errors::unwrap(errorf("%v", user)));
}

struct Level {
  using Underlying = int;
  int n;
  explicit operator int() const { return n; }
  static rt0::builtin::Text String() { return "level!"; }
};
struct Code {
  using Underlying = int;
  int n;
  explicit operator int() const { return n; }
  static rt0::builtin::Text Error() { return "code!"; }
};
struct Flag {
  using Underlying = bool;
  bool b;
  explicit operator bool() const { return b; }
  static rt0::builtin::Text String() { return "flag!"; }
};
struct Name {
  using Underlying = const char*;
  const char* s;
  explicit operator const char*() const { return s; }
  static rt0::builtin::Text String() { return "name!"; }
};
enum class Small : unsigned char { most = 200 };
enum class Plain : int64_t { least = -3 };

void named(const rt0::any& v) {
  fmt::println(errorf("%d|%v|%x|%t|%w", v, v, v, v, v));
  fmt::println(errorf("%s", v));
}

}  // namespace

int main() {
  const Error user = errorf("user %d: %w", 7, not_found);
  const Error page = errorf("page %q: %w", "a\"b\n", user);
  wrapped(user, page);
  others(user, page);
  formats(user);
  named(rt0::ms(1500));
  named(rt0::ms(-1500));
  named(Level{-7});
  named(Code{9});
  named(Flag{true});
  named(Name{"n"});
  named(Small::most);
  named(Plain::least);
  fmt::println(errorf("%d %d %d", rt0::ms(1), Level{8}, Plain::least));
}
