// The report: text for people, JSON for programs, JUnit XML for test runners, SARIF 2.1.0 for code review tools.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "explore.h"

namespace rt0explore {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

string hex(u64 v) {
  char text[20];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(v));
  return text;
}

string name_of(const Options& o) { return fs::path(o.program).filename().string(); }

string what(const Outcome& o) {
  string s = verdict_name(o.judged.verdict);
  if (o.judged.verdict == Verdict::exit) s += " with status " + std::to_string(o.status);
  if (o.judged.verdict == Verdict::signal) s = "ended by signal " + std::to_string(o.status - 128);
  return s;
}

string quoted(const string& s) {
  if (!s.empty() && s.find_first_of(" \t\n'\"\\$&;|<>()*?[]#~`{}") == string::npos) return s;
  string q = "'";
  for (char c : s) q += c == '\'' ? string("'\\''") : string(1, c);
  return q + "'";
}

// The command that runs an outcome's first schedule again.
string command(const Options& o, const Outcome& f) {
  string s =
      "RT0_SIM=" + quoted(f.record.empty() ? sim_of(o, f.spec, f.seed) : "replay=" + f.record + ",limit=" + o.limit);
  for (const string& w : o.how) s += " " + quoted(w);
  s += " " + quoted(o.program);
  for (const string& a : o.args) s += " " + quoted(a);
  return s;
}

void write_file(const string& path, const string& text) {
  std::ofstream out(path + ".part", std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out || ::rename((path + ".part").c_str(), path.c_str()) != 0)
    throw Unusable(path + ": it cannot be written: " + std::strerror(errno));
}

// Text as XML may have it: what XML has no character for is left out.
string xml(const string& s) {
  string t;
  for (char c : s) {
    const unsigned char u = static_cast<unsigned char>(c);
    if (c == '&') t += "&amp;";
    else if (c == '<') t += "&lt;";
    else if (c == '>') t += "&gt;";
    else if (c == '"') t += "&quot;";
    else if ((u >= 0x20 && u < 0x7f) || c == '\n' || c == '\t') t += c;
    else t += '?';
  }
  return t;
}

string seconds_text(double s) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f", s);
  return text;
}

u64 failing(const Found& f) {
  u64 n = 0;
  for (const Outcome& o : f.outcomes) n += o.failing ? 1 : 0;
  return n;
}

