// rt0-explore runs a program under many schedules of the simulated kernel and reports each way in which it ends.
//
//   main.cc      the command line
//   program.cc   the program's file, and the copy of it that is explored
//   server.cc    a process of that copy, which runs one schedule after the other
//   hunt.cc      which schedules are run, and what they have shown
//   shrink.cc    the fewest choices that make a schedule fail, and what they are in words
//   lines.cc     places in the program as file and line
//   verdict.cc   what an exit status and a message mean
//   report.cc    the report as text, JSON, JUnit XML and SARIF
//
// inside/ is the part that is added to the copy and runs in it, on the program's ISA.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace rt0explore {

using std::string;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;
using Clock = std::chrono::steady_clock;

inline constexpr int kFine = 0, kFailed = 1, kUnusable = 2;

// The exploration cannot be begun or finished: what() is one line that says why.
struct Unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// --- program.cc ------------------------------------------------------------------------------------------------------

// Adds the file `inside`, which is built for the program's ISA, to a copy of the program; returns the copy.
std::vector<std::uint8_t> explored_copy(const string& program, const string& inside);
// The name of the program's ISA as ELF has it, such as "amd64", to find the file for it.
string isa_of(const string& program);

// --- server.cc -------------------------------------------------------------------------------------------------------

// How one schedule ended.
struct Run {
  int status = 0;  // 128 + n: by signal n
  u64 seed = 0, choices = 0, events = 0;
  i64 virtual_ns = 0;
  u64 out_hash = 0, trace_hash = 0;
  u32 steps = 0, pages = 0;
  u32 leaks = 0;      // goroutines that still wait, for ever, when main.main has returned
  string text;        // what standard error began with; or a line for each leak
  bool hung = false;  // it did not end within the time allowed
};

// A choice that is not the first alternative, named by what it is about: see inside/play.cc.
struct Flip {
  std::uint8_t kind = 0, on_kind = 0;
  u32 pick = 0;
  i64 on = 0;
  u64 ordinal = 0;
};
// A choice that was made.
struct Chosen {
  std::uint8_t kind = 0, on_kind = 0;
  u32 n = 0, pick = 0;
  i64 on = 0;
  u64 who = 0;         // the goroutine that ran; 0: none
  u64 places[3] = {};  // where in the program, the innermost first; 0: none
};

struct Launch {
  string path;                    // the explored copy
  string name;                    // argv[0]: the program's own path
  std::vector<string> args, how;  // how: an emulator and its options
  unsigned procs = 4;
  bool traces = false;      // hash the traces, too
  bool tracebacks = false;  // print tracebacks, as a process by itself does
  double patience = 10;     // seconds of the host's time for one schedule
};

// A process that runs schedules. It is started when it is first needed, and anew after a schedule that killed it.
class Server {
 public:
  explicit Server(Launch launch) : launch_(std::move(launch)) {}
  ~Server() { stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Runs the seeds first, first + 1, …, first + count - 1. spec: RT0_SIM without seed= and procs=.
  std::vector<Run> run(u64 first, u64 count, const string& spec);
  // One run that makes these choices. spec: RT0_SIM with seed=, without procs=. trail: null, or gets all choices.
  Run play(const std::vector<Flip>& flips, const string& spec, std::vector<Chosen>* trail);

 private:
  void start();
  void stop();
  // Reads reports until `count` have come; false if the process has ended, or nothing came for too long.
  bool read_reports(u64 count, std::vector<Run>* runs, bool* late);
  bool read_bytes(size_t n);

  Launch launch_;
  int pid_ = -1, commands_ = -1, reports_ = -1, errors_ = -1;
  string buffer_;
};

// --- verdict.cc ------------------------------------------------------------------------------------------------------

enum class Verdict { passed, leak, deadlock, livelock, panic, fatal, exit, signal, hang };
const char* verdict_name(Verdict v);
struct Judged {
  Verdict verdict;
  string line;  // the line of standard error that says why; addresses and numbers of goroutines are left out
};
Judged judge(const Run& run);

// --- shrink.cc -------------------------------------------------------------------------------------------------------

struct Shrunk {
  bool done = false;
  u64 choices = 0, flips = 0;  // of the shortest schedule: its choices, those that are not the first
  std::vector<string> words;   // a line for each flip
  std::vector<Chosen> trail;
};
// record: the text of a record of the failing schedule. judged: how it ends.
// last: a server with tracebacks, so that the choices at the end are those of a process by itself.
Shrunk shrink(Server* server, Server* last, const string& record, const string& spec, const Judged& judged, int status,
              const string& program, double seconds);
// The text of a record of this schedule; head: the first three lines of a record of the same program.
string record_of(const string& head, const std::vector<Chosen>& trail);

// --- lines.cc --------------------------------------------------------------------------------------------------------

// Of each choice "file.cc:12", the innermost line of the program's own files; "" if it is not known.
std::vector<string> lines_of(const string& program, const std::vector<Chosen>& choices);

// --- hunt.cc ---------------------------------------------------------------------------------------------------------

struct Options {
  string program;
  std::vector<string> args;
  string inside;  // empty: found beside the tool
  std::vector<string> how;
  u64 runs = 0;  // 0: until the time is over
  double seconds = 60;
  bool time_given = false;
  string strategy = "mix";
  unsigned procs = 4, jobs = 0;
  u64 seed = 1;
  string faults = "none";
  string limit = "1000000";
  bool stop_at_first = false, same_output = false, progress = false;
  bool leaks = true;  // a leaked goroutine is a failure
  string out, json, junit, sarif, list;
  bool traces = false;  // hash the traces, for --list
  double patience = 10;
};

// One way in which the program ends.
struct Outcome {
  Judged judged;
  int status = 0;
  u64 out_hash = 0;
  bool failing = false;
  u64 runs = 0;
  // The first schedule that gave it, in the order of the schedules and not of time: the same on every machine.
  u64 number = 0;
  u64 seed = 0, choices = 0;
  string spec;
  string record, output;  // files in --out; empty if there are none
  Shrunk shortest;
  string text;  // all that a new process printed for that schedule
  string file;  // file:line where the program failed, if the traceback names one of the program's own
  u32 line = 0;
};

// One schedule and how it ended, for --list.
struct Listed {
  u64 number;
  string spec;
  Run run;
};

struct Found {
  std::vector<Outcome> outcomes;  // failing ones first, then by the number of runs
  u64 runs = 0, distinct = 0;
  double seconds = 0;
  bool interrupted = false;
  string unsteady;  // not empty: two runs of one schedule differed
  std::vector<Listed> listed;
};

Found hunt(const Options& o);
// RT0_SIM of a schedule, in full.
string sim_of(const Options& o, const string& spec, u64 seed);

// --- report.cc -------------------------------------------------------------------------------------------------------

void print_report(const Options& o, const Found& found);
void write_json(const Options& o, const Found& found);
void write_junit(const Options& o, const Found& found);
void write_sarif(const Options& o, const Found& found);
void write_list(const Options& o, const Found& found);

}  // namespace rt0explore
