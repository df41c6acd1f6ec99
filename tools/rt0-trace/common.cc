#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include "commands.h"

namespace rt0trace {

int follow_all(Reader& reader, const OnStep& on, Model* model, std::ostream& err) {
  if (auto v = follow(reader, on, model)) {
    err << explain(reader.name(), *v);
    return kBroken;
  }
  return kFine;
}

namespace {

// A record of the simulated kernel's choices (docs/DETERMINISM.md), beside the trace of the same run.
struct Record {
  string path;
  std::ifstream in;
  string line;
  uint64_t number = 0;

  explicit Record(const string& name) : path(name), in(name) {
    if (!in) throw Unusable(path + ": cannot open it: " + std::strerror(errno));
    for (int head = 0; head < 3; head++)
      if (!next() || (head == 0 && line != "rt0-record 1")) throw Unusable(path + ": this is no record");
  }
  bool next() {
    number++;
    return static_cast<bool>(std::getline(in, line));
  }
  string where() const { return path + ":" + std::to_string(number) + ": "; }
};

// "5 run 2 1 m0", as the record has it.
string as_recorded(const Line& l) {
  string s;
  for (const char* key : {"i", "kind", "n", "pick", "on"}) s += (s.empty() ? "" : " ") + decoded(l.arg(key));
  return s;
}

}  // namespace

int check(Reader& reader, std::ostream& out, std::ostream& err, const string& record) {
  std::optional<Record> recorded;
  if (!record.empty()) recorded.emplace(record);
  Model model;
  bool unlike = false;
  const auto compare = [&](const Step& s, const Model&) {
    if (unlike || s.line->ev != Ev::Choose) return;
    const string told = as_recorded(*s.line);
    if (recorded->next() && recorded->line == told) return;
    unlike = true;
    err << reader.name() << ":" << s.line->number << ": the record has another choice\n    " << printable(told)
        << "\n  " << recorded->where() << printable(recorded->line) << "\n";
  };
  const int status = follow_all(reader, recorded ? OnStep(compare) : OnStep(nullptr), &model, err);
  if (status != kFine) return status;
  if (const string why = model.ending(); !why.empty()) reader.unusable(reader.lines(), why);
  if (recorded && !unlike && (!recorded->next() || !recorded->line.starts_with("end "))) {
    unlike = true;
    err << reader.name() << ":" << reader.lines() << ": the trace ends, and the record has more choices\n  "
        << recorded->where() << printable(recorded->line) << "\n";
  }
  if (unlike) return kBroken;
  out << reader.name() << ": " << reader.lines() << " lines, kernel " << printable(model.kernel()) << ": fine\n";
  return kFine;
}

string duration_text(int64_t ns) {
  char text[64];
  const double v = static_cast<double>(ns);
  if (ns < 1000) std::snprintf(text, sizeof text, "%lldns", static_cast<long long>(ns));
  else if (ns < 1000000) std::snprintf(text, sizeof text, "%.2fus", v / 1e3);
  else if (ns < 1000000000) std::snprintf(text, sizeof text, "%.2fms", v / 1e6);
  else std::snprintf(text, sizeof text, "%.3fs", v / 1e9);
  return text;
}

bool parse_duration(const string& text, int64_t* ns) {
  size_t used = 0;
  double v = 0;
  try {
    v = std::stod(text, &used);
  } catch (const std::exception&) { return false; }
  const string unit = text.substr(used);
  const double scale = unit.empty() || unit == "ns" ? 1
                       : unit == "us"               ? 1e3
                       : unit == "ms"               ? 1e6
                       : unit == "s"                ? 1e9
                                                    : 0;
  v *= scale;
  if (scale == 0 || !(v >= 0) || v > 9e18) return false;
  *ns = static_cast<int64_t>(v);
  return true;
}

int64_t last_time(const string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw Unusable(path + ": cannot open it: " + std::strerror(errno));
  char buf[4 * (kMaxLine + 1)];
  const off_t size = ::lseek(fd, 0, SEEK_END);
  const off_t from = std::max<off_t>(0, size - static_cast<off_t>(sizeof buf));
  const ssize_t got = size < 0 ? -1 : ::pread(fd, buf, sizeof buf, from);
  const int error = errno;
  ::close(fd);
  if (got < 0)
    throw Unusable(path + ": the time of its last line cannot be read before it is shown (" + std::strerror(error) +
                   "): give --to");
  string_view tail(buf, static_cast<size_t>(got));
  int64_t last = 0;
  Line line;
  while (!tail.empty()) {  // the first line may lack its beginning, in which case parse_line refuses it
    const size_t end = tail.find('\n');
    if (end == string_view::npos) break;
    if (parse_line(tail.substr(0, end), &line) == nullptr) last = line.time;
    tail.remove_prefix(end + 1);
  }
  return last;
}

}  // namespace rt0trace
