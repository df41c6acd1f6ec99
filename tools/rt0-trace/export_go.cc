// Go's execution trace, version 2, in the form of Go 1.22: one generation, in which every thread (M) has its batches
// of events, and the tables of strings and stacks come last. Go's reader orders events of different threads by
// counters, one for each goroutine and each P, and then by time. Times are therefore made unique: the reader finds
// exactly the order of rt0's trace.
#include "commands.h"

namespace rt0trace {

namespace {

enum : uint8_t {
  kEventBatch = 1,
  kStacks = 2,
  kStack = 3,
  kStrings = 4,
  kString = 5,
  kFrequency = 8,
  kProcsChange = 9,
  kProcStart = 10,
  kProcStop = 11,
  kProcSteal = 12,
  kProcStatus = 13,
  kGoCreate = 14,
  kGoStart = 16,
  kGoDestroy = 17,
  kGoStop = 19,
  kGoBlock = 20,
  kGoUnblock = 21,
  kGoSyscallBegin = 22,
  kGoSyscallEnd = 23,
  kGoSyscallEndBlocked = 24,
  kUserLog = 44,
};
constexpr uint64_t kNoThread = ~uint64_t{0};
constexpr uint64_t kGeneration = 1, kStatusIdle = 2;
constexpr size_t kMaxBatch = 60000, kMaxString = 1000, kMaxTable = 65536;

void put_uint(string* s, uint64_t v) {
  for (; v >= 0x80; v >>= 7) *s += static_cast<char>(v | 0x80);
  *s += static_cast<char>(v);
}

// Go's viewers group waits by Go's trace reasons; rt0's traces have the reasons that tracebacks print.
string_view block_reason(string_view ours) {
  if (ours.starts_with("sync.Cond")) return "sync.(*Cond).Wait";
  if (ours.starts_with("sync.") || ours == "semacquire") return "sync";
  if (ours == "IO wait") return "network";
  if (ours.ends_with("(nil chan)") || ours == "select (no cases)") return "forever";
  return ours;
}

struct Batch {
  string data;
  int64_t first = 0, last = 0;
};

struct GoTrace {
  std::ostream& out;
  std::map<int64_t, Batch> batches = {};
  std::map<string, uint64_t> strings = {};
  std::map<string, uint64_t> stacks = {};            // the id of each go statement's stack; the key is its place
  std::unordered_map<int64_t, uint64_t> gseq = {};   // of live goroutines
  std::map<int64_t, uint64_t> pseq = {};             // of declared Ps
  std::unordered_map<int64_t, int64_t> resume = {};  // M -> the goroutine that Go's tools must see started again
  int64_t stamp = 0;

  void batch(uint64_t m, int64_t time, const string& data) {
    string head;
    put_uint(&head, kEventBatch);
    put_uint(&head, kGeneration);
    put_uint(&head, m);
    put_uint(&head, static_cast<uint64_t>(time));
    put_uint(&head, data.size());
    out << head << data;
  }
  void flush(int64_t m) {
    Batch& b = batches[m];
    if (!b.data.empty()) batch(static_cast<uint64_t>(m), b.first, b.data);
    b.data.clear();
  }
  void add(int64_t m, int64_t time, uint8_t type, std::initializer_list<uint64_t> args) {
    stamp = std::max(time, stamp + 1);
    Batch& b = batches[m];
    if (b.data.size() > kMaxBatch) flush(m);
    if (b.data.empty()) b.first = b.last = stamp;
    b.data += static_cast<char>(type);
    put_uint(&b.data, static_cast<uint64_t>(stamp - b.last));
    for (uint64_t a : args) put_uint(&b.data, a);
    b.last = stamp;
  }
  // The id of the text; 0, which means no text, when the table is full.
  uint64_t string_id(string_view text) {
    const string s(text.substr(0, kMaxString));
    if (auto it = strings.find(s); it != strings.end()) return it->second;
    return strings.size() < kMaxTable ? strings[s] = strings.size() + 1 : 0;
  }
  uint64_t stack_id(const string& at) {
    if (auto it = stacks.find(at); it != stacks.end()) return it->second;
    return stacks.size() < kMaxTable ? stacks[at] = stacks.size() + 1 : 0;
  }

