#include "reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include <cerrno>
#include <cstring>
#include <memory>
#include <unordered_map>

namespace rt0trace {

namespace {

struct EventRow {
  string_view name, args;
  bool boot;
};
constexpr EventRow kEvents[] = {
#define FN(id, name) {name, "", true},
#define EV(id, name, args, meaning) {name, args, false},
#include "trace/events.def"
#undef FN
#undef EV
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

const std::unordered_map<string_view, Ev>& by_name() {
  static const auto table = [] {
    std::unordered_map<string_view, Ev> t;
    for (size_t i = 0; i < std::size(kEvents); i++) t.emplace(kEvents[i].name, static_cast<Ev>(i));
    return t;
  }();
  return table;
}

// Digits from *at on; false if there are none, or more than an int64_t holds.
bool take_number(const char** at, const char* end, int64_t* out) {
  const char* p = *at;
  uint64_t v = 0;
  if (p == end || !is_digit(*p)) return false;
  for (; p != end && is_digit(*p); p++) {
    const unsigned digit = static_cast<unsigned>(*p - '0');
    if (v > (static_cast<uint64_t>(INT64_MAX) - digit) / 10) return false;
    v = v * 10 + digit;
  }
  *at = p;
  *out = static_cast<int64_t>(v);
  return true;
}

bool take_id(const char** at, const char* end, char kind, int64_t* out) {
  const char* p = *at;
  if (end - p < 3 || p[0] != ' ' || p[1] != kind) return false;
  p += 2;
  if (*p == '-') {
    *out = kAbsent;
    *at = p + 1;
    return true;
  }
  *at = p;
  return take_number(at, end, out);
}

// cut: the line has the greatest length, at which the runtime cuts it off, so a value may end within a %xx.
const char* take_value(const char** at, const char* end, bool cut, string_view* value) {
  const char* p = *at;
  for (; p != end && *p != ' '; p++) {
    if (*p < '!' || *p > '~') return "a byte that is not printable";
    if (*p == '=') return "'=' in a value";
    if (*p == '%' && !(cut && end - p <= 2) &&
        !(end - p > 2 && std::isxdigit(static_cast<unsigned char>(p[1])) &&
          std::isxdigit(static_cast<unsigned char>(p[2]))))
      return "'%' without two hexadecimal digits";
  }
  *value = string_view(*at, static_cast<size_t>(p - *at));
  *at = p;
  return nullptr;
}

const char* take_args(const char* p, const char* end, Line* out) {
  while (p != end) {
    if (*p != ' ') return "a byte that does not belong into a name";
    const char* const key = ++p;
    if (p == end || !is_letter(*p)) return "no argument after a blank";
    while (p != end && (is_letter(*p) || is_digit(*p) || *p == '_')) p++;
    if (p == end || *p != '=') return "an argument without '='";
    if (out->nargs == kMaxArgs) return "more arguments than any event has";
    Arg& a = out->args[out->nargs++];
    a.key = string_view(key, static_cast<size_t>(p - key));
    p++;
    if (const char* why = take_value(&p, end, out->text.size() == kMaxLine, &a.value)) return why;
  }
  return nullptr;
}

}  // namespace

Ev event_of(string_view name) {
  if (auto it = by_name().find(name); it != by_name().end()) return it->second;
  // The entry points have the ISA's name in theirs.
  if (!name.starts_with("_rt0_")) return kUnknown;
  const string_view rest = name.substr(5);
  const size_t cut = rest.find('_');
  if (cut == string_view::npos) return rest.empty() ? kUnknown : Ev::_rt0;
  return cut > 0 && rest.substr(cut) == "_linux" ? Ev::_rt0_linux : kUnknown;
}

string_view args_of(Ev e) { return e < Ev::kCount ? kEvents[static_cast<size_t>(e)].args : string_view(); }

string_view boot_name(Ev e) { return e < Ev::kCount ? kEvents[static_cast<size_t>(e)].name : string_view(); }

// Arguments that the runtime writes with trace_text are text. All others are numbers.
bool is_text_arg(string_view key) {
  for (string_view text : {"at", "reason", "kernel", "name", "why", "kind", "on", "type"})
    if (key == text) return true;
  return false;
}

string_view Line::arg(string_view key) const {
  for (size_t i = 0; i < nargs; i++)
    if (args[i].key == key) return args[i].value;
  return {};
}

bool Line::num(string_view key, int64_t* out) const {
  string_view v = arg(key);
  const bool negative = v.starts_with('-');
  if (negative) v.remove_prefix(1);
  const char* at = v.data();
  const char* const end = at + v.size();
  if (!take_number(&at, end, out) || at != end) return false;
  if (negative) *out = -*out;
  return true;
}

string_view Line::after_time() const {
  const size_t blank = text.find(' ');
  return blank == string_view::npos ? string_view() : text.substr(blank);
}

const char* parse_line(string_view text, Line* out) {
  const char* p = text.data();
  const char* const end = p + text.size();
  out->text = text;
  out->nargs = 0;
  if (!take_number(&p, end, &out->time)) return "it does not begin with a time";
  if (out->time > kMaxTime) return "its time is beyond any clock";
  if (!take_id(&p, end, 'm', &out->m)) return "no \" m<id>\" after the time";
  if (!take_id(&p, end, 'p', &out->p)) return "no \" p<id>\" after m";
  if (!take_id(&p, end, 'g', &out->g)) return "no \" g<id>\" after p";
  if (end - p < 2 || *p != ' ') return "no event after g";
  const char* const name = ++p;
  if (!is_letter(*p) && *p != '_') return "the event's name begins with neither a letter nor '_'";
  // tests/golden/boot.trace is compared on all ISAs, so it names none.
  constexpr string_view kAnyIsa = "_rt0_<isa>";
  if (string_view(name, static_cast<size_t>(end - name)).starts_with(kAnyIsa)) p += kAnyIsa.size();
  while (p != end && (is_letter(*p) || is_digit(*p) || *p == '_' || *p == '.')) p++;
  out->name = string_view(name, static_cast<size_t>(p - name));
  out->ev = event_of(out->name);
  out->boot = out->ev != kUnknown && kEvents[static_cast<size_t>(out->ev)].boot;
  return take_args(p, end, out);
}

string decoded(string_view value) {
  string s;
  for (size_t i = 0; i < value.size(); i++) {
    if (value[i] == '%' && i + 2 < value.size()) {
      s += static_cast<char>(std::stoi(string(value.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      s += value[i];
    }
  }
  return s;
}

string printable(string_view bytes, size_t max) {
  string s;
  for (char c : bytes.substr(0, max)) {
    if (c >= ' ' && c <= '~') {
      s += c;
    } else {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      s += hex;
    }
  }
  return bytes.size() > max ? s + "..." : s;
}

Source open_file(const string& path) {
  int fd = STDIN_FILENO;
  if (path != "-") fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw Unusable(path + ": cannot open it: " + std::strerror(errno));
  std::shared_ptr<int> owner(new int(fd), [](int* f) {
    if (*f != STDIN_FILENO) ::close(*f);
    delete f;
  });
  return [owner, path](char* to, size_t n) -> size_t {
    for (;;) {
      const ssize_t got = ::read(*owner, to, n);
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) throw Unusable(path + ": cannot read it: " + std::strerror(errno));
    }
  };
}

Source from_string(string_view text) {
  return [text](char* to, size_t n) mutable {
    const size_t k = std::min(n, text.size());
    std::memcpy(to, text.data(), k);
    text.remove_prefix(k);
    return k;
  };
}

void Reader::unusable(uint64_t line, const string& why) const {
  throw Unusable(name_ + ":" + std::to_string(line) + ": " + why);
}

// Moves the unread bytes to the front of the buffer and reads more behind them. False at the end of the source.
bool Reader::fill() {
  if (eof_) return false;
  if (at_ > 0) std::memmove(buf_.data(), buf_.data() + at_, end_ - at_);
  end_ -= at_;
  at_ = 0;
  const size_t got = source_(buf_.data() + end_, buf_.size() - end_);
  end_ += got;
  eof_ = got == 0;
  return !eof_;
}

bool Reader::next(Line* line) {
  const char* newline = nullptr;
  for (size_t looked = 0;;) {
    const size_t have = end_ - at_;
    newline = have > looked ? static_cast<const char*>(std::memchr(buf_.data() + at_ + looked, '\n', have - looked))
                            : nullptr;
    if (newline != nullptr || have > kMaxLine) break;
    looked = have;
    if (!fill()) break;
  }
  if (newline == nullptr && at_ == end_) return false;
  number_++;
  const char* const start = buf_.data() + at_;
  const string_view text(start, newline != nullptr ? static_cast<size_t>(newline - start) : end_ - at_);
  if (text.size() > kMaxLine) unusable(number_, "a line of more than 1023 bytes: this is no trace");
  if (newline == nullptr) unusable(number_, "the trace is cut: its last line has no end: " + printable(text));
  line->number = number_;
  if (const char* why = parse_line(text, line)) {
    const bool binary = std::any_of(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; });
    if (binary) unusable(number_, "this is no trace: it holds bytes that are not text: " + printable(text));
    unusable(number_, (number_ == 1 ? "this is no trace: " : "") + string(why) + ": " + printable(text));
  }
  at_ += text.size() + 1;
  return true;
}

}  // namespace rt0trace
