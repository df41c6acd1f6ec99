// Prints the first difference between two traces, with the lines before it that both have, the next lines of each, and,
// for simulated ones, the choice that made them differ and all later choices that differ. Of each trace one line is
// held in memory, and of the lines in common the last few.
#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>

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
  // Whether both have the same arguments, apart from what was picked.
  bool same_question(const Choice& o) const {
    for (const auto& [k, v] : args)
      if (k != "pick" && o.get(k) != v) return false;
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

// What the options leave out of a comparison.
struct Mask {
  bool events[static_cast<size_t>(Ev::kCount) + 1] = {};
  std::vector<string> keys;
  Ev from = kUnknown;

  bool any() const { return from != kUnknown || !keys.empty(); }
  bool key(string_view k) const { return std::find(keys.begin(), keys.end(), k) != keys.end(); }
};

Ev known_event(const char* option, const string& name) {
  const Ev e = event_of(name);
  if (e == kUnknown) throw Unusable(string(option) + " " + printable(name) + ": no event of rt0 has this name");
  return e;
}
bool is_key(string_view key) {
  for (size_t i = 0; i < static_cast<size_t>(Ev::kCount); i++) {
    string_view rest = args_of(static_cast<Ev>(i));
    while (!rest.empty()) {
      const string_view one = rest.substr(0, rest.find(' '));
      if (one == key) return true;
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    }
  }
  return false;
}
Mask mask_of(const DiffOptions& o) {
  Mask mask;
  if (!o.from.empty()) mask.from = known_event("--from", o.from);
  for (const string& name : o.ignore_events) mask.events[static_cast<size_t>(known_event("--ignore", name))] = true;
  if (mask.from != kUnknown && mask.events[static_cast<size_t>(mask.from)])
    throw Unusable("--from " + printable(o.from) + ": this event is ignored, so nothing would be compared");
  for (const string& key : o.ignore_keys) {
    if (!is_key(key)) throw Unusable("--ignore-key " + printable(key) + ": no event of rt0 has this argument");
    mask.keys.push_back(key);
  }
  return mask;
}

struct Side {
  Reader& reader;
  const Mask& mask;
  Line line = {};
  bool there = false;
  int64_t time0 = 0, choice0 = 0;  // where --from begins: times and choices count from there
  bool choice0_known = false;
  std::deque<Choice> passed = {};  // choices after the difference that have been read already

  void next() {
    do there = reader.next(&line);
    while (there && mask.events[static_cast<size_t>(line.ev)]);
    if (there && mask.from != kUnknown && !choice0_known && line.ev == Ev::Choose)
      choice0_known = line.num("i", &choice0);
  }
  void skip_to_from() {
    if (mask.from == kUnknown) return;
    uint64_t read = 0;
    while ((there = reader.next(&line)) && line.ev != mask.from) read++;
    if (!there && read > 0) throw Unusable(reader.name() + ": it has no event " + string(boot_name(mask.from)));
    time0 = line.time;
  }
  // An argument as it is compared: choices count from --from on.
  string compared(const Arg& a) const {
    int64_t i = 0;
    if (choice0_known && line.ev == Ev::Choose && a.key == "i" && line.num("i", &i)) return std::to_string(i - choice0);
    return string(a.value);
  }
  // The next choice; false if there are no more.
  bool next_choice(Choice* choice) {
    if (!passed.empty()) {
      *choice = std::move(passed.front());
      passed.pop_front();
      return true;
    }
    while (there) {
      const bool found = line.ev == Ev::Choose;
      if (found) *choice = choice_of(line);
      next();
      if (found) return true;
    }
    return false;
  }
};

struct Diff {
  const DiffOptions& options;
  const Mask mask;
  Side a, b;
  std::ostream& out;
  bool ignore_time = false;
  std::deque<Kept> common = {};
  Choice last_choice = {};
  uint64_t choices = 0;
  nlohmann::ordered_json json = {};

  Diff(Reader& ra, Reader& rb, const DiffOptions& o, std::ostream& to)
      : options(o), mask(mask_of(o)), a{ra, mask}, b{rb, mask}, out(to) {}

  bool same_time() const { return ignore_time || a.line.time - a.time0 == b.line.time - b.time0; }
  bool same() const {
    if (!a.there || !b.there) return a.there == b.there;
    if (!mask.any()) return ignore_time ? a.line.after_time() == b.line.after_time() : a.line.text == b.line.text;
    return same_time() && same_but_time();
  }
  bool same_but_time() const {
    const Line &x = a.line, &y = b.line;
    if (x.m != y.m || x.p != y.p || x.g != y.g || x.name != y.name || x.nargs != y.nargs) return false;
    for (size_t i = 0; i < x.nargs; i++)
      if (x.args[i].key != y.args[i].key ||
          (!mask.key(x.args[i].key) && a.compared(x.args[i]) != b.compared(y.args[i])))
        return false;
    return true;
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
  bool same_choice(const Choice& ca, const Choice& cb, bool* question) const;
  void list_choices();
  void report_json();
};

void Diff::show_side(const char* letter, const char* colour, Side& s, bool look, Choice* choice) {
  out << letter << ": " << s.reader.name() << "\n";
  if (!s.there) out << "    (it ends here, after line " << s.reader.lines() << ")\n";
  const uint64_t shown = std::max(1u, options.context);
  for (uint64_t i = 0; s.there && (i < shown || (look && !choice->there && i < kLookAhead)); i++) {
    if (i < shown) show_line(s.line.number, s.line.text, i == 0 ? colour : nullptr);
    if (s.line.ev == Ev::Choose) {
      s.passed.push_back(choice_of(s.line));
      if (!choice->there) *choice = s.passed.back();
    }
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

// Choices with the same number, counted from --from on. `question`: what was asked is the same, and only the pick
// differs.
bool Diff::same_choice(const Choice& ca, const Choice& cb, bool* question) const {
  bool same = ca.args.size() == cb.args.size();
  *question = same;
  for (const auto& [k, v] : ca.args) {
    if (k == "i" || mask.key(k) || cb.get(k) == v) continue;
    same = false;
    if (k != "pick") *question = false;
  }
  return same;
}

void Diff::list_choices() {
  using Json = nlohmann::ordered_json;
  uint64_t differ = 0, compared = 0;
  Choice ca, cb;
  const auto as_json = [](const Choice& c) {
    Json j = {{"line", c.number}};
    for (const auto& [k, v] : c.args) j[k] = printable(decoded(v));
    return j;
  };
  Json list = Json::array();
  for (;;) {
    const bool has_a = a.next_choice(&ca), has_b = b.next_choice(&cb);
    if (!has_a && !has_b) break;
    compared++;
    bool question = false;
    if (has_a && has_b && same_choice(ca, cb, &question)) continue;
    differ++;
    if (options.json) {
      list.push_back(
          {{"a", has_a ? as_json(ca) : Json()}, {"b", has_b ? as_json(cb) : Json()}, {"same_question", question}});
      continue;
    }
    if (differ > options.choices) continue;
    if (differ == 1) out << "choices that differ, by their number (=: the same was asked):\n";
    out << "  " << (question ? "=" : " ") << " A "
        << (has_a ? "line " + std::to_string(ca.number) + ": " + ca.text() : "has none any more") << "\n    B "
        << (has_b ? "line " + std::to_string(cb.number) + ": " + cb.text() : "has none any more") << "\n";
  }
  if (options.json) {
    json["choices_after"] = compared;
    json["choices_that_differ"] = std::move(list);
    return;
  }
  if (differ > 0) {
    out << differ << " of " << compared << " choices from here on differ";
    if (differ > options.choices) out << "; --choices N lists more than " << options.choices;
    out << "\n";
  }
}

void Diff::report_json() {
  const auto side = [](const Side& s) {
    nlohmann::ordered_json j = {{"file", printable(s.reader.name(), kMaxLine)}};
    j["line"] = s.there ? nlohmann::ordered_json(s.line.number) : nlohmann::ordered_json();
    j["text"] = s.there ? nlohmann::ordered_json(printable(s.line.text, kMaxLine)) : nlohmann::ordered_json();
    return j;
  };
  json["same"] = false;
  json["times_compared"] = !ignore_time;
  json["only_time_differs"] = a.there && b.there && !same_time() && same_but_time();
  json["a"] = side(a);
  json["b"] = side(b);
  json["choices_in_common"] = choices;
  list_choices();
  out << json.dump(2) << "\n";
}

void Diff::report() {
  out << "the traces differ, from line " << (a.there ? a.line.number : a.reader.lines() + 1) << " of A and line "
      << (b.there ? b.line.number : b.reader.lines() + 1) << " of B on"
      << (ignore_time ? " (times are not compared)" : "") << "\n";
  if (!common.empty()) out << "the last lines in common:\n";
  for (const Kept& k : common) show_line(k.number, k.text, nullptr);
  if (a.there && b.there && !same_time() && same_but_time())
    out << "only the time differs: " << a.line.time << " and " << b.line.time << "\n";
  const bool look = choices > 0 || !options.from.empty() || (a.there && a.line.name == "Choose") ||
                    (b.there && b.line.name == "Choose");
  Choice ca, cb;
  show_side("A", "\x1b[31m", a, look, &ca);
  show_side("B", "\x1b[32m", b, look, &cb);
  explain_choice(ca, cb);
  list_choices();
}

int Diff::run() {
  ignore_time = options.times == DiffOptions::ignore;
  for (bool first = true;; first = false) {
    if (first && mask.from != kUnknown) {
      a.skip_to_from();
      b.skip_to_from();
    } else {
      a.next();
      b.next();
    }
    decide_times();
    if (!same()) {
      must_have_lines(a);
      must_have_lines(b);
      if (options.json) report_json();
      else report();
      return kBroken;
    }
    if (!a.there) break;
    note_common();
  }
  must_have_lines(a);
  if (options.json) {
    json["same"] = true;
    json["times_compared"] = !ignore_time;
    json["lines"] = a.reader.lines();
    out << json.dump(2) << "\n";
    return kFine;
  }
  out << "the same: " << a.reader.lines() << " lines" << (ignore_time ? ", times not compared" : "") << "\n";
  return kFine;
}

}  // namespace

int diff(Reader& a, Reader& b, const DiffOptions& options, std::ostream& out) {
  Diff d(a, b, options, out);
  return d.run();
}

}  // namespace rt0trace
