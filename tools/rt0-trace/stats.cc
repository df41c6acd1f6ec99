// Sums up the time of goroutines, Ps and Ms. Every live goroutine has a row; of the ended goroutines only those that
// ran longest are kept. All goroutines are also summed up by their go statement.
#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <queue>
#include <sstream>

#include "commands.h"

namespace rt0trace {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxKeys = 4096;  // go statements; further ones are summed up under the name "(others)"

// Adds with saturation: a forged trace may have times so large that their sum overflows.
void plus(int64_t* sum, int64_t ns) {
  if (__builtin_add_overflow(*sum, ns, sum)) *sum = INT64_MAX;
}
int64_t percent(int64_t part, int64_t of) {
  return of > 0 ? static_cast<int64_t>(100.0 * static_cast<double>(part) / static_cast<double>(of)) : 0;
}

struct Times {
  int64_t run = 0, runnable = 0, syscall = 0, waiting = 0;
  uint64_t starts = 0, preempted = 0, yields = 0, blocks = 0, syscalls = 0;
  std::map<string, int64_t> by_reason;

  void add(const Times& o) {
    plus(&run, o.run), plus(&runnable, o.runnable), plus(&syscall, o.syscall), plus(&waiting, o.waiting);
    starts += o.starts, preempted += o.preempted, yields += o.yields, blocks += o.blocks, syscalls += o.syscalls;
    for (const auto& [reason, ns] : o.by_reason) plus(&by_reason[reason], ns);
  }
};

struct Row {
  int64_t id = 0, by = 0;
  string at;
  Times t;
  int64_t since = 0;  // time of its last change of state
  bool ended = false;
};

struct PRow {
  int64_t run = 0, held = 0, since_run = 0, since_held = 0;
  bool running = false, is_held = false;
  uint64_t starts = 0, steals = 0, stolen = 0, robbed = 0, retaken = 0;
};
struct MRow {
  int64_t run = 0, since = 0;
  bool running = false;
  uint64_t starts = 0, stops = 0, wakes = 0;
};

struct LessRun {
  bool operator()(const Row& a, const Row& b) const { return a.t.run != b.t.run ? a.t.run > b.t.run : a.id < b.id; }
};

struct Stats {
  const StatsOptions& o;
  std::unordered_map<int64_t, Row> live = {};
  std::priority_queue<Row, std::vector<Row>, LessRun> ended = {};
  std::map<string, std::pair<uint64_t, Times>> by_at = {};
  std::map<int64_t, PRow> ps = {};
  std::map<int64_t, MRow> ms = {};
  std::map<string, uint64_t> counts = {};
  std::map<string, Times> reasons = {};
  int64_t now = 0;
  uint64_t created = 0, ended_n = 0, max_live = 0;

