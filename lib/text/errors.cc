// Errors that wrap others. Go: errors/wrap.go, errors/join.go, fmt/errors.go.
//
//   E1  What an error wraps is a tree. Its nodes lie at the end of the error's memory, the root first, each before
//       those that it wraps. An error without nodes stands for a tree of one node, or of two if it has an operation: it
//       wraps its reason.
//   E2  A node's text is a part of the error's text, for %w and join put it there.
//   E3  Values in nodes are copied as bytes, to any alignment: their types are trivially copyable.
#include "rt0/errors.h"

#include "base/format.h"
#include "base/types.h"
#include "rt0/atomic.h"

namespace rt0::detail {

using errors::Err;

namespace {

struct Node {
  Err code;
  u16 at, len;  // of its text
  u16 op_len, reason_at;
  u8 below;   // nodes that follow and belong to it
  u8 words;   // behind the node: its type and value, in units of four bytes
  u8 many;    // made by join, or by errorf with several %w: unwrap gives none
  u8 format;  // made by errorf
};
static_assert(sizeof(Node) == 16);

// A node that was read from an error. value: the node's type and value, which lie in that error.
struct Part {
  Node n;
  const char* value;

  const Type* type() const {
    const Type* t = nullptr;
    if (n.words != 0) __builtin_memcpy(&t, value, sizeof(t));
    return t;
  }
  usize bytes() const { return sizeof(Node) + usize{4} * n.words; }
};

// The program's own errors are told apart by numbers below those of Err.
constexpr i32 kFirstMade = -1000;
constinit atomic::Uint32 made{};
Err next_code() { return static_cast<Err>(kFirstMade - static_cast<i32>(made.add(1) & 0x3fffffff)); }
bool is_made(Err e) { return static_cast<i32>(e) < kFirstMade; }

}  // namespace

// The nodes of an error, unpacked, and its text.
struct ErrorTree {
  static constexpr u32 kMost = 17;
  static constexpr usize kMostBytes = 288;

  u32 n = 0;
  Part at[kMost];
  char text[ErrorValue::kMaxText];
  usize len = 0;

  ErrorTree() = default;
  explicit ErrorTree(const ErrorValue& e) { add(e); }

  void put(Str s) {
    for (usize i = 0; i < s.len && len < sizeof(text); i++) text[len++] = s[i];
  }
  Str text_of(const Part& p) const { return {text + p.n.at, p.n.len}; }

  // Adds the first node, the root. whole() sets how much text and how many nodes belong to it.
  void root(Err code, Str s = {}, Any value = {nullptr, nullptr}, char* room = nullptr) {
    put(s);
    at[n++] = {{code, 0, static_cast<u16>(len), 0, 0, 0, 0, 0, 0}, room};
    if (value.type == nullptr || room == nullptr) return;
    __builtin_memcpy(room, &value.type, sizeof(value.type));
    __builtin_memcpy(room + sizeof(value.type), value.data, value.type->size);
    at[0].n.words = static_cast<u8>((sizeof(value.type) + value.type->size + 3) / 4);
  }
  // e's text, and its nodes behind those that are there.
  void add(const ErrorValue& e) {
    const u16 base = static_cast<u16>(len);
    put({e.data(), e.size()});
    if (e.parts_ == 0) {
      add_node({{e.code_, base, e.len_, e.op_len_, e.reason_at_, e.reason_at_ != 0, 0, 0, 0}, nullptr});
      if (e.reason_at_ == 0) return;
      const u16 reason = e.reason_at_;
      add_node(
          {{e.code_, static_cast<u16>(base + reason), static_cast<u16>(e.len_ - reason), 0, 0, 0, 0, 0, 0}, nullptr});
      return;
    }
    for (usize i = ErrorValue::kMaxText - e.parts_; i < ErrorValue::kMaxText;) {
      Part p;
      __builtin_memcpy(&p.n, e.text_ + i, sizeof(p.n));
      p.value = e.text_ + i + sizeof(p.n);
      i += p.bytes();
      p.n.at = static_cast<u16>(p.n.at + base);
      add_node(p);
    }
  }
  // If there is no room for p, the last node that is an error of errorf is removed, because programs hardly compare
  // with such errors. If there is no such node, p is left out.
  void add_node(const Part& p) {
    while (n == kMost || bytes() + p.bytes() > kMostBytes) {
      u32 i = n - 1;
      while (i > 0 && at[i].n.format == 0) i--;
      if (i == 0) return shrink(n);
      remove(i);
    }
    at[n++] = p;
  }
  // The node i is removed, or was not added: each node to which it belongs has one less below it.
  void shrink(u32 i) {
    for (u32 j = 0; j < i; j++)
      if (j + at[j].n.below >= i) at[j].n.below--;
  }
  void remove(u32 i) {
    shrink(i);
    for (n--; i < n; i++) at[i] = at[i + 1];
  }
  usize bytes() const {
    usize sum = 0;
    for (u32 i = 0; i < n; i++) sum += at[i].bytes();
    return sum;
  }

