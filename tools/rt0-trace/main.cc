// rt0-trace: checks, compares, sums up, converts and draws traces. docs/TRACE.md tells of them, and of this tool.
//
// In order of the work: reader.cc (lines), rules.cc and model.cc (what they mean), then one file for each command. A
// trace is read once, from front to back, and never held.
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

// Where an export goes: a file, or standard output for "-". A file is written beside the one that it is to replace,
// which stays as it was until all is well; what is no regular file, such as a pipe, is written itself.
struct Output {
  std::ofstream file;
  std::ostream* to = &std::cout;
  string name, beside;

  Output(const string& path, const string& input) : name(path), beside(path) {
    if (path == "-") return;
    struct stat out = {}, in = {};
    const bool there = ::stat(path.c_str(), &out) == 0;
    if (there && ::stat(input.c_str(), &in) == 0 && out.st_dev == in.st_dev && out.st_ino == in.st_ino)
      throw Unusable(path + ": this is the trace that is to be exported: it would be overwritten");
    if (!there || S_ISREG(out.st_mode)) beside += ".part";
    errno = 0;
    file.open(beside, std::ios::binary | std::ios::trunc);
    if (!file) fail();
    to = &file;
  }
  ~Output() {
    if (beside != name) ::unlink(beside.c_str());  // nothing is there if it has taken its place
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void done() {
    to->flush();
    if (file.is_open()) file.close();
    if (!*to || (beside != name && ::rename(beside.c_str(), name.c_str()) != 0)) fail();
  }
  [[noreturn]] void fail() const {
    throw Unusable(name + ": cannot write it: " + std::strerror(errno != 0 ? errno : EIO));
  }
};

// Columns of the terminal; 0: it is none.
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
  bool go = false, chrome = false, ignore_time = false, time = false;
};

int run_check(const Options& o) {
  int worst = kFine;
  for (const string& path : o.files) {
    try {
      Reader reader(path);
      worst = std::max(worst, check(reader, std::cout, std::cerr));
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
  out.done();
  return status;
}

int run_show(Options o) {
  if (!parse_duration(o.from, &o.show.from))
    throw Unusable("--from " + printable(o.from) + ": not a time, such as 15ms, 2s or 300 (ns)");
  if (!o.to.empty() && !parse_duration(o.to, &o.show.to))
    throw Unusable("--to " + printable(o.to) + ": not a time, such as 15ms, 2s or 300 (ns)");
  if (o.to.empty()) {
    if (o.file == "-") throw Unusable("-: its end is needed beforehand: give --to");
    o.show.to = std::max<int64_t>(1, last_time(o.file));  // what has no time is for the reader to refuse
  }
  if (o.show.width == 0) {  // what stands before and behind the columns of time
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
      "Exit status: 0 fine, or the same; 1 a trace that can't be true, or different; 2 unusable: no trace, cut, "
      "unreadable.");
  app.require_subcommand(1);
  auto* c = app.add_subcommand("check", "can a trace be true? Grammar and state machine");
  c->add_option("FILE", o.files, "traces")->required();
  auto* d = app.add_subcommand("diff", "where two traces part, and by which choice");
  d->add_option("A", o.a, "a trace")->required();
  d->add_option("B", o.b, "another")->required();
  auto* no_times =
      d->add_flag("--ignore-time", o.ignore_time, "do not compare times (so by default for the kernel linux)");
  d->add_flag("--time", o.time, "compare times (so by default for simulated kernels)")->excludes(no_times);
  d->add_option("--context", o.diff.context, "lines to show before and after")
      ->capture_default_str()
      ->check(CLI::Range(0, 10000));
  auto* s = app.add_subcommand("stats", "what goroutines, Ps and Ms did with their time");
  s->add_option("FILE", o.file, "a trace")->required();
  s->add_flag("--json", o.stats.json, "as JSON; times in ns");
  s->add_option("--goroutines", o.stats.goroutines, "list so many of them, those that ran longest")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  auto* e = app.add_subcommand("export", "for other viewers");
  e->add_option("FILE", o.file, "a trace")->required();
  e->add_option("-o,--output", o.out, "where to")->required();
  auto* formats = e->add_option_group("format")->require_option(1);
  formats->add_flag("--go", o.go, "Go's execution trace v2, for go tool trace");
  formats->add_flag("--chrome", o.chrome, "JSON for ui.perfetto.dev and chrome://tracing");
  auto* w = app.add_subcommand("show", "a timeline, a row for each P");
  w->add_option("FILE", o.file, "a trace")->required();
  w->add_option("--width", o.show.width, "columns of time (as many as the terminal has room for)")
      ->check(CLI::Range(1, 10000));
  w->add_option("--from", o.from, "begin here: 15ms, 2s, 300 (ns)");
  w->add_option("--to", o.to, "end here");
  const auto known = app.get_subcommands([&](const CLI::App* a) { return argc > 1 && a->get_name() == argv[1]; });
  if (argc > 1 && argv[1][0] != '-' && known.empty())
    throw Unusable("rt0-trace: " + printable(argv[1]) + " is no command; check, diff, stats, show and export are");
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