  void on(const Step& s);
  void goroutine(const Step& s);
  void account(Row& r, const Step& s);
  void machine(const Step& s, const Model& m);
  void finish(Row& r, GState state, const string& reason);
  void close(const Model& m);
  std::vector<Row> rows() const;
  Json json(const Model& m) const;
  void text(std::ostream& out, const Model& m) const;
  void fitted(std::ostream& out, const Model& m) const;
};

string bounded_key(const std::map<string, int64_t>& m, const string& key) {
  return m.size() < 64 || m.contains(key) ? key : "(others)";
}

// Adds the time since the last change to the state that ends now.
void add_time(Row& r, GState was, int64_t now, const string& reason) {
  const int64_t d = now - r.since;
  r.since = now;
  switch (was) {
    case GState::runnable: r.t.runnable += d; break;
    case GState::running: r.t.run += d; break;
    case GState::syscall: r.t.syscall += d; break;
    case GState::waiting:
      r.t.waiting += d;
      r.t.by_reason[bounded_key(r.t.by_reason, reason)] += d;
      break;
    case GState::dead: break;
  }
}

void Stats::goroutine(const Step& s) {
  const Line& l = *s.line;
  if (l.ev == Ev::GoCreate) {
    Row& r = live[s.g->id];
    r = {};
    r.id = s.g->id;
    r.by = l.g < 0 ? 0 : l.g;
    r.at = decoded(l.arg("at"));
    r.since = l.time;
    created++;
    max_live = std::max<uint64_t>(max_live, live.size());
    return;
  }
  auto it = live.find(s.g->id);
  if (it == live.end() || s.g->state == s.was) return;
  Row& r = it->second;
  add_time(r, s.was, l.time, s.g->reason);
  switch (l.ev) {
    case Ev::GoStart: r.t.starts++; break;
    case Ev::GoStop: (l.arg("reason") == "preempted" ? r.t.preempted : r.t.yields)++; break;
    case Ev::GoBlock: r.t.blocks++; break;
    case Ev::GoSysCall: r.t.syscalls++; break;
    case Ev::GoDestroy:
      r.ended = true;
      ended_n++;
      {
        auto& site = by_at[by_at.size() < kMaxKeys || by_at.contains(r.at) ? r.at : "(others)"];
        site.first++;
        site.second.add(r.t);
      }
      if (o.goroutines > 0) {
        ended.push(std::move(r));
        if (ended.size() > o.goroutines) ended.pop();
      }
      live.erase(it);
      break;
    default: break;
  }
}

void Stats::machine(const Step& s, const Model& m) {
  const Line& l = *s.line;
  const Machine* mp = s.m;
  auto it = m.goroutines().find(mp->running);
  const bool runs = mp->running != 0 && it != m.goroutines().end() && it->second.state == GState::running;
  MRow& row = ms[mp->id];
  if (runs != row.running) {
    if (row.running) row.run += l.time - row.since;
    else row.starts++;
    row.running = runs;
    row.since = l.time;
  }
  // A goroutine's time counts for the P that its M has.
  auto p_changes = [&](int64_t id, bool held, bool running) {
    if (id == kAbsent) return;
    PRow& p = ps[id];
    if (p.is_held != held) {
      if (p.is_held) p.held += l.time - p.since_held;
      p.is_held = held;
      p.since_held = l.time;
    }
    if (p.running != running) {
      if (p.running) p.run += l.time - p.since_run;
      else p.starts++;
      p.running = running;
      p.since_run = l.time;
    }
  };
  if (s.p != kAbsent && s.p != mp->p) p_changes(s.p, false, false);
  p_changes(mp->p, true, runs);
  for (const auto& [p, owner] : s.taken) {
    p_changes(p, false, false);
    if (l.ev == Ev::ProcRetake) ps[p].retaken++;
  }
  if (l.ev == Ev::MStop) row.stops++;
  if (l.ev == Ev::MWake) row.wakes++;
  if (l.ev == Ev::ProcSteal) {
    int64_t from = 0, count = 0;
    (void)l.num("from", &from);
    (void)l.num("n", &count);
    ps[from].robbed += static_cast<uint64_t>(count);
    if (mp->p != kAbsent) ps[mp->p].steals++, ps[mp->p].stolen += static_cast<uint64_t>(count);
  }
}

// At the end of the trace: adds the time of the states that still last.
void Stats::close(const Model& m) {
  for (auto& [id, r] : live) {
    auto it = m.goroutines().find(id);
    if (it == m.goroutines().end()) continue;
    add_time(r, it->second.state, now, it->second.reason);
    auto& site = by_at[by_at.size() < kMaxKeys || by_at.contains(r.at) ? r.at : "(others)"];
    site.first++;
    site.second.add(r.t);
  }
  for (auto& [id, p] : ps) {
    if (p.is_held) p.held += now - p.since_held;
    if (p.running) p.run += now - p.since_run;
  }
  for (auto& [id, mp] : ms)
    if (mp.running) mp.run += now - mp.since;
}

std::vector<Row> Stats::rows() const {
  std::vector<Row> all;
  for (auto copy = ended; !copy.empty(); copy.pop()) all.push_back(copy.top());
  for (const auto& [id, r] : live) all.push_back(r);
  std::sort(all.begin(), all.end(), LessRun());
  if (all.size() > o.goroutines) all.resize(o.goroutines);
  std::sort(all.begin(), all.end(), [](const Row& a, const Row& b) { return a.id < b.id; });
  return all;
}

Json times_json(const Times& t) {
  Json j = {{"run_ns", t.run},         {"runnable_ns", t.runnable}, {"syscall_ns", t.syscall},
            {"waiting_ns", t.waiting}, {"starts", t.starts},        {"preempted", t.preempted},
            {"yields", t.yields},      {"blocks", t.blocks},        {"syscalls", t.syscalls}};
  j["waiting_by_reason_ns"] = Json::object();
  for (const auto& [reason, ns] : t.by_reason) j["waiting_by_reason_ns"][printable(reason)] = ns;
  return j;
}

Json Stats::json(const Model& m) const {
  Json j = {{"kernel", printable(m.kernel())}, {"duration_ns", now},          {"procs", m.nprocs()},
            {"goroutines_created", created},   {"goroutines_ended", ended_n}, {"goroutines_at_once", max_live}};
  j["events"] = counts;
  for (const char* key : {"goroutines", "go_statements", "ps", "ms"}) j[key] = Json::array();
  for (const Row& r : rows()) {
    Json row = {{"id", r.id}, {"at", printable(r.at)}, {"created_by", r.by}, {"ended", r.ended}};
    row.update(times_json(r.t));
    j["goroutines"].push_back(row);
  }
  for (const auto& [at, site] : by_at) {
    Json row = {{"at", printable(at)}, {"goroutines", site.first}};
    row.update(times_json(site.second));
    j["go_statements"].push_back(row);
  }
  for (const auto& [id, p] : ps)
    j["ps"].push_back({{"id", id},
                       {"run_ns", p.run},
                       {"held_ns", p.held},
                       {"starts", p.starts},
                       {"steals", p.steals},
                       {"stolen", p.stolen},
                       {"robbed", p.robbed},
                       {"retaken", p.retaken}});
  for (const auto& [id, mp] : ms)
    j["ms"].push_back(
        {{"id", id}, {"run_ns", mp.run}, {"starts", mp.starts}, {"stops", mp.stops}, {"wakes", mp.wakes}});
  return j;
}

void put_times(std::ostream& out, const Times& t) {
  out << std::setw(11) << duration_text(t.run) << std::setw(11) << duration_text(t.runnable) << std::setw(11)
      << duration_text(t.syscall) << std::setw(11) << duration_text(t.waiting) << std::setw(9) << t.starts
      << std::setw(9) << t.preempted << std::setw(9) << t.yields;
  for (const auto& [reason, ns] : t.by_reason) out << "  " << printable(reason) << " " << duration_text(ns);
  out << "\n";
}

void Stats::text(std::ostream& out, const Model& m) const {
  out << duration_text(now) << ", kernel " << printable(m.kernel()) << ", " << m.nprocs() << " Ps, " << ms.size()
      << " Ms; " << created << " goroutines, " << ended_n << " ended, " << max_live << " at once\n\n";
  const char* const head = "        run   runnable    syscall    waiting   starts  preempt   yields  waiting for";
  out << "goroutine" << head << "\n";
  const auto listed = rows();
  for (const Row& r : listed) {
    out << std::setw(9) << r.id;
    put_times(out, r.t);
  }
  if (listed.size() < created) out << "(" << created - listed.size() << " more; --goroutines N lists more)\n";
  out << "\ngoroutines" << head << ", by go statement\n";
  for (const auto& [at, site] : by_at) {
    out << printable(at) << "\n" << std::setw(10) << site.first;
    put_times(out, site.second);
  }
  out << "\n  P    used     running        held   starts   steals   stolen   robbed  retaken\n";
  for (const auto& [id, p] : ps)
    out << std::setw(3) << id << std::setw(7) << percent(p.run, now) << "%" << std::setw(12) << duration_text(p.run)
        << std::setw(12) << duration_text(p.held) << std::setw(9) << p.starts << std::setw(9) << p.steals
        << std::setw(9) << p.stolen << std::setw(9) << p.robbed << std::setw(9) << p.retaken << "\n";
  out << "\n  M     running   starts   sleeps    wakes\n";
  for (const auto& [id, mp] : ms)
    out << std::setw(3) << id << std::setw(12) << duration_text(mp.run) << std::setw(9) << mp.starts << std::setw(9)
        << mp.stops << std::setw(9) << mp.wakes << "\n";
  out << "\n";
  for (const auto& [name, count] : counts) out << std::setw(20) << std::left << name << std::right << count << "\n";
}

// No line is longer than the terminal is wide.
void Stats::fitted(std::ostream& out, const Model& m) const {
  if (o.width == 0) return text(out, m);
  std::stringstream all;
  text(all, m);
  constexpr string_view kCut = "...";
  for (string line; std::getline(all, line);) {
    if (line.size() > o.width && o.width > kCut.size()) line.replace(o.width - kCut.size(), string::npos, kCut);
    out << line << "\n";
  }
}

}  // namespace

