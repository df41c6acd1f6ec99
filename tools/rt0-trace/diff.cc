// Finds the first difference between two traces. Shows the last lines that both have, the next lines of each and, for
// traces of the simulated kernel, the choice that made the difference. Only one line of each trace and the last few
// common lines are held in memory.
#include <deque>

#include "commands.h"

namespace rt0trace {

namespace {

constexpr uint64_t kLookAhead = 1000000;  // lines in which to look for the next choice on both sides

// A copy of a line, which stays valid when the next line is read.
struct Kept {
  bool there = false;
  uint64_t number = 0;
  string text;
  string name;
};

struct Choice {
  bool there = false;
  uint64_t number = 0;
  std::vector<std::pair<string, string>> args;

  string get(string_view key) const {
    for (const auto& [k, v] : args)
      if (k == key) return v;
    return {};
  }
  static bool is_pick(const string& key) {
    return key == "pick" || key == "picked" || key == "choice" || key == "chosen";
  }
  // Do both have the same arguments, apart from what was picked?
  bool same_question(const Choice& o) const {
    for (const auto& [k, v] : args)
      if (!is_pick(k) && o.get(k) != v) return false;
    return args.size() == o.args.size();
  }
  string text() const {
    string s;
    for (const auto& [k, v] : args) s += (s.empty() ? "" : " ") + k + "=" + printable(decoded(v));
    return s;
  }
};

Kept keep(const Line& l, bool there) { return there ? Kept{true, l.number, string(l.text), string(l.name)} : Kept{}; }

Choice choice_of(const Line& l) {
  Choice c;
  c.there = true;
  c.number = l.number;
  for (size_t i = 0; i < l.nargs; i++) c.args.emplace_back(string(l.args[i].key), string(l.args[i].value));
  return c;
}

struct Side {
  Reader& reader;
  Line line;
  bool there = false;

  void next() { there = reader.next(&line); }
};

struct Diff {
  Side a, b;
  const DiffOptions& options;
  std::ostream& out;
  bool ignore_time = false;
  std::deque<Kept> common = {};
  Choice last_choice = {};
  uint64_t choices = 0;

  bool same() const {
    if (!a.there || !b.there) return a.there == b.there;
    return ignore_time ? a.line.after_time() == b.line.after_time() : a.line.text == b.line.text;
  }
  // Two runs on Linux differ in every time, so times are not compared; two runs of the simulated kernel must not
  // differ.
  void decide_times() {
    if (options.times != DiffOptions::automatic) ignore_time = options.times == DiffOptions::ignore;
    else if (a.there && b.there && a.line.ev == Ev::TraceOpen && b.line.ev == Ev::TraceOpen)
      ignore_time = a.line.arg("kernel") == "linux" || b.line.arg("kernel") == "linux";
  }
  void note_common() {
    if (a.line.name == "Choose") {
      last_choice = choice_of(a.line);
      choices++;
    }
    if (options.context == 0) return;
    common.push_back(keep(a.line, true));
    if (common.size() > options.context) common.pop_front();
  }
  // An empty file is no trace, so a comparison with it would say nothing.
  static void must_have_lines(const Side& s) {
    if (s.reader.lines() == 0) throw Unusable(s.reader.name() + ":0: it is empty: this is no trace");
  }
  // Prints a line. The line that differs (colour is not null) is marked and not cut: the difference may be at its end.
  void show_line(uint64_t number, string_view text, const char* colour) {
    const string head = (colour != nullptr ? "  > " : "    ") + std::to_string(number) + ": ";
    string shown = printable(text, kMaxLine);
    if (colour == nullptr && options.width > head.size() + 3 && head.size() + shown.size() > options.width)
      shown = shown.substr(0, options.width - head.size() - 3) + "...";
    const bool paint = options.colour && colour != nullptr;
    out << (paint ? colour : "") << head << shown << (paint ? "\x1b[0m" : "") << "\n";
  }
  int run();
  void report();
  // Prints the current line of a side and the next ones; *choice becomes the first choice among them.
  void show_side(const char* letter, const char* colour, Side& s, bool look, Choice* choice);
  void explain_choice(const Choice& ca, const Choice& cb);
};

void Diff::show_side(const char* letter, const char* colour, Side& s, bool look, Choice* choice) {
  out << letter << ": " << s.reader.name() << "\n";
  if (!s.there) out << "    (it ends here, after line " << s.reader.lines() << ")\n";
  const uint64_t shown = std::max(1u, options.context);
  for (uint64_t i = 0; s.there && (i < shown || (look && !choice->there && i < kLookAhead)); i++) {
    if (i < shown) show_line(s.line.number, s.line.text, i == 0 ? colour : nullptr);
    if (!choice->there && s.line.name == "Choose") *choice = choice_of(s.line);
    s.next();
  }
}

void Diff::explain_choice(const Choice& ca, const Choice& cb) {
  if (!last_choice.there && !ca.there && !cb.there) return;
  if (last_choice.there)
    out << "last choice in common (" << choices << " of them): line " << last_choice.number << ": "
        << last_choice.text() << "\n";
  if (ca.there && cb.there && ca.args == cb.args) {
    out << "no choice made the difference: the next choice is the same in both traces, so something that is no choice "
           "differs\n";
  } else if (ca.there && cb.there && ca.same_question(cb)) {
    out << "a choice made the difference: both traces had the same alternatives and picked different ones\n";
  } else if (ca.there || cb.there) {
    out << "the next choices have different alternatives, so something made a difference before them\n";
  } else {
    out << "no choice follows: something that is no choice made the difference\n";
  }
  if (ca.there) out << "  A line " << ca.number << ": " << ca.text() << "\n";
  if (cb.there) out << "  B line " << cb.number << ": " << cb.text() << "\n";
}

void Diff::report() {
  out << "the traces differ, from line " << (a.there ? a.line.number : a.reader.lines() + 1) << " of A and line "
      << (b.there ? b.line.number : b.reader.lines() + 1) << " of B on"
      << (ignore_time ? " (times are not compared)" : "") << "\n";
  if (!common.empty()) out << "the last lines in common:\n";
  for (const Kept& k : common) show_line(k.number, k.text, nullptr);
  if (a.there && b.there && !ignore_time && a.line.after_time() == b.line.after_time())
    out << "only the time differs: " << a.line.time << " and " << b.line.time << "\n";
  const bool look = choices > 0 || (a.there && a.line.name == "Choose") || (b.there && b.line.name == "Choose");
  Choice ca, cb;
  show_side("A", "\x1b[31m", a, look, &ca);
  show_side("B", "\x1b[32m", b, look, &cb);
  explain_choice(ca, cb);
}

int Diff::run() {
  ignore_time = options.times == DiffOptions::ignore;
  for (;;) {
    a.next();
    b.next();
    decide_times();
    if (!same()) {
      must_have_lines(a);
      must_have_lines(b);
      report();
      return kBroken;
    }
    if (!a.there) break;
    note_common();
  }
  must_have_lines(a);
  out << "the same: " << a.reader.lines() << " lines" << (ignore_time ? ", times not compared" : "") << "\n";
  return kFine;
}

}  // namespace

int diff(Reader& a, Reader& b, const DiffOptions& options, std::ostream& out) {
  Diff d{{a, {}, false}, {b, {}, false}, options, out};
  return d.run();
}

}  // namespace rt0trace