// nlohmann's dump throws at bytes that are no UTF-8, which a program's output may hold.
string dump(const Json& j) { return j.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

void print_report(const Options& o, const Found& found) {
  for (const Outcome& f : found.outcomes) {
    std::printf("%8llu runs  %s%s\n", static_cast<unsigned long long>(f.runs), what(f).c_str(),
                f.judged.verdict == Verdict::passed ? ("  output " + hex(f.out_hash).substr(0, 12)).c_str() : "");
    if (!f.judged.line.empty()) std::printf("               %s\n", f.judged.line.c_str());
    if (!f.file.empty()) std::printf("               at %s:%u\n", f.file.c_str(), f.line);
    std::printf("               first: schedule %llu, seed=%llu,%s\n", static_cast<unsigned long long>(f.number),
                static_cast<unsigned long long>(f.seed), f.spec.c_str());
    if (f.failing) std::printf("               again: %s\n", command(o, f).c_str());
    if (f.shortest.done) {
      std::printf("               shortest: %llu of its %llu choices are not the first alternative\n",
                  static_cast<unsigned long long>(f.shortest.flips),
                  static_cast<unsigned long long>(f.shortest.choices));
      for (const string& w : f.shortest.words) std::printf("                 %s\n", w.c_str());
    }
    if (!f.output.empty()) std::printf("               output: %s\n", f.output.c_str());
  }
  if (!found.unsteady.empty())
    std::printf("two runs of one schedule differed, so the program asks something that is not simulated: %s\n",
                found.unsteady.c_str());
  std::printf("explored %llu schedules in %s s: %zu outcomes, %llu failing\n",
              static_cast<unsigned long long>(found.runs), seconds_text(found.seconds).c_str(), found.outcomes.size(),
              static_cast<unsigned long long>(failing(found)));
  std::fflush(stdout);
}

void write_json(const Options& o, const Found& found) {
  if (o.json.empty()) return;
  Json j = {{"program", o.program},      {"arguments", o.args},
            {"strategy", o.strategy},    {"procs", o.procs},
            {"first_seed", o.seed},      {"schedules", found.runs},
            {"seconds", found.seconds},  {"interrupted", found.interrupted},
            {"failing", failing(found)}, {"outcomes", Json::array()}};
  if (!found.unsteady.empty()) j["unsteady"] = found.unsteady;
  for (const Outcome& f : found.outcomes) {
    Json e = {{"verdict", verdict_name(f.judged.verdict)},
              {"failing", f.failing},
              {"status", f.status},
              {"message", f.judged.line},
              {"runs", f.runs},
              {"first", {{"schedule", f.number}, {"sim", sim_of(o, f.spec, f.seed)}, {"choices", f.choices}}}};
    if (f.judged.verdict == Verdict::passed) e["output_hash"] = hex(f.out_hash);
    if (!f.file.empty()) e["place"] = {{"file", f.file}, {"line", f.line}};
    if (f.failing) e["command"] = command(o, f);
    if (f.shortest.done)
      e["shortest"] = {{"choices", f.shortest.choices}, {"flips", f.shortest.flips}, {"steps", f.shortest.words}};
    if (!f.record.empty()) e["record"] = f.record;
    if (!f.output.empty()) e["output"] = f.output;
    j["outcomes"].push_back(e);
  }
  write_file(o.json, dump(j));
}

// One test case for the program, with a failure for each failing outcome: JUnit's schema allows one failure in a case,
// so each has a case of its own.
void write_junit(const Options& o, const Found& found) {
  if (o.junit.empty()) return;
  const u64 bad = failing(found), cases = bad == 0 ? 1 : bad;
  const string name = xml(name_of(o)), time = seconds_text(found.seconds);
  string s = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  s += "<testsuites>\n  <testsuite name=\"" + name + "\" tests=\"" + std::to_string(cases) + "\" failures=\"" +
       std::to_string(bad) + "\" errors=\"0\" skipped=\"0\" time=\"" + time + "\">\n";
  if (bad == 0) s += "    <testcase classname=\"rt0-explore\" name=\"" + name + "\" time=\"" + time + "\"/>\n";
  size_t k = 0;
  for (const Outcome& f : found.outcomes) {
    if (!f.failing) continue;
    k++;
    s += "    <testcase classname=\"rt0-explore\" name=\"" + name + " " + std::to_string(k) + "\" time=\"" +
         (k == 1 ? time : "0") + "\">\n      <failure type=\"" + verdict_name(f.judged.verdict) + "\" message=\"" +
         xml(f.judged.line.empty() ? what(f) : f.judged.line) + "\">" + xml(command(o, f) + "\n\n" + f.text) +
         "</failure>\n    </testcase>\n";
  }
  write_file(o.junit, s + "  </testsuite>\n</testsuites>\n");
}

void write_sarif(const Options& o, const Found& found) {
  if (o.sarif.empty()) return;
  Json rules = Json::array(), results = Json::array();
  for (const Verdict v : {Verdict::passed, Verdict::leak, Verdict::deadlock, Verdict::livelock, Verdict::panic,
                          Verdict::fatal, Verdict::exit, Verdict::signal, Verdict::hang})
    rules.push_back({{"id", v == Verdict::passed ? "output differs" : verdict_name(v)}});
  for (const Outcome& f : found.outcomes) {
    if (!f.failing) continue;
    const string text = (f.judged.line.empty() ? what(f) : f.judged.line) + "\n" + command(o, f);
    Json r = {{"ruleId", f.judged.verdict == Verdict::passed ? "output differs" : verdict_name(f.judged.verdict)},
              {"level", "error"},
              {"message", {{"text", text}}}};
    const string file = f.file.empty() ? o.program : f.file;
    Json place = {{"artifactLocation", {{"uri", file}}}};
    if (!f.file.empty()) place["region"] = {{"startLine", f.line}};
    r["locations"] = Json::array({{{"physicalLocation", place}}});
    results.push_back(r);
  }
  const Json j = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs",
       Json::array({{{"tool", {{"driver", {{"name", "rt0-explore"}, {"rules", rules}}}}}, {"results", results}}})}};
  write_file(o.sarif, dump(j));
}

// A line for each schedule, in the order of their numbers.
void write_list(const Options& o, const Found& found) {
  if (o.list.empty()) return;
  string s = "schedule\tstatus\tchoices\tns\toutput\ttrace\tleaks\tsim\n";
  for (const Listed& l : found.listed)
    s += std::to_string(l.number) + "\t" + std::to_string(l.run.status) + "\t" + std::to_string(l.run.choices) + "\t" +
         std::to_string(l.run.virtual_ns) + "\t" + hex(l.run.out_hash) + "\t" + hex(l.run.trace_hash) + "\t" +
         std::to_string(l.run.leaks) + "\t" + sim_of(o, l.spec, l.run.seed) + "\n";
  write_file(o.list, s);
}

}  // namespace rt0explore