  // The node i with all that belongs to it, as an error of its own.
  ErrorValue error(u32 i) const {
    ErrorValue e;
    const Part& root = at[i];
    const u32 end = min(i + root.n.below, n - 1) + 1;
    const bool plain = root.n.words == 0 && (end == i + 1 || (end == i + 2 && root.n.reason_at != 0));
    usize parts = 0;
    for (u32 k = i; k < end && !plain; k++) parts += at[k].bytes();
    const usize size = min<usize>(root.n.len, ErrorValue::kMaxText - 1 - parts);
    e.code_ = root.n.code;
    e.len_ = static_cast<u16>(size);
    e.op_len_ = root.n.op_len;
    e.reason_at_ = root.n.reason_at;
    e.parts_ = static_cast<u16>(parts);
    __builtin_memcpy(e.text_, text + root.n.at, size);
    e.text_[size] = '\0';
    char* to = e.text_ + ErrorValue::kMaxText - parts;
    for (u32 k = i; k < end && !plain; k++) {
      Node x = at[k].n;
      const usize from = min<usize>(x.at - root.n.at, size);
      x.at = static_cast<u16>(from);
      x.len = static_cast<u16>(min<usize>(x.len, size - from));
      x.below = static_cast<u8>(min<u32>(x.below, end - 1 - k));
      __builtin_memcpy(to, &x, sizeof(x));
      if (x.words != 0) __builtin_memcpy(to + sizeof(x), at[k].value, usize{4} * x.words);
      to += at[k].bytes();
    }
    return e;
  }
  // The error of the whole tree. Its first node, the root, wraps `wrapped` errors; all other nodes are below it.
  ErrorValue whole(u32 wrapped) {
    at[0].n.len = static_cast<u16>(min<usize>(len, ErrorValue::kMaxText - 1));
    at[0].n.below = static_cast<u8>(n - 1);
    at[0].n.many = wrapped > 1;
    return error(0);
  }
};

namespace {

bool same(const ErrorTree& a, const Part& x, const ErrorTree& b, const Part& y) {
  if (x.n.code != y.n.code || x.type() != y.type()) return false;
  if (is_made(x.n.code)) return true;
  if (x.type() != nullptr) return __builtin_memcmp(x.value, y.value, sizeof(Type*) + x.type()->size) == 0;
  return a.text_of(x) == b.text_of(y);
}

// Executes errorf's format: prints the arguments into the text of t, and adds the errors of %w to t.
struct Format {
  ErrorTree& t;
  const ErrorArg* args;
  usize n;
  usize used = 0;
  u32 wrapped = 0;
  // Values with a method Error(), as errors. The first ones were given to %w, and the tree points into them. The last
  // one is for text(). So at most kKept - 1 such values are wrapped; further ones are only printed.
  static constexpr u32 kKept = 4;
  u32 kept_n = 0;
  ErrorValue kept[kKept]{};

  void put(Str s) { t.put(s); }
  void put(char c) { t.put({&c, 1}); }
  void hex_digits(u64 v) {
    char digits[kMaxHex];
    put(Str(digits, format_hex(digits, v)).sub(2));
  }
  char room[PrintArg::kMostMade] = {};  // for a text that is made
  Text said{};                          // for value(), the text that was found