int stats(Reader& reader, const StatsOptions& options, std::ostream& out, std::ostream& err) {
  Stats st{options};
  Model model;
  // A handoff is a P that leaves an M in a system call: the M stops it, or it is retaken. Go's tools show it as a stop
  // of the P followed by its start on another M.
  for (const char* name : {"steals", "retakes", "preemptions", "handoffs"}) st.counts[name] = 0;
  const auto on = [&](const Step& s, const Model& m) {
    const Line& l = *s.line;
    st.now = l.time;
    if (l.boot) return;
    if (s.g != nullptr) st.goroutine(s);
    st.machine(s, m);
    st.counts[string(l.name)]++;
    if (l.ev == Ev::ProcSteal) st.counts["steals"]++;
    if (l.ev == Ev::ProcRetake) st.counts["retakes"]++;
    if (l.ev == Ev::GoStop && l.arg("reason") == "preempted") st.counts["preemptions"]++;
    if ((l.ev == Ev::ProcStop && s.m->running != 0) || l.ev == Ev::ProcRetake) st.counts["handoffs"]++;
  };
  const int status = follow_all(reader, on, &model, err);
  if (status == kFine || st.created > 0) {
    st.close(model);
    if (options.json) out << st.json(model).dump(2) << "\n";
    else st.fitted(out, model);
  }
  if (status != kFine) return status;
  if (const string why = model.ending(); !why.empty()) reader.unusable(reader.lines(), why);
  return kFine;
}

}  // namespace rt0trace
