// The commands of rt0-trace; main.cc reads their command lines. Each returns the exit status, and throws Unusable if a
// trace cannot be read.
#pragma once

#include <ostream>

#include "model.h"

namespace rt0trace {

inline constexpr int kFine = 0, kBroken = 1, kUnusable = 2;

// Runs a whole trace through the model and calls `on` after each line. Returns kFine, or kBroken with the violation
// written to err. A trace that ends early is not an error here: ask model->ending().
using OnStep = std::function<void(const Step&, const Model&)>;
int follow_all(Reader& reader, const OnStep& on, Model* model, std::ostream& err);

// record: the record file of the same run, whose choices the trace must have; "" if there is none.
int check(Reader& reader, std::ostream& out, std::ostream& err, const string& record = {});

struct DiffOptions {
  enum Times { automatic, compare, ignore } times = automatic;
  unsigned context = 5;
  unsigned width = 0;  // columns of the terminal: longer lines of context are cut; 0: they are not cut
  bool colour = false;
  string from = {};                        // an event: what comes before it is left out, in both
  std::vector<string> ignore_events = {};  // events that are left out
  std::vector<string> ignore_keys = {};    // arguments that are not compared
  size_t choices = 10;                     // how many of the choices that differ are listed
  bool json = false;
};
int diff(Reader& a, Reader& b, const DiffOptions& options, std::ostream& out);

struct StatsOptions {
  bool json = false;
  size_t goroutines = 100;  // how many goroutines are listed one by one
  unsigned width = 0;       // columns of the terminal: longer lines are cut; 0: they are not cut
};
int stats(Reader& reader, const StatsOptions& options, std::ostream& out, std::ostream& err);

int export_go(Reader& reader, std::ostream& out, std::ostream& err);
int export_chrome(Reader& reader, std::ostream& out, std::ostream& err);

struct ShowOptions {
  unsigned width = 0;  // columns of the timeline

  int64_t from = 0, to = -1;  // ns; to -1: the end of the trace
};
// The time of the last line, in ns. show needs it before it begins; it is read from the end of the file.
int64_t last_time(const string& path);
int show(Reader& reader, const ShowOptions& options, std::ostream& out, std::ostream& err);

// A duration as text, such as 12.30ms.
string duration_text(int64_t ns);
// Reads "15ms", "2s" or "300" (ns) into *ns; false if the text is no duration.
bool parse_duration(const string& text, int64_t* ns);

}  // namespace rt0trace