  static bool is_nil(Any v) { return v.type == nullptr; }
  // A value with a method Error() as an error. Of a value in an any that can be copied as bytes, the error has a copy.
  static ErrorValue as_error(const ErrorArg& arg) {
    const Any v = arg.value;
    if (arg.error != nullptr) return arg.error(v.data);
    const Text s = v.type->error(v.data);
    const bool fits = v.type->copy == nullptr && v.type->destroy == nullptr && v.type->size <= kMostValue;
    return error_of({s.ptr, s.len}, fits ? v : Any{nullptr, nullptr});
  }
  // %v
  void value(const ErrorArg& arg) {
    const Any v = arg.value;
    if (is_nil(v)) return put("<nil>");
    if (text(arg, &said)) return put(Str(said.ptr, said.len));
    if (v.type->operand == nullptr) return put("?");
    plain(v.type->operand(v.data));
  }
  // A value without its methods.
  void plain(const PrintArg& a) {
    char number[kMaxFloat > kMaxDecimal ? kMaxFloat : kMaxDecimal];
    switch (a.kind) {
      case PrintArg::Kind::boolean: return put(a.boolean ? Str("true") : Str("false"));
      case PrintArg::Kind::int_: return put(Str(number, format_i64(number, a.int_)));
      case PrintArg::Kind::uint_: return put(Str(number, format_u64(number, a.uint_)));
      case PrintArg::Kind::formatted: return put(Str(number, a.formatted.format(number, a.formatted.value)));
      case PrintArg::Kind::made: return put(Str(room, a.made.put(room, a.made.value)));
      case PrintArg::Kind::string: return put(Str(a.string.ptr, a.string.len));
      case PrintArg::Kind::pointer:
        if (a.pointer == nullptr) return put("<nil>");
        put("0x");
        hex_digits(reinterpret_cast<uintptr>(a.pointer));
    }
  }
  // Whether v is a text, or has a method that gives one.
  bool text(const ErrorArg& arg, Text* s) {
    const Any v = arg.value;
    if (arg.error != nullptr) {
      ErrorValue& e = kept[kKept - 1];
      e = arg.error(v.data);
      *s = {e.data(), e.size()};
    } else if (v.type->error != nullptr) *s = v.type->error(v.data);
    else if (v.type->string != nullptr) *s = v.type->string(v.data);
    else {
      if (v.type->operand == nullptr) return false;
      const PrintArg a = v.type->operand(v.data);
      if (a.kind == PrintArg::Kind::made) *s = {room, a.made.put(room, a.made.value)};
      else if (a.kind == PrintArg::Kind::string) *s = a.string;
      else return false;
    }
    return true;
  }
  // Whether v is a number or a bool, or stands for one, whatever methods it has. Verbs that do not print texts ask for
  // it first, as in Go.
  static bool number(Any v, PrintArg* a) {
    if (v.type->is_int64) *a = PrintArg(*static_cast<const i64*>(v.data));
    else if (v.type->operand != nullptr) *a = v.type->operand(v.data);
    return a->kind == PrintArg::Kind::boolean || a->kind == PrintArg::Kind::int_ || a->kind == PrintArg::Kind::uint_;
  }
  // An argument that does not fit the verb. Go prints it without its methods; of an object without a plain value only
  // their text is known.
  void bad(char verb, const ErrorArg& arg) {
    const Any v = arg.value;
    put("%!");
    put(verb);
    put("(");
    if (v.type == nullptr || is_nil(v)) return put("<nil>)");
    put(Str(v.type->name.ptr, v.type->name.len));
    put("=");
    if (PrintArg a(nullptr); number(v, &a) || a.kind == PrintArg::Kind::string) plain(a);
    else value(arg);
    put(")");
  }
  void quoted(Text s) {
    put('"');
    for (usize i = 0; i < s.len; i++) {
      const char c = s.ptr[i];
      const u8 byte = static_cast<u8>(c);
      if (c == '"' || c == '\\') put('\\'), put(c);
      else if (c == '\n') put("\\n");
      else if (c == '\t') put("\\t");
      else if (c == '\r') put("\\r");
      else if (byte < 0x20 || byte == 0x7f) {
        put("\\x");
        if (byte < 0x10) put('0');
        hex_digits(byte);
      } else put(c);
    }
    put('"');
  }
  void wrap(const ErrorArg& arg) {
    const Any v = arg.value;
    if (is_nil(v) || v.type->error == nullptr) return bad('w', arg);
    wrapped++;
    if (v.type == &kType<ErrorValue>) return t.add(*static_cast<const ErrorValue*>(v.data));
    if (kept_n == kKept - 1) return value(arg);
    kept[kept_n] = as_error(arg);
    t.add(kept[kept_n++]);
  }
  void verb(char c) {
    if (c == '%') return put('%');
    if (used == n) {
      put("%!");
      put(c);
      return put("(MISSING)");
    }
    const ErrorArg& arg = args[used++];
    const Any v = arg.value;
    if (c == 'v') return value(arg);
    if (c == 'w') return wrap(arg);
    if (c == 'T') return v.type == nullptr ? put("<nil>") : put(Str(v.type->name.ptr, v.type->name.len));
    if (is_nil(v)) return bad(c, arg);
    PrintArg a(nullptr);
    const bool is_number = number(v, &a), integer = is_number && a.kind != PrintArg::Kind::boolean;
    if (c == 'd' && integer) return plain(a);
    if (c == 't' && is_number && !integer) return plain(a);
    Text s;
    const bool is_text = text(arg, &s);
    if (c == 's' && is_text) return put(Str(s.ptr, s.len));
    if (c == 'q' && is_text) return quoted(s);
    if (c == 'x' && is_text) {
      for (usize i = 0; i < s.len; i++) {
        const u8 byte = static_cast<u8>(s.ptr[i]);
        if (byte < 0x10) put('0');
        hex_digits(byte);
      }
      return;
    }
    const bool negative = a.kind == PrintArg::Kind::int_ && a.int_ < 0;
    if (is_text || c != 'x' || !integer) return bad(c, arg);
    if (negative) put('-');
    hex_digits(negative ? -static_cast<u64>(a.int_) : a.uint_);
  }
};

}  // namespace

ErrorValue error_make(StrArg text) {
  ErrorTree t;
  t.root(next_code(), {text.ptr, text.len});
  return t.whole(0);
}

ErrorValue error_of(StrArg text, Any v) {
  ErrorTree t;
  char room[sizeof(Type*) + kMostValue + 4] = {};
  t.root(v.type != nullptr ? Err::other : next_code(), {text.ptr, text.len}, v, room);
  return t.whole(0);
}

ErrorValue error_format(StrArg format, const ErrorArg* args, size_t n) {
  ErrorTree t;
  t.root(next_code());
  Format f{t, args, n};
  for (usize i = 0; i < format.len; i++) {
    if (format.ptr[i] != '%') f.put(format.ptr[i]);
    else if (++i == format.len) f.put("%!(NOVERB)");
    else f.verb(format.ptr[i]);
  }
  if (f.used < n) {
    f.put("%!(EXTRA ");
    for (usize i = f.used; i < n; i++) {
      const Any v = args[i].value;
      if (i > f.used) f.put(", ");
      if (v.type == nullptr) f.put("<nil>");
      else {
        f.put(Str(v.type->name.ptr, v.type->name.len));
        f.put("=");
        f.value(args[i]);
      }
    }
    f.put(")");
  }
  t.at[0].n.format = 1;
  return t.whole(f.wrapped);
}

ErrorValue error_join(const ErrorValue* const* errs, size_t n) {
  ErrorTree t;
  t.root(next_code());
  bool any_there = false;
  for (usize i = 0; i < n; i++) {
    if (!*errs[i]) continue;
    if (any_there) t.put("\n");
    t.add(*errs[i]);
    any_there = true;
  }
  return any_there ? t.whole(2) : ErrorValue();
}

ErrorValue error_unwrap(const ErrorValue& e) {
  const ErrorTree t(e);
  return e && t.at[0].n.many == 0 && t.n > 1 ? t.error(1) : ErrorValue();
}

bool error_is(const ErrorValue& e, Err target) {
  if (!e || target == Err::none) return e == target;
  const ErrorTree t(e);
  for (u32 i = 0; i < t.n; i++)
    if (t.at[i].n.code == target) return true;
  return false;
}

bool error_is(const ErrorValue& e, const ErrorValue& target) {
  if (!e || !target) return !e && !target;
  const ErrorTree t(e), to(target);
  for (u32 i = 0; i < t.n; i++)
    if (same(t, t.at[i], to, to.at[0])) return true;
  return false;
}

bool error_same(const ErrorValue& a, const ErrorValue& b) {
  if (!a || !b) return !a && !b;
  const ErrorTree x(a), y(b);
  return same(x, x.at[0], y, y.at[0]);
}

bool error_as(const ErrorValue& e, const Type* type, void* to) {
  if (!e || type == nullptr) return false;
  const ErrorTree t(e);
  for (u32 i = 0; i < t.n; i++) {
    if (t.at[i].type() != type) continue;
    __builtin_memcpy(to, t.at[i].value + sizeof(Type*), type->size);
    return true;
  }
  return false;
}

ErrorValue error_as_op(const ErrorValue& e) {
  if (!e) return {};
  const ErrorTree t(e);
  for (u32 i = 0; i < t.n; i++)
    if (t.at[i].n.op_len != 0) return t.error(i);
  return {};
}

}  // namespace rt0::detail
