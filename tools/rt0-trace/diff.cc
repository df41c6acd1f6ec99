// The first difference between two traces, with what both had before it, what each has next, and, in simulated ones, the choice
// that parted them. One line of each is held, and the last few they share.
#include <deque>

#include "commands.h"

namespace rt0trace {

namespace {

constexpr uint64_t kLookAhead = 1000000;  // lines in which to look for the next choice on both sides

// A line that outlives the next one.
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
  // What was asked for: all but what was picked.
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
  // Live traces differ in every time; those of the simulated kernel must not.
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
  int run();
  void report();
  // The line at which a side stands and the next ones; the first choice from there on.
  void show_side(const char* letter, Side& s, bool look, Choice* choice);
  void explain_choice(const Choice& ca, const Choice& cb);
};

void Diff::show_side(const char* letter, Side& s, bool look, Choice* choice) {
  out << letter << ": " << s.reader.name() << "\n";
  if (!s.there) out << "    (it ends here, after line " << s.reader.lines() << ")\n";
  const uint64_t shown = std::max(1u, options.context);
  for (uint64_t i = 0; s.there && (i < shown || (look && !choice->there && i < kLookAhead)); i++) {
    if (i < shown)
      out << (i == 0 ? "  > " : "    ") << s.line.number << ": " << printable(s.line.text, kMaxLine) << "\n";
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
    out << "no choice parted them: the next one is the same again, so something that is no choice made the "
           "difference\n";
  } else if (ca.there && cb.there && ca.same_question(cb)) {
    out << "parted by a choice: the same was asked, and different things were picked\n";
  } else if (ca.there || cb.there) {
    out << "the next choice is another one: what was asked for differs already\n";
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
  for (const Kept& k : common) out << "    " << k.number << ": " << printable(k.text, kMaxLine) << "\n";
  if (a.there && b.there && !ignore_time && a.line.after_time() == b.line.after_time())
    out << "only the time differs: " << a.line.time << " and " << b.line.time << "\n";
  const bool look = choices > 0 || (a.there && a.line.name == "Choose") || (b.there && b.line.name == "Choose");
  Choice ca, cb;
  show_side("A", a, look, &ca);
  show_side("B", b, look, &cb);
  explain_choice(ca, cb);
}

int Diff::run() {
  ignore_time = options.times == DiffOptions::ignore;
  for (;;) {
    a.next();
    b.next();
    decide_times();
    if (!same()) {
      report();
      return kBroken;
    }
    if (!a.there) break;
    note_common();
  }
  if (a.reader.lines() == 0) throw Unusable(a.reader.name() + ":0: it is empty: this is no trace");
  out << "the same: " << a.reader.lines() << " lines" << (ignore_time ? ", times not compared" : "") << "\n";
  return kFine;
}

}  // namespace

int diff(Reader& a, Reader& b, const DiffOptions& options, std::ostream& out) {
  Diff d{{a, {}, false}, {b, {}, false}, options, out};
  return d.run();
}

}  // namespace rt0trace
