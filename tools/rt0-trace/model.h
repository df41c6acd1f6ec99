// The state of the scheduler that a trace describes, followed line by line: which goroutine runs on which M, which M
// holds which P. An event that is impossible after the events before it is a violation. It is reported with the facts
// that exclude it and the lines they come from.
//
// Some events are written shortly before or after the change that they report. The model allows for that:
//   * GoBlock, GoStop and GoSysCall are written by the goroutine itself, while it still runs. No other M can run it
//     before that.
//   * GoDestroy, and the events of starting other goroutines, may be written on the stack of the goroutine that runs
//     next, before its GoStart. So a line's g may be a runnable goroutine as long as its M runs none.
//   * A P enters a system call with its goroutine and comes back without an event of its own: GoSysExit has the P in
//     its line. In between another M may have had the P, and may be in a system call, too, when the first M takes the P
//     back.
//   * ProcRetake is written after the change. Before it the M may have come back from its call and written GoSysBlock.
//   * ProcsChange is written while the world is stopped. An M that was in a system call has lost its P by then.
//
// Memory grows only with the goroutines, Ms and Ps that exist at the same time: of the ended goroutines and Ms only
// ranges of ids are kept, and of the goroutines that ended last the lines of their ends.
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
  int64_t m = kAbsent;        // the M that runs it or its system call, or that ran it last
  int64_t wired = kAbsent;    // the M that it is locked to
  bool owes_sysexit = false;  // it left a system call without a P: GoSysExit follows its next GoStart
  uint64_t since = 0;         // the line of its last change of state
  string reason;              // why it waits
  uint64_t panics = 0;        // panics that were not recovered
};

struct Machine {
  int64_t id = 0;
  int64_t p = kAbsent, oldp = kAbsent;  // oldp: the P with which it entered its system call
  int64_t running = 0;                  // its goroutine, running or in a system call; 0: none
  int64_t left = 0;                     // the goroutine that ran last
  int64_t wired = 0;                    // the goroutine that is locked to it
  bool stopped = false, exiting = false;
  uint64_t since_p = 0, since_g = 0, since = 0;
  size_t booted = 0;  // how many functions of a thread's start it has called
  uint64_t since_boot = 0;
  bool booting = true;     // its boot functions are in the trace
  bool scheduled = false;  // it has come to schedule() for the first time
  bool woken = false;      // MWake has named it, and it has written no event since
  Ev last = kUnknown;      // its last event, choices apart
  uint64_t last_line = 0;
  int64_t last_g = 0;  // the goroutine on whose stack it wrote its last event
  Ev due = kUnknown;   // what its next event must be, choices apart; kUnknown: no event in particular
  int64_t due_p = kAbsent;
  bool by_runtime = false;      // it wrote lockOSThread or unlockOSThread: the runtime's call, not the program's
  bool refused = false;         // a choice was that its goroutine is not preempted, and no event has come since
  int64_t coming = 0;           // the goroutine on whose stack it writes events already, before that one's GoStart
  int64_t oldp_told = kAbsent;  // the P of its last ProcStop, GoSysCall or ProcsChange
};

struct Processor {
  PState state = PState::idle;
  int64_t m = kAbsent;  // the M that holds it, or that took it into a system call
  uint64_t since = 0;
  bool asked = false;  // the goroutine that runs here is asked to yield
};

// A set of ids, held as ranges. When there are too many ranges the lowest are forgotten.
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
  string what;                // the rule that is broken
  string text;                // the line's text
  std::vector<string> known;  // the facts that exclude it
};

// The change that one line made, for the commands that use the model. Valid until the next step.
struct Step {
  const Line* line = nullptr;
  Machine* m = nullptr;
  Goroutine* g = nullptr;                          // the goroutine that the event is about
  GState was = GState::dead;                       // g's state before
  int64_t m_was = kAbsent;                         // g's M before
  int64_t p = kAbsent;                             // the P that the event is about
  bool regained = false;                           // GoSysExit: no other M had the P in the meantime
  bool lost_p = false;                             // ProcsChange: the P of the M that wrote the line was removed
  std::vector<std::pair<int64_t, int64_t>> taken;  // (P, M): this M lost this P while it was in a system call
};

class Model {
 public:
  Model();
  // Follows one line. Returns nothing, or the rule that the line breaks; the model must not be used after that.
  std::optional<Violation> step(const Line& line, Step* out);
  // After the last line: empty if the trace is complete, else what is wrong with its end.
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
  std::vector<Death> deaths_;  // a ring of the last goroutines that ended, to explain violations
  size_t next_death_ = 0;
  std::deque<int64_t> ended_ms_;
  int64_t nprocs_ = 0;
  int64_t last_time_ = 0;
  uint64_t last_time_line_ = 0;
  int64_t buried_ = 0;  // the goroutine that the last step ended; the next step removes it
  string kernel_;
  uint64_t trace_open_ = 0, exit_ = 0, throw_ = 0;
  size_t booted_ = 0, main_ = 0;  // how many functions of the boot and of runtime.main m0 has called
  uint64_t booted_line_ = 0, main_line_ = 0;
  int64_t choices_ = 0;  // the number of choices so far
  uint64_t choice_line_ = 0;
  enum class World : uint8_t { runs, stopping, stopped, resized } world_ = World::runs;
  int64_t world_m_ = kAbsent;  // the M that stops it
  uint64_t world_line_ = 0;
  int64_t inits_ = 0;           // Ps that the boot has made
  int64_t runnable_ = 0;        // how many goroutines are runnable
  bool booted_all_ = false;     // main.main has been called
  int64_t inits_begun_ = 0;     // how often doInit was called
  bool wired_by_init_ = false;  // an init task has called lock_os_thread
  uint64_t unlocked_line_ = 0;  // the line on which runtime.main has unlocked its thread
  int64_t event_time_ = -1;     // the time of the last event that takes time on the simulated kernel
  string init_task_;
  uint64_t init_task_line_ = 0;
  bool begun_ = false;
};

// Runs a whole trace through the model and calls `on` for every step. Returns the first violation. Throws Unusable if
// the trace cannot be read.
std::optional<Violation> follow(Reader& reader, const std::function<void(const Step&, const Model&)>& on, Model* model);
// The violation as text for the user.
string explain(const string& file, const Violation& v);

}  // namespace rt0trace
