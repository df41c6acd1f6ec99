// rt0-trace: checks, compares, sums up, converts and draws traces. docs/TRACE.md describes traces, docs/rt0-trace.md
// this tool.
//
// In order of the work: reader.cc (lines), rules.cc and model.cc (what they mean), then one file for each command. A
// trace is read once, from front to back; it is never held in memory as a whole.
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>

#include "commands.h"

namespace {

using namespace rt0trace;

// The destination of an export: a file, or standard output for "-". The export is written to NAME.part, which replaces
// NAME when it is complete. If the trace cannot be read to its end, NAME stays as it was; of a trace that breaks a rule
// NAME has the part before that line. Anything but a regular file, such as a pipe, is written directly.
struct Output {
  std::ofstream file;
  std::ostream* to = &std::cout;
  string name, beside;

  Output(const string& path, const string& input) : name(path), beside(path) {
    if (path == "-") return;
    struct stat out = {}, in = {}, part = {};
    const bool there = ::stat(path.c_str(), &out) == 0;
    if (!there || S_ISREG(out.st_mode)) beside += ".part";
    if (::stat(input.c_str(), &in) == 0)
      for (const string& file_name : {path, beside})
        if (::stat(file_name.c_str(), &part) == 0 && part.st_dev == in.st_dev && part.st_ino == in.st_ino)
          throw Unusable(file_name + ": this is the trace itself, and would be overwritten: give another name to -o");
    errno = 0;
    file.open(beside, std::ios::binary | std::ios::trunc);
    if (!file) fail();
    to = &file;
  }
  ~Output() {
    if (has_other_file()) ::unlink(beside.c_str());  // fails, which does not matter, if done() has renamed the file
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Whether there is a file NAME.part, which replaces NAME in done() only.
  bool has_other_file() const { return beside != name; }
  void done() {
    to->flush();
    if (file.is_open()) file.close();
    if (!*to || (has_other_file() && ::rename(beside.c_str(), name.c_str()) != 0)) fail();
  }
  [[noreturn]] void fail() const {
    throw Unusable(name + ": cannot write it: " + std::strerror(errno != 0 ? errno : EIO));
  }
};

// The columns of the terminal; 0 if standard output is no terminal.
unsigned terminal_width() {
  winsize size = {};
  return ::isatty(1) != 0 && ::ioctl(1, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

struct Options {
  std::vector<string> files;
  string a, b, file, out, from = "0", to;
  DiffOptions diff;
  StatsOptions stats;
  ShowOptions show;
  string record;
  bool go = false, chrome = false, ignore_time = false, time = false;
};

int run_check(const Options& o) {
  int worst = kFine;
  for (const string& path : o.files) {
    try {
      Reader reader(path);
      worst = std::max(worst, check(reader, std::cout, std::cerr, o.record));
    } catch (const Unusable& e) {
      std::cerr << e.what() << "\n";
      worst = kUnusable;
    }
  }
  return worst;
}

int run_diff(Options o) {
  if (o.ignore_time) o.diff.times = DiffOptions::ignore;
  if (o.time) o.diff.times = DiffOptions::compare;
  if (::isatty(1) != 0) {
    o.diff.width = terminal_width();
    o.diff.colour = std::getenv("NO_COLOR") == nullptr;
  }
  Reader a(o.a), b(o.b);
  return diff(a, b, o.diff, std::cout);
}

int run_export(const Options& o) {
  Reader reader(o.file);
  Output out(o.out, o.file);
  const int status = o.go ? export_go(reader, *out.to, std::cerr) : export_chrome(reader, *out.to, std::cerr);
  if (status == 0 || !out.has_other_file()) out.done();
  return status;
}

int run_show(Options o) {
  if (!parse_duration(o.from, &o.show.from))
    throw Unusable("--from " + printable(o.from) + ": not a time, such as 15ms, 2s or 300 (ns)");
  if (!o.to.empty() && !parse_duration(o.to, &o.show.to))
    throw Unusable("--to " + printable(o.to) + ": not a time, such as 15ms, 2s or 300 (ns)");
  if (o.to.empty()) {
    if (o.file == "-") throw Unusable("-: the last time of standard input is not known before it is shown: give --to");
    o.show.to = std::max<int64_t>(1, last_time(o.file));  // 1: the reader will refuse a file without times
  }
  if (o.show.width == 0) {  // kBeside: the columns before and after the timeline
    constexpr unsigned kBeside = 6 + 9, kDefault = 80, kLeast = 20;
    const unsigned wide = terminal_width() != 0 ? terminal_width() : kDefault;
    o.show.width = wide > kBeside + kLeast ? wide - kBeside : kLeast;
  }
  Reader reader(o.file);
  return show(reader, o.show, std::cout, std::cerr);
}

int run(int argc, char** argv) {
  Options o;
  CLI::App app{
      "Checks, compares, sums up, converts and draws traces of rt0 programs (RT0_TRACE). \"-\" is standard input or "
      "output."};
  app.footer(
      "Exit status: 0: no fault, or no difference; 1: the trace breaks a rule, or the traces differ; 2: a file is no "
      "trace, ends early, or cannot be read.");
  app.require_subcommand(1);
  auto* c = app.add_subcommand("check", "checks traces against the grammar and the scheduler's rules");
  c->add_option("FILE", o.files, "traces")->required();
  c->add_option("--record", o.record, "a record of the same run: the trace must have its choices, all of them");
  auto* d = app.add_subcommand("diff", "where two traces part, and by which choice");
  d->add_option("A", o.a, "a trace")->required();
  d->add_option("B", o.b, "another trace")->required();
  auto* no_times =
      d->add_flag("--ignore-time", o.ignore_time, "do not compare times (the default for the kernel linux)");
  d->add_flag("--time", o.time, "compare times (the default for the simulated kernel)")->excludes(no_times);
  d->add_option("--context", o.diff.context, "lines to show before and after")
      ->capture_default_str()
      ->check(CLI::Range(0, 10000));
  d->add_option("--from", o.diff.from,
                "compare from this event on, such as main.main; times and choices count from there");
  d->add_option("--ignore", o.diff.ignore_events, "leave this event out; may be given more than once")->take_all();
  d->add_option("--ignore-key", o.diff.ignore_keys, "do not compare this argument of events, such as at")->take_all();
  d->add_option("--choices", o.diff.choices, "list so many of the choices that differ")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  d->add_flag("--json", o.diff.json, "as JSON, with all choices that differ");
  auto* s = app.add_subcommand("stats", "what goroutines, Ps and Ms did with their time");
  s->add_option("FILE", o.file, "a trace")->required();
  s->add_flag("--json", o.stats.json, "as JSON; times in ns");
  s->add_option("--goroutines", o.stats.goroutines, "list this many goroutines: those that ran longest")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  auto* e = app.add_subcommand("export", "converts a trace for another viewer");
  e->add_option("FILE", o.file, "a trace")->required();
  e->add_option("-o,--output", o.out, "the file to write")->required();
  auto* formats = e->add_option_group("format")->require_option(1);
  formats->add_flag("--go", o.go, "Go's execution trace v2, for go tool trace");
  formats->add_flag("--chrome", o.chrome, "JSON for ui.perfetto.dev and chrome://tracing");
  auto* w = app.add_subcommand("show", "draws a timeline with a row for each P");
  w->add_option("FILE", o.file, "a trace")->required();
  w->add_option("--width", o.show.width, "columns of the timeline (default: as many as fit into the terminal)")
      ->check(CLI::Range(1, 10000));
  w->add_option("--from", o.from, "the time to begin at: 15ms, 2s, 300 (ns)");
  w->add_option("--to", o.to, "the time to end at");
  const auto known = app.get_subcommands([&](const CLI::App* a) { return argc > 1 && a->get_name() == argv[1]; });
  if (argc > 1 && argv[1][0] != '-' && known.empty())
    throw Unusable("rt0-trace: " + printable(argv[1]) + " is no command; give check, diff, stats, show or export");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) { return app.exit(wrong) == 0 ? 0 : kUnusable; }
  if (c->parsed()) return run_check(o);
  if (d->parsed()) return run_diff(o);
  if (s->parsed()) {
    Reader reader(o.file);
    o.stats.width = terminal_width();
    return stats(reader, o.stats, std::cout, std::cerr);
  }
  return e->parsed() ? run_export(o) : run_show(o);
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  int status = kUnusable;
  try {
    status = run(argc, argv);
    std::cout.flush();
    if (!std::cout) throw Unusable("standard output: cannot write it");
  } catch (const Unusable& e) {
    std::cout.flush();
    std::cerr << e.what() << "\n";
    return kUnusable;
  } catch (const std::bad_alloc&) {
    std::cerr << "rt0-trace: out of memory\n";
    return kUnusable;
  }
  return status;
}
