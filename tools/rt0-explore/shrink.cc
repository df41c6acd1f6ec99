// The fewest choices that make a schedule fail. What differs from the plain schedule, in which every choice is the
// first alternative, is reduced by delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing
// input", TSE 2002) until no single choice can be left out.
#include <algorithm>
#include <sstream>
#include <tuple>

#include "explore.h"

namespace rt0explore {

namespace {

// In the order of enum Choice in kernel_iface/choice.h; inside/play.cc has the numbers, records have the names.
constexpr const char* kKinds[] = {"run",     "preempt", "random", "goroutine", "enomem", "eagain", "eintr",
                                  "wake",    "order",   "short",  "late",      "enosys", "reset",  "loss",
                                  "dup",     "reorder", "delay",  "cut",       "abort",  "emfile", "enfile",
                                  "enobufs", "enospc",  "eio",    "fsync",     "ready",  "jump",   "stall"};
enum : std::uint8_t { kRun = 0, kPreempt = 1, kRandom = 2, kGoroutine = 3 };

std::uint8_t kind_of(const string& name) {
  const auto at = std::find(std::begin(kKinds), std::end(kKinds), name);
  return static_cast<std::uint8_t>(at - std::begin(kKinds));
}

// The choices of a record that are not the first alternative.
std::vector<Flip> flips_of(const string& record) {
  std::istringstream in(record);
  std::map<std::tuple<int, char, i64>, u64> counts;
  std::vector<Flip> flips;
  string line;
  for (int i = 0; i < 3; i++) std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream words(line);
    string index, kind, on;
    u32 n = 0, pick = 0;
    if (!(words >> index >> kind >> n >> pick >> on) || index == "end") break;
    Flip f;
    f.kind = kind_of(kind);
    f.on_kind = static_cast<std::uint8_t>(on[0]);
    f.on = on.size() > 1 ? std::stoll(on.substr(1)) : 0;
    f.pick = pick;
    f.ordinal = counts[{f.kind, on[0], f.on}]++;
    if (pick != 0) flips.push_back(f);
  }
  return flips;
}

class Shrinker {
 public:
  Shrinker(Server* server, const string& spec, const Judged& judged, int status, double seconds)
      : server_(server),
        spec_(spec),
        judged_(judged),
        status_(status),
        until_(Clock::now() + std::chrono::milliseconds(static_cast<long>(seconds * 1000))) {}

  bool fails(const std::vector<Flip>& flips) {
    const Run r = server_->play(flips, spec_, nullptr);
    const Judged j = judge(r);
    return r.status == status_ && j.verdict == judged_.verdict && j.line == judged_.line;
  }

  std::vector<Flip> reduce(std::vector<Flip> flips) {
    size_t parts = 2;
    while (flips.size() >= 2 && Clock::now() < until_) {
      const size_t size = (flips.size() + parts - 1) / parts;
      bool smaller = false;
      for (size_t at = 0; at < flips.size() && !smaller && Clock::now() < until_; at += size) {
        std::vector<Flip> rest(flips.begin(), flips.begin() + static_cast<std::ptrdiff_t>(at));
        rest.insert(rest.end(), flips.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, flips.size())),
                    flips.end());
        if (!fails(rest)) continue;
        flips = std::move(rest);
        parts = std::max<size_t>(parts - 1, 2);
        smaller = true;
      }
      if (smaller) continue;
      if (size == 1) break;
      parts = std::min(parts * 2, flips.size());
    }
    if (flips.size() == 1 && fails({})) flips.clear();
    return flips;
  }

 private:
  Server* server_;
  string spec_;
  Judged judged_;
  int status_;
  Clock::time_point until_;
};

string goroutine(u64 id) { return "goroutine " + std::to_string(id); }

// A flip in words. next: the goroutine that runs then; 0: not known.
string words_of(const Chosen& c, const string& line, u64 next) {
  const string at = line.empty() ? "" : " at " + line;
  string s;
  if (c.kind == kPreempt || (c.kind == kRun && c.who != 0)) s = goroutine(c.who) + " is stopped" + at;
  else if (c.kind == kRun) s = "another thread goes on" + at;
  else if (c.kind == kGoroutine)
    s = "the P takes goroutine number " + std::to_string(c.pick + 1) + " of " + std::to_string(c.n);
  else if (c.kind == kRandom)
    s = goroutine(c.who) + " draws " + std::to_string(c.pick) + " of " + std::to_string(c.n) + at;
  else s = string("the fault ") + kKinds[c.kind] + (c.who != 0 ? " meets " + goroutine(c.who) : "") + at;
  if (next != 0 && next != c.who && c.kind != kRandom) s += "; " + goroutine(next) + " goes on";
  return s;
}

}  // namespace

Shrunk shrink(Server* server, Server* last_server, const string& record, const string& spec, const Judged& judged,
              int status, const string& program, double seconds) {
  Shrunk s;
  Shrinker shrinker(server, spec, judged, status, seconds);
  std::vector<Flip> flips = flips_of(record);
  if (!shrinker.fails(flips)) return s;
  flips = shrinker.reduce(flips);
  const Run last = last_server->play(flips, spec, &s.trail);
  const Judged j = judge(last);
  if (last.status != status || j.line != judged.line) return s;
  s.done = true;
  s.choices = s.trail.size();
  std::vector<Chosen> flipped;
  std::vector<size_t> where;
  for (size_t i = 0; i < s.trail.size(); i++) {
    if (s.trail[i].pick == 0) continue;
    where.push_back(i);
    flipped.push_back(s.trail[i]);
  }
  s.flips = where.size();
  const std::vector<string> lines = lines_of(program, flipped);
  for (size_t k = 0; k < where.size(); k++) {
    const Chosen& c = s.trail[where[k]];
    u64 next = 0;
    for (size_t i = where[k] + 1; i < s.trail.size() && next == 0; i++)
      if (s.trail[i].who != c.who) next = s.trail[i].who;
    s.words.push_back(words_of(c, lines[k], next));
  }
  return s;
}

string record_of(const string& head, const std::vector<Chosen>& trail) {
  string s = head;
  for (size_t i = 0; i < trail.size(); i++) {
    const Chosen& c = trail[i];
    s += std::to_string(i) + " " + kKinds[c.kind] + " " + std::to_string(c.n) + " " + std::to_string(c.pick) + " " +
         static_cast<char>(c.on_kind) + (c.on_kind == '-' ? "" : std::to_string(c.on)) + "\n";
  }
  return s + "end " + std::to_string(trail.size()) + "\n";
}

}  // namespace rt0explore
