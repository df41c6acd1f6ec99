// A timeline for the terminal: a row for each P, a column for each interval of time. A cell shows the goroutine that
// had most of that interval.
#include <algorithm>
#include <iomanip>

#include "commands.h"

namespace rt0trace {

namespace {

constexpr int64_t kIdle = 0, kScheduler = -1, kSyscall = -2;  // in place of a goroutine's id
constexpr size_t kMaxRows = 1024;
constexpr string_view kSymbols = "123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

// A cell: the shares of the goroutines that had most of the interval.
struct Cell {
  static constexpr size_t kMax = 4;
  struct Share {
    int64_t who, ns;
  } shares[kMax] = {};
  size_t n = 0;

  void add(int64_t who, int64_t ns) {
    size_t i = 0;
    while (i < n && shares[i].who != who) i++;
    if (i == n && n < kMax) shares[n++] = {who, 0};
    if (i < kMax) {
      shares[i].ns += ns;
    } else {  // replaces the smallest share
      auto* least = std::min_element(shares, shares + kMax, [](const Share& a, const Share& b) { return a.ns < b.ns; });
      if (ns > least->ns) *least = {who, ns};
    }
  }
  // A goroutine is shown rather than idle time or a system call, however short it ran: a cell in which one ran must not
  // look idle.
  int64_t winner() const {
    const Share* best = nullptr;
    for (size_t i = 0; i < n; i++)
      if (best == nullptr || (shares[i].who > 0) > (best->who > 0) ||
          ((shares[i].who > 0) == (best->who > 0) && shares[i].ns > best->ns))
        best = &shares[i];
    return best == nullptr ? kIdle : best->who;
  }
};

struct PRow {
  int64_t who = kIdle, since = 0, run = 0;
  std::vector<Cell> cells;
};

struct Show {
  const ShowOptions& o;
  std::map<int64_t, PRow> rows = {};
  std::map<int64_t, string> at = {};  // the go statements of the goroutines that are shown
  std::unordered_map<int64_t, string> live = {};
  std::vector<uint64_t> waiting_line = std::vector<uint64_t>(o.width);  // each column's largest number of runnable ones
  uint64_t runnable = 0;
  int64_t now = 0, queue_since = 0;

  int64_t span() const { return std::max<int64_t>(1, o.to - o.from); }
  size_t column(int64_t t) const {
    const double share = static_cast<double>(t - o.from) / static_cast<double>(span());
    return std::min<size_t>(o.width - 1, static_cast<size_t>(share * o.width));
  }
  int64_t column_start(size_t c) const {
    return o.from + static_cast<int64_t>(static_cast<double>(span()) * static_cast<double>(c) / o.width);
  }

  // Adds the time from r->since until now to r->who.
  void account(PRow* r) {
    const int64_t begin = std::max(r->since, o.from), end = std::min(now, o.to);
    r->since = now;
    if (begin > end || (begin == end && r->who <= 0)) return;
    if (r->who > 0) r->run += end - begin;
    if (r->who == kIdle) return;
    if (r->who > 0 && !at.contains(r->who) && at.size() < 10000) at[r->who] = live[r->who];
    r->cells.resize(o.width);
    for (size_t c = column(begin), last = column(end); c <= last; c++) {
      const int64_t from = std::max(begin, column_start(c)), to = std::min(end, column_start(c + 1));
      if (from == end && end > begin) break;  // it ends where this column begins
      r->cells[c].add(r->who, std::max<int64_t>(1, to - from));
    }
  }
  void becomes(int64_t p, int64_t who) {
    if (p == kAbsent || (rows.size() >= kMaxRows && !rows.contains(p))) return;
    PRow& r = rows.try_emplace(p, PRow{kIdle, now, 0, {}}).first->second;
    if (r.who == who) return;
    account(&r);
    r.who = who;
  }
  // Since the last call as many goroutines were runnable as `runnable` says: enters that into the columns of this time.
  void queue_until_now() {
    const int64_t begin = std::max(queue_since, o.from), end = std::min(now, o.to);
    queue_since = now;
    if (begin >= end) return;
    for (size_t c = column(begin), last = column(end); c <= last && column_start(c) < end; c++)
      waiting_line[c] = std::max(waiting_line[c], runnable);
  }
  void on(const Step& s, const Model& m);
  void print(std::ostream& out);
};

void Show::on(const Step& s, const Model& m) {
  const Line& l = *s.line;
  now = l.time;
  if (s.g != nullptr) {
    if (l.ev == Ev::GoCreate) live[s.g->id] = decoded(l.arg("at"));
    queue_until_now();
    const bool before = s.was == GState::runnable && l.ev != Ev::GoCreate, after = s.g->state == GState::runnable;
    if (after && !before) runnable++;
    if (before && !after && runnable > 0) runnable--;
  }
  for (const auto& [p, owner] : s.taken) becomes(p, kIdle);
  if (s.p != kAbsent && s.p != s.m->p) becomes(s.p, l.ev == Ev::GoSysCall ? kSyscall : kIdle);
  auto it = m.goroutines().find(s.m->running);
  const bool runs = it != m.goroutines().end() && it->second.state == GState::running;
  becomes(s.m->p, runs ? s.m->running : kScheduler);
  if (l.ev == Ev::GoDestroy) live.erase(s.g->id);
}

void Show::print(std::ostream& out) {
  queue_until_now();
  std::map<int64_t, char> symbols;
  size_t used = 9;
  auto symbol = [&](int64_t who) -> char {
    if (who == kIdle) return '.';
    if (who == kScheduler) return '-';
    if (who == kSyscall) return '~';
    auto [it, fresh] = symbols.try_emplace(who, '*');
    if (fresh && who <= 9) it->second = kSymbols[static_cast<size_t>(who) - 1];
    else if (fresh && used < kSymbols.size()) it->second = kSymbols[used++];
    return it->second;
  };
  out << duration_text(o.from) << " to " << duration_text(o.to) << ", a column is " << duration_text(span() / o.width)
      << "\n";
  for (auto& [id, r] : rows) {
    account(&r);
    r.cells.resize(o.width);
    out << std::setw(5) << "P" + std::to_string(id) << " ";
    for (const Cell& c : r.cells) out << symbol(c.winner());
    out << " " << static_cast<int>(100.0 * static_cast<double>(r.run) / static_cast<double>(span())) << "%\n";
  }
  out << "queue ";
  for (uint64_t n : waiting_line) out << (n == 0 ? ' ' : n < 10 ? static_cast<char>('0' + n) : '+');
  out << " runnable\n\n";
  for (const auto& [who, c] : symbols)
    if (c != '*') out << "    " << c << " goroutine " << who << "  " << printable(at[who]) << "\n";
  if (std::any_of(symbols.begin(), symbols.end(), [](const auto& s) { return s.second == '*'; }))
    out << "    * other goroutines\n";
  out << "    - a P between goroutines   ~ in a system call   . idle\n";
}

}  // namespace

int show(Reader& reader, const ShowOptions& options, std::ostream& out, std::ostream& err) {
  if (options.from >= options.to)
    throw Unusable(reader.name() + ": nothing to show from " + duration_text(options.from) + " to " +
                   duration_text(options.to));
  Show view{options};
  Model model;
  const int status = follow_all(reader, [&](const Step& s, const Model& m) { view.on(s, m); }, &model, err);
  if (status != kFine) return status;
  view.print(out);
  if (const string why = model.ending(); !why.empty()) reader.unusable(reader.lines(), why);
  return kFine;
}

}  // namespace rt0trace
