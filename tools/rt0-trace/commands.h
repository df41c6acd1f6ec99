// The commands of rt0-trace, apart from their command lines. Each returns the exit status; Unusable is thrown.
#pragma once

#include <ostream>

#include "model.h"

namespace rt0trace {

inline constexpr int kFine = 0, kBroken = 1, kUnusable = 2;

// Where one trace goes through the model and something is made of it. What the two functions need to say goes to `err`.
using OnStep = std::function<void(const Step&, const Model&)>;
// kFine, or kBroken with the violation on err. A trace that is cut throws Unusable after its last line.
int follow_all(Reader& reader, const OnStep& on, Model* model, std::ostream& err);

int check(Reader& reader, std::ostream& out, std::ostream& err);

struct DiffOptions {
  enum Times { automatic, compare, ignore } times = automatic;
  unsigned context = 5;
  unsigned width = 0;  // of the terminal: lines of context are cut there; 0: never
  bool colour = false;
};
int diff(Reader& a, Reader& b, const DiffOptions& options, std::ostream& out);

struct StatsOptions {
  bool json = false;
  size_t goroutines = 100;  // how many are listed one by one
  unsigned width = 0;       // of the terminal: lines are cut there; 0: never
};
int stats(Reader& reader, const StatsOptions& options, std::ostream& out, std::ostream& err);

int export_go(Reader& reader, std::ostream& out, std::ostream& err);
int export_chrome(Reader& reader, std::ostream& out, std::ostream& err);

struct ShowOptions {
  unsigned width = 0;  // columns of time

  int64_t from = 0, to = -1;  // ns; to -1: the end
};
// The time of the last line, which show needs beforehand; reads the file's end only.
int64_t last_time(const string& path);
int show(Reader& reader, const ShowOptions& options, std::ostream& out, std::ostream& err);

// 12.3ms and the like.
string duration_text(int64_t ns);
// "15ms", "2s", "300" (ns); false if it is none.
bool parse_duration(const string& text, int64_t* ns);

}  // namespace rt0trace
