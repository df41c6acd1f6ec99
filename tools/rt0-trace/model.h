// What a trace says, followed line by line: which goroutine is where, who holds which P. An event that can't be true
// after those before it is a violation, explained by what was known and since which line.
//
// Where the runtime speaks a moment before or after the thing it tells of, the model knows:
//   * GoBlock, GoStop and GoSysCall are told by the goroutine itself, before it has left. Nobody else can have it
//     before that.
//   * GoDestroy, and what starting others takes, may be told on the stack of the goroutine that comes next, before its
//     GoStart: a line's g may be a runnable goroutine as long as its M runs none.
//   * A P goes into a system call with its goroutine and comes back without a word: GoSysExit with that P in the line
//     tells it. It may have been another M's in between, and in that one's system call when its old M takes it back.
//   * ProcRetake comes after the fact: the M may have been back from its call, and told GoSysBlock, in between.
//   * ProcsChange is told while the world is stopped: who was in a system call has lost its P by then.
//
// Memory grows with what lives: goroutines and Ms that have ended are remembered as ranges of ids, and the last few by
// line.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <unordered_map>

#include "reader.h"

namespace rt0trace {

enum class GState : uint8_t { runnable, running, waiting, syscall, dead };
enum class PState : uint8_t { idle, held, syscall };

struct Goroutine {
  int64_t id = 0;
  GState state = GState::runnable;
  int64_t m = kAbsent;  // which runs it, or runs its system call; else the last one
  int64_t wired = kAbsent;
  bool owes_sysexit = false;  // came back without a P: GoSysExit follows its next GoStart
  uint64_t since = 0;         // line of its last change of state
  string reason;              // why it waits
  uint64_t panics = 0;        // which nothing has recovered
};

struct Machine {
  int64_t id = 0;
  int64_t p = kAbsent, oldp = kAbsent;  // oldp: with which it went into its system call
  int64_t running = 0;                  // a goroutine, in a system call too; 0: none
  int64_t left = 0;                     // the last one that ran
  int64_t wired = 0;
  bool stopped = false, exiting = false;
  uint64_t since_p = 0, since_g = 0, since = 0;
  size_t booted = 0;  // how far its thread has come in its start
  uint64_t since_boot = 0;
};

struct Processor {
  PState state = PState::idle;
  int64_t m = kAbsent;  // whose it is, or who took it into a system call
  uint64_t since = 0;
};

// Ids that were seen, as ranges. When there are too many of those the lowest are forgotten.
class IdSet {
 public:
  bool has(int64_t id) const;
  void add(int64_t id);
  size_t ranges() const { return ranges_.size(); }

 private:
  static constexpr size_t kMaxRanges = 65536;
  std::map<int64_t, int64_t> ranges_;  // first -> last
};

struct Violation {
  uint64_t line;
  string what;                // which rule is broken
  string text;                // the line
  std::vector<string> known;  // what was known before it
};

// What one line did, for those who build something on the model. Valid until the next step.
struct Step {
  const Line* line = nullptr;
  Machine* m = nullptr;
  Goroutine* g = nullptr;                          // whom the event is about
  GState was = GState::dead;                       // g's state before
  int64_t m_was = kAbsent;                         // GoStart and later: who had it last
  int64_t p = kAbsent;                             // the P that the event is about
  bool regained = false;                           // GoSysExit: the P was its own all the time
  bool lost_p = false;                             // ProcsChange: the speaker's own P died
  std::vector<std::pair<int64_t, int64_t>> taken;  // (P, M): who lost a P while it was in a system call
};

class Model {
 public:
  Model();
  // Follows one line. Null if it can be true; else why not, and the model must not be used any more.
  std::optional<Violation> step(const Line& line, Step* out);
  // After the last line: how the trace ended, empty if properly.
  string ending() const;

  const std::unordered_map<int64_t, Goroutine>& goroutines() const { return gs_; }
  const std::map<int64_t, Machine>& machines() const { return ms_; }
  const std::map<int64_t, Processor>& processors() const { return ps_; }
  int64_t nprocs() const { return nprocs_; }
  const string& kernel() const { return kernel_; }

 private:
  friend struct Rules;
  std::unordered_map<int64_t, Goroutine> gs_;
  std::map<int64_t, Machine> ms_;
  std::map<int64_t, Processor> ps_;
  IdSet g_ids_, m_ids_;
  struct Death {
    int64_t id;
    uint64_t line;
  };
  std::vector<Death> deaths_;  // a ring of the last ones, to explain
  size_t next_death_ = 0;
  std::deque<int64_t> ended_ms_;
  int64_t nprocs_ = 0;
  int64_t last_time_ = 0;
  uint64_t last_time_line_ = 0;
  int64_t buried_ = 0;  // a goroutine that the last step ended
  string kernel_;
  uint64_t trace_open_ = 0, exit_ = 0, throw_ = 0;
  size_t booted_ = 0, main_ = 0;  // how far m0 has come in the boot, and in runtime.main
  uint64_t booted_line_ = 0, main_line_ = 0;
  int64_t choices_ = 0;  // how many there were
  uint64_t choice_line_ = 0;
  string init_task_;
  uint64_t init_task_line_ = 0;
  bool begun_ = false;
};

// Runs a whole trace through the model and hands every step to `on`. Throws Unusable; a violation is returned.
std::optional<Violation> follow(Reader& reader, const std::function<void(const Step&, const Model&)>& on, Model* model);
// The violation as it is printed.
string explain(const string& file, const Violation& v);

}  // namespace rt0trace
