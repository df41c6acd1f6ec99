// JSON for ui.perfetto.dev and chrome://tracing. Process 1 has a row for each P, with a slice for each time that a
// goroutine runs there. An arrow leads from the event that made a goroutine runnable to the goroutine's start. Process
// 2 has a row for each M, with its system calls.
#include <nlohmann/json.hpp>

#include "commands.h"

namespace rt0trace {

namespace {

constexpr int kPs = 1, kMs = 2;

string quoted(const string& text) { return nlohmann::json(printable(text, 300)).dump(); }
string number(int64_t v) { return std::to_string(v); }
// Microseconds, with three digits after the decimal point.
string us(int64_t ns) {
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(ns / 1000), static_cast<long long>(ns % 1000));
  return text;
}

struct Open {
  int64_t g = 0, row = 0, since = 0;
};

struct Chrome {
  std::ostream& out;
  bool first = true;
  int64_t now = 0, flows = 0;
  std::unordered_map<int64_t, string> names = {};   // of live goroutines, quoted
  std::unordered_map<int64_t, int64_t> arrow = {};  // goroutine -> the arrow that its next start ends
  std::map<int64_t, Open> runs = {}, calls = {};    // by M
  std::map<std::pair<int, int64_t>, bool> named = {};

  void event(const string& body) {
    out << (first ? "\n{" : ",\n{") << body << "}";
    first = false;
  }
  string where(int process, int64_t row) {
    if (!named[{process, row}]) {
      named[{process, row}] = true;
      const string who = (process == kPs ? "P " : "M ") + number(row);
      event("\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":" + number(process) + ",\"tid\":" + number(row) +
            ",\"args\":{\"name\":\"" + who + "\"}");
      event("\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":" + number(process) + ",\"tid\":" + number(row) +
            ",\"args\":{\"sort_index\":" + number(row) + "}");
    }
    return "\"pid\":" + number(process) + ",\"tid\":" + number(row);
  }
  void slice(std::map<int64_t, Open>* open, int process, int64_t m, const string& end) {
    auto it = open->find(m);
    if (it == open->end()) return;
    const Open o = it->second;
    open->erase(it);
    const string place = where(process, o.row);
    event("\"ph\":\"X\"," + place + ",\"ts\":" + us(o.since) + ",\"dur\":" + us(now - o.since) + ",\"name\":" +
          names[o.g] + ",\"args\":{\"g\":" + number(o.g) + ",\"m\":" + number(m) + ",\"end\":" + quoted(end) + "}");
  }
  void begin(const Machine& m, int64_t g) {
    if (m.p != kAbsent) runs[m.id] = {g, m.p, now};
  }
  void instant(const Step& s, int64_t row, const string& args) {
    const string place = where(kPs, row);
    event("\"ph\":\"i\",\"s\":\"t\"," + place + ",\"ts\":" + us(now) + ",\"name\":" + quoted(string(s.line->name)) +
          ",\"args\":{" + args + "}");
  }
  void flow(const char* phase, const string& place, int64_t id) {
    event(string("\"ph\":\"") + phase + "\",\"bp\":\"e\",\"cat\":\"unblock\",\"name\":\"unblock\"," + place +
          ",\"ts\":" + us(now) + ",\"id\":" + number(id));
  }
  void on(const Step& s);
  void on_goroutine(const Step& s);
};

void Chrome::on_goroutine(const Step& s) {
  const Line& l = *s.line;
  const Machine& m = *s.m;
  const int64_t id = s.g->id;
  switch (l.ev) {
    case Ev::GoCreate: names[id] = quoted("G" + number(id) + " " + decoded(l.arg("at"))); [[fallthrough]];
    case Ev::GoUnblock: {
      const bool on_p = m.p != kAbsent;
      const string place = where(on_p ? kPs : kMs, on_p ? m.p : m.id);
      flow("s", place, arrow[id] = ++flows);
      break;
    }
    case Ev::GoStart:
      begin(m, id);
      if (auto it = arrow.find(id); it != arrow.end()) {
        flow("f", where(kPs, m.p), it->second);
        arrow.erase(it);
      }
      break;
    case Ev::GoStop: slice(&runs, kPs, m.id, decoded(l.arg("reason"))); break;
    case Ev::GoBlock: slice(&runs, kPs, m.id, s.g->reason); break;
    case Ev::GoSysCall:
      slice(&runs, kPs, m.id, "system call");
      calls[m.id] = {id, m.id, now};
      break;
    case Ev::GoSysBlock: slice(&calls, kMs, m.id, "no P"); break;
    case Ev::GoSysExit:
      if (s.was != GState::syscall) break;
      slice(&calls, kMs, m.id, "back");
      begin(m, id);
      break;
    case Ev::GoDestroy:
      slice(&runs, kPs, m.id, "ended");
      names.erase(id);
      arrow.erase(id);
      break;
    default: break;
  }
}

void Chrome::on(const Step& s) {
  const Line& l = *s.line;
  now = l.time;
  if (s.g != nullptr) return on_goroutine(s);
  switch (l.ev) {
    case Ev::ProcsChange:
      if (s.lost_p) slice(&runs, kPs, s.m->id, "GOMAXPROCS");
      break;
    case Ev::ProcStart:  // a goroutine whose P was removed by GOMAXPROCS goes on with another P
      if (auto it = names.find(s.m->running); it != names.end() && !calls.contains(s.m->id)) begin(*s.m, s.m->running);
      break;
    case Ev::ProcSteal:
      if (s.m->p != kAbsent) instant(s, s.m->p, "\"from\":" + string(l.arg("from")) + ",\"n\":" + string(l.arg("n")));
      break;
    case Ev::ProcRetake: instant(s, s.p, ""); break;
    case Ev::Throw: instant(s, s.m->p == kAbsent ? 0 : s.m->p, "\"why\":" + quoted(decoded(l.arg("why")))); break;
    default: break;
  }
}

}  // namespace

int export_chrome(Reader& reader, std::ostream& out, std::ostream& err) {
  Chrome trace{out};
  Model model;
  out << "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
  trace.event("\"ph\":\"M\",\"name\":\"process_name\",\"pid\":1,\"args\":{\"name\":\"Ps\"}");
  trace.event("\"ph\":\"M\",\"name\":\"process_name\",\"pid\":2,\"args\":{\"name\":\"Ms in system calls\"}");
  const int status = follow_all(reader, [&](const Step& s, const Model&) { trace.on(s); }, &model, err);
  while (!trace.runs.empty()) trace.slice(&trace.runs, kPs, trace.runs.begin()->first, "the trace ends");
  while (!trace.calls.empty()) trace.slice(&trace.calls, kMs, trace.calls.begin()->first, "the trace ends");
  out << "\n]}\n";
  if (status != kFine) return status;
  if (const string why = model.ending(); !why.empty()) reader.unusable(reader.lines(), why);
  return kFine;
}

}  // namespace rt0trace
