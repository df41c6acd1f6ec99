// Reads a trace line by line and parses each line by the grammar of docs/TRACE.md. Memory is bounded: there is one
// buffer, however long the trace is, and a line that is longer than the grammar allows is an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "trace/event.h"

namespace rt0trace {

using rt0::Ev;
using std::string;
using std::string_view;

// Thrown for a trace that cannot be used. The text is "file:line: reason"; the exit status becomes 2.
struct Unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr size_t kMaxLine = 1023;               // bytes without the newline
inline constexpr int64_t kMaxTime = int64_t{1} << 62;  // so that the sum of two times does not overflow
inline constexpr size_t kMaxArgs = 16;
inline constexpr int64_t kAbsent = -1;  // an id that is '-'
inline constexpr Ev kUnknown = Ev::kCount;

struct Arg {
  string_view key, value;  // the value still encoded
};

// One line. The views point into `text`, which lives until the next line is read.
struct Line {
  uint64_t number = 0;  // from 1
  string_view text;
  int64_t time = 0, m = kAbsent, p = kAbsent, g = kAbsent;
  string_view name;
  Ev ev = kUnknown;
  bool boot = false;  // a boot function
  size_t nargs = 0;
  Arg args[kMaxArgs];

  // The argument's text, empty if there is none of that name.
  string_view arg(string_view key) const;
  // The argument as a number; false if there is none, or it is no number that fits.
  bool num(string_view key, int64_t* out) const;
  // The line without its time; diff compares it when it ignores times.
  string_view after_time() const;
};

// Parses one line. Returns null if it follows the grammar, else the reason why not.
const char* parse_line(string_view text, Line* out);

// The names of an event's arguments, separated by blanks; "" for an unknown event.
string_view args_of(Ev e);
// The event of this name; kUnknown if there is none.
Ev event_of(string_view name);
// The event's name as events.def has it.
string_view boot_name(Ev e);
bool is_text_arg(string_view key);
// The value with each %xx replaced by its byte.
string decoded(string_view value);
// For error messages: at most `max` of the bytes, unprintable ones as \xNN.
string printable(string_view bytes, size_t max = 100);

// A function that reads up to n bytes: returns how many, 0 at the end; throws Unusable if it fails.
using Source = std::function<size_t(char* to, size_t n)>;

// A file, or standard input for "-".
Source open_file(const string& path);
Source from_string(string_view text);

class Reader {
 public:
  Reader(string name, Source source) : name_(std::move(name)), source_(std::move(source)), buf_(kBuffer) {}
  explicit Reader(const string& path) : Reader(path, open_file(path)) {}

  // Reads the next line; false at the end. Throws Unusable, with the line's number, if the line breaks the grammar.
  bool next(Line* line);
  const string& name() const { return name_; }
  uint64_t lines() const { return number_; }
  [[noreturn]] void unusable(uint64_t line, const string& why) const;

 private:
  static constexpr size_t kBuffer = 256 * 1024;
  bool fill();

  string name_;
  Source source_;
  std::vector<char> buf_;
  size_t at_ = 0, end_ = 0;
  bool eof_ = false;
  uint64_t number_ = 0;
};

}  // namespace rt0trace
