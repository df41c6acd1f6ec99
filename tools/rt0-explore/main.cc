// The command line of rt0-explore; docs/EXPLORER.md describes the tool.
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <iostream>
#include <regex>
#include <sstream>

#include "explore.h"

namespace {

using namespace rt0explore;

// Seconds from "60s", "500ms", "2m" or "60".
double parse_time(const string& s) {
  std::smatch m;
  if (!std::regex_match(s, m, std::regex("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ms|s|m|h|)")) || std::stod(m[1]) <= 0)
    throw Unusable("--time " + s + ": a time such as 60s, 500ms or 5m is wanted");
  const string unit = m[2];
  return std::stod(m[1]) * (unit == "ms" ? 0.001 : unit == "m" ? 60 : unit == "h" ? 3600 : 1);
}

void check_strategy(const string& s) {
  if (!std::regex_match(s, std::regex("mix|fifo|random|pos|pct:[1-9][0-9]?|delay:[0-9]{1,2}")))
    throw Unusable("--strategy " + s + ": mix, random, pos, pct:D, delay:D or fifo is wanted");
}

void read_command_line(int argc, char** argv, CLI::App* app, Options* o) {
  string time;
  std::vector<string> words;
  app->add_option("--runs", o->runs, "how many schedules")->check(CLI::Range(u64{1}, u64{1} << 40));
  app->add_option("--time", time, "how long: 60s, 500ms, 5m (default: a minute, or until nothing new is seen)");
  app->add_option("--strategy", o->strategy, "mix (all of the following in turn), pos, random, pct:D, delay:D, or fifo")
      ->capture_default_str();
  app->add_option("--procs", o->procs, "CPUs of the simulated machine")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app->add_option("--seed", o->seed, "the first seed")->check(CLI::Range(u64{0}, u64{1} << 62))->capture_default_str();
  app->add_option("--faults", o->faults, "faults, as in RT0_SIM")->capture_default_str();
  app->add_option("--limit", o->limit, "where a schedule is cut off: choices, or virtual time such as 60s")
      ->capture_default_str();
  app->add_option("--jobs", o->jobs, "processes at a time (default: one for each CPU)")->check(CLI::Range(1, 4096));
  app->add_option("--out", o->out, "a folder for a record and the output of each failing schedule");
  app->add_flag("--stop-at-first", o->stop_at_first, "end at the first failing schedule");
  app->add_flag("--expect-same-output", o->same_output, "schedules that print different things have failed");
  bool keep_leaks = false;
  app->add_flag("--allow-leaks", keep_leaks, "goroutines that wait for ever when main has returned are no failure");
  app->add_option("--json", o->json, "write the report to this file as JSON");
  app->add_option("--junit", o->junit, "the same as JUnit XML");
  app->add_option("--sarif", o->sarif, "the same as SARIF 2.1.0");
  app->add_option("--list", o->list, "write a line for each schedule to this file");
  app->add_flag("--traces", o->traces, "with --list: hash each schedule's trace, too, which takes time");
  string how;
  app->add_option("--how", how, "what runs the program, such as qemu-aarch64");
  app->add_option("--patience", o->patience, "seconds of real time after which a schedule is taken to hang")
      ->check(CLI::Range(0.01, 1e6))
      ->capture_default_str();
  app->add_option("--inside", o->inside, "the explorer's part for the program's ISA, if it is not found");
  app->add_option("program", words, "the program and its arguments")->required();
  app->parse(argc, argv);
  if (!time.empty()) {
    o->seconds = parse_time(time);
    o->time_given = true;
  }
  check_strategy(o->strategy);
  o->leaks = !keep_leaks;
  // As a shell would need it, too: the report has commands to copy.
  o->program = words[0].find('/') == string::npos ? "./" + words[0] : words[0];
  o->args.assign(words.begin() + 1, words.end());
  std::istringstream in(how);
  for (string w; in >> w;) o->how.push_back(w);
  struct stat st;
  if (::stat(o->program.c_str(), &st) != 0) throw Unusable(o->program + ": there is no such program");
  if (!S_ISREG(st.st_mode)) throw Unusable(o->program + ": this is no program");
  o->progress = ::isatty(2) != 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Runs a program under many schedules of the simulated kernel, and reports each way in which it ends.\n"
      "Exit status: 0: no schedule failed; 1: one did; 2: the program cannot be explored.",
      "rt0-explore");
  Options o;
  try {
    read_command_line(argc, argv, &app, &o);
    const Found found = hunt(o);
    print_report(o, found);
    write_json(o, found);
    write_junit(o, found);
    write_sarif(o, found);
    write_list(o, found);
    if (!found.unsteady.empty()) return kUnusable;
    for (const Outcome& f : found.outcomes)
      if (f.failing) return kFailed;
    return kFine;
  } catch (const CLI::CallForHelp& e) { return app.exit(e); } catch (const CLI::ParseError& e) {
    std::cerr << "rt0-explore: " << e.what() << "\n";
    return kUnusable;
  } catch (const Unusable& e) {
    const string what = e.what();
    std::cerr << (what.rfind("rt0", 0) == 0 ? "" : "rt0-explore: ") << what << "\n";
    return kUnusable;
  } catch (const std::exception& e) {
    std::cerr << "rt0-explore: " << e.what() << "\n";
    return kUnusable;
  }
}