  void on(const Step& s, const Model& m);
  void on_goroutine(const Step& s);
  void procs_change(const Step& s, bool runs);
  void proc_start(const Step& s);
  void retaken_by_itself(const Step& s);
  void start(int64_t m, int64_t time, int64_t g) { add(m, time, kGoStart, {static_cast<uint64_t>(g), ++gseq[g]}); }
  void log(const Step& s, string_view key, const string& text) {
    add(s.m->id, s.line->time, kUserLog, {0, string_id(key), string_id(text), 0});
  }
  void finish();
};

void GoTrace::procs_change(const Step& s, bool runs) {
  const int64_t m = s.m->id, time = s.line->time;
  for (const auto& [p, from] : s.taken)
    add(m, time, kProcSteal, {static_cast<uint64_t>(p), ++pseq[p], static_cast<uint64_t>(from)});
  int64_t n = 0;
  (void)s.line->num("n", &n);
  if (s.lost_p) {
    // The P of the goroutine that called GOMAXPROCS was removed. As Go does, show it as a yield: the goroutine goes on
    // when its M has another P.
    if (runs) {
      add(m, time, kGoStop, {string_id("runtime.GOMAXPROCS"), 0});
      resume[m] = s.m->running;
    }
    add(m, time, kProcStop, {});
  } else if (runs) {
    add(m, time, kProcsChange, {static_cast<uint64_t>(n), 0});
  }
}

void GoTrace::proc_start(const Step& s) {
  const int64_t m = s.m->id, time = s.line->time;
  // The M has come back from a system call with another P than before.
  if (s.m->running != 0 && !resume.contains(m)) {
    add(m, time, kGoSyscallEndBlocked, {});
    resume[m] = 0;  // until GoSysExit
  }
  // Declare the P as idle before its first use: viewers would draw a P declared as running from time 0 on.
  if (pseq.try_emplace(s.p, 0).second) add(m, time, kProcStatus, {static_cast<uint64_t>(s.p), kStatusIdle});
  add(m, time, kProcStart, {static_cast<uint64_t>(s.p), ++pseq[s.p]});
  if (auto it = resume.find(m); it != resume.end() && it->second != 0) {
    start(m, time, it->second);
    resume.erase(it);
  }
}

// A P was retaken from an M in a system call, and the P's new M is now in a system call, too. The first M takes the P
// back from it.
void GoTrace::retaken_by_itself(const Step& s) {
  const int64_t m = s.m->id, time = s.line->time;
  const uint64_t p = static_cast<uint64_t>(s.p);
  add(m, time, kGoSyscallEndBlocked, {});
  add(m, time, kProcSteal, {p, ++pseq[s.p], static_cast<uint64_t>(s.taken[0].second)});
  add(m, time, kProcStart, {p, ++pseq[s.p]});
}

void GoTrace::on_goroutine(const Step& s) {
  const Line& l = *s.line;
  const int64_t m = s.m->id;
  const uint64_t id = static_cast<uint64_t>(s.g->id);
  switch (l.ev) {
    case Ev::GoCreate: {
      const string at = s.g->id == 1 ? string("runtime.main") : printable(decoded(l.arg("at")), kMaxString);
      gseq[s.g->id] = 0;
      add(m, l.time, kGoCreate, {id, stack_id(at), 0});
      break;
    }
    case Ev::GoStart: start(m, l.time, s.g->id); break;
    case Ev::GoStop:
      add(m, l.time, kGoStop, {string_id(l.arg("reason") == "preempted" ? "preempted" : "runtime.Gosched"), 0});
      break;
    case Ev::GoBlock: add(m, l.time, kGoBlock, {string_id(block_reason(s.g->reason)), 0}); break;
    case Ev::GoUnblock: add(m, l.time, kGoUnblock, {id, ++gseq[s.g->id], 0}); break;
    case Ev::GoSysCall: add(m, l.time, kGoSyscallBegin, {++pseq[s.p], 0}); break;
    case Ev::GoSysBlock: add(m, l.time, kGoSyscallEndBlocked, {}); break;
    case Ev::GoSysExit:
      if (s.was != GState::syscall) break;
      if (s.regained) {
        add(m, l.time, kGoSyscallEnd, {});
        break;
      }
      if (!s.taken.empty()) retaken_by_itself(s);
      start(m, l.time, s.g->id);
      resume.erase(m);
      break;
    case Ev::GoDestroy:
      add(m, l.time, kGoDestroy, {});
      gseq.erase(s.g->id);
      break;
    default: break;
  }
}

void GoTrace::on(const Step& s, const Model& model) {
  const Line& l = *s.line;
  if (l.boot) return;
  if (s.g != nullptr) return on_goroutine(s);
  auto it = model.goroutines().find(s.m->running);
  const bool runs = it != model.goroutines().end() && it->second.state == GState::running;
  switch (l.ev) {
    case Ev::ProcsChange: procs_change(s, runs); break;
    case Ev::ProcStart: proc_start(s); break;
    case Ev::ProcStop: add(s.m->id, l.time, kProcStop, {}); break;
    case Ev::ProcRetake:
      add(s.m->id, l.time, kProcSteal,
          {static_cast<uint64_t>(s.p), ++pseq[s.p], static_cast<uint64_t>(s.taken[0].second)});
      break;
    case Ev::MExit: flush(s.m->id); break;
    case Ev::Throw:
      if (runs && s.m->p != kAbsent) log(s, "fatal error", printable(decoded(l.arg("why")), kMaxString));
      break;
    default:
      if (l.name == "Choose" && runs && s.m->p != kAbsent)
        log(s, "choose", printable(l.after_time().substr(1), kMaxString));
      break;
  }
}

void GoTrace::finish() {
  for (const auto& [m, b] : batches) flush(m);
  string data;
  put_uint(&data, kFrequency);
  put_uint(&data, 1000000000);
  batch(kNoThread, 0, data);

  // Each go statement becomes a stack of one frame. The name of its function is the statement's place, because viewers
  // name a goroutine by that function.
  string stack_data;
  auto put = [&](string* to, uint8_t kind, const string& entry) {
    if (to->size() + entry.size() > kMaxBatch) {
      batch(kNoThread, 0, *to);
      to->clear();
    }
    if (to->empty()) *to += static_cast<char>(kind);
    *to += entry;
  };
  for (const auto& [at, id] : stacks) {
    const size_t colon = at.rfind(':');
    const string file = at.substr(0, colon);
    string entry(1, static_cast<char>(kStack));
    for (uint64_t v : {id, uint64_t{1}, id, string_id(at), string_id(file)}) put_uint(&entry, v);
    uint64_t line = 0;
    for (size_t i = colon == string::npos ? at.size() : colon + 1;
         i < at.size() && std::isdigit(static_cast<unsigned char>(at[i])) && line < 1000000000; i++)
      line = 10 * line + static_cast<uint64_t>(at[i] - '0');
    put_uint(&entry, line);
    put(&stack_data, kStacks, entry);
  }
  if (!stack_data.empty()) batch(kNoThread, 0, stack_data);
  string string_data;
  for (const auto& [text, id] : strings) {
    string entry(1, static_cast<char>(kString));
    put_uint(&entry, id);
    put_uint(&entry, text.size());
    put(&string_data, kStrings, entry + text);
  }
  if (!string_data.empty()) batch(kNoThread, 0, string_data);
}

}  // namespace

int export_go(Reader& reader, std::ostream& out, std::ostream& err) {
  out.write("go 1.22 trace\0\0\0", 16);
  GoTrace trace{out};
  Model model;
  const int status = follow_all(reader, [&](const Step& s, const Model& m) { trace.on(s, m); }, &model, err);
  trace.finish();
  if (status != kFine) return status;
  if (const string why = model.ending(); !why.empty()) reader.unusable(reader.lines(), why);
  return kFine;
}

}  // namespace rt0trace
