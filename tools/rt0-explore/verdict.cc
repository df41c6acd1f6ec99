#include <regex>
#include <sstream>

#include "explore.h"

namespace rt0explore {

namespace {

bool begins(const string& s, const char* with) { return s.rfind(with, 0) == 0; }

// The line that says why a program ended: rt0's own kind of message, otherwise the last line.
string telling_line(const string& text) {
  std::istringstream in(text);
  string line, last;
  while (std::getline(in, line)) {
    // Where a panic was recovered and thrown again on its way is no part of what it is.
    if (begins(line, "panic: ")) return std::regex_replace(line, std::regex(" \\[recovered(, repanicked)?\\]$"), "");
    if (begins(line, "fatal error: ") || begins(line, "rt0: ")) return line;
    if (!line.empty()) last = line;
  }
  return last;
}

// The lines of a leak without numbers of goroutines, which differ between schedules; sorted, and alike ones counted.
string leak_lines(const string& text) {
  std::istringstream in(std::regex_replace(text, std::regex("goroutine [0-9]+"), "goroutine"));
  std::map<string, int> lines;
  for (string line; std::getline(in, line);) lines[line]++;
  string all;
  for (const auto& [line, n] : lines)
    all += (all.empty() ? "" : "; ") + (n > 1 ? std::to_string(n) + " times " : string()) + line;
  return all;
}

}  // namespace

const char* verdict_name(Verdict v) {
  constexpr const char* kNames[] = {"passed",      "leak", "deadlock", "livelock", "panic",
                                    "fatal error", "exit", "signal",   "hang"};
  return kNames[static_cast<int>(v)];
}

Judged judge(const Run& run) {
  if (run.hung) return {Verdict::hang, "it did not come to a scheduling point for too long"};
  if (run.leaks > 0) return {Verdict::leak, leak_lines(run.text)};
  const string line = std::regex_replace(telling_line(run.text), std::regex("0x[0-9a-f]+"), "0x?");
  if (run.status == 0) return {Verdict::passed, ""};
  if (begins(line, "fatal error: all goroutines are asleep") ||
      begins(line, "fatal error: simulated kernel: every thread waits"))
    return {Verdict::deadlock, line};
  if (begins(line, "fatal error: simulated kernel: the limit of")) return {Verdict::livelock, line};
  if (begins(line, "panic: ")) return {Verdict::panic, line};
  if (begins(line, "fatal error: ")) return {Verdict::fatal, line};
  if (run.status > 128) return {Verdict::signal, line};
  return {Verdict::exit, line};
}

}  // namespace rt0explore
