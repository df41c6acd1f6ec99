// Which schedules are run. All that decides is the options and the numbers of the schedules, and never time or the
// order in which processes answer: with --runs the result is the same on every machine.
//
// Schedules are numbered from 0. Schedule i of the strategy "mix" belongs to strategy i / kStretch % 4 of kMix; so each
// strategy gets stretches of neighbouring seeds, which one process runs by one command.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <regex>
#include <thread>
#include <tuple>
#include <unordered_set>

#include "explore.h"

namespace rt0explore {

namespace {

namespace fs = std::filesystem;

constexpr const char* kMix[] = {"pos", "random", "pct:3", "delay:2"};
constexpr u64 kStretch = 100;  // of each stretch one schedule is run again, to see whether it goes the same way
// Without --runs and --time: the hunt ends when the last kQuiet schedules were all like earlier ones.
constexpr u64 kQuiet = 20000;
constexpr double kShrinkSeconds = 5;

std::atomic<bool> interrupted{false};

void on_interrupt(int) { interrupted = true; }

// A file that goes away with the object.
struct TemporaryFile {
  string path;
  explicit TemporaryFile(const std::vector<std::uint8_t>& bytes) {
    const char* folder = std::getenv("TMPDIR");
    path = string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/rt0-explore-XXXXXX";
    const int fd = ::mkostemp(path.data(), O_CLOEXEC);
    bool fine = fd >= 0 && ::fchmod(fd, 0700) == 0;
    for (size_t done = 0; fine && done < bytes.size();) {
      const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
      fine = n > 0;
      done += fine ? static_cast<size_t>(n) : 0;
    }
    const int error = errno;
    if (fd >= 0) ::close(fd);
    if (!fine) throw Unusable(path + ": it cannot be written: " + std::strerror(error));
  }
  ~TemporaryFile() { ::unlink(path.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
};

bool needs_steps(const string& strategy) { return strategy.rfind("pct", 0) == 0 || strategy.rfind("delay", 0) == 0; }

using Key = std::tuple<int, string, u64, bool>;

class Hunt {
 public:
  explicit Hunt(const Options& o)
      : o_(o),
        strategies_(o.strategy == "mix" ? std::vector<string>(std::begin(kMix), std::end(kMix))
                                        : std::vector<string>{o.strategy}),
        copy_(explored_copy(o.program, inside_file())),
        begun_(Clock::now()) {}

  Found run() {
    rehearse();
    begun_ = Clock::now();
    const unsigned jobs = o_.jobs != 0 ? o_.jobs : std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::thread> threads;
    for (unsigned j = 0; j < jobs; j++) threads.emplace_back([this] { work(); });
    while (o_.progress && !over_) show_progress();
    for (std::thread& t : threads) t.join();
    if (o_.progress) std::fprintf(stderr, "\r\033[K");
    if (!error_.empty()) throw Unusable(error_);
    return result();
  }

 private:
  string inside_file() const {
    if (!o_.inside.empty()) return o_.inside;
    const string isa = isa_of(o_.program);
    // As it was built, and as it was installed.
    const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
    const fs::path places[] = {bin / ".." / ".." / isa / "explore",
                               bin / ".." / "share" / "rt0" / "arch" / isa / "explore"};
    for (const fs::path& p : places)
      if (fs::exists(p)) return fs::canonical(p);
    throw Unusable("the explorer's part for " + isa + " is not there: " + places[0].lexically_normal().string() +
                   " or " + places[1].lexically_normal().string() + " (make explore builds it)");
  }

  Launch launch(bool traces) const {
    return {copy_.path, o_.program, o_.args, o_.how, o_.procs, traces, false, o_.patience};
  }
  string spec_of(const string& strategy) const {
    string s = "strategy=" + strategy;
    if (const auto at = steps_.find(strategy); at != steps_.end()) s += ",steps=" + std::to_string(at->second);
    if (o_.faults != "none") s += ",faults=" + o_.faults;
    return s + ",limit=" + o_.limit;
  }

  // pct and delay must know how many steps the program has: one run without moments counts them, for all seeds.
  void rehearse() {
    Server server(launch(false));
    for (const string& s : strategies_) {
      if (!needs_steps(s)) continue;
      const string plain = s[0] == 'p' ? "pct:1" : "delay:0";
      const std::vector<Run> runs = server.run(o_.seed, 1, "strategy=" + plain + ",steps=1,limit=" + o_.limit);
      steps_[s] = std::max(1u, runs.at(0).steps);
    }
    // Whatever is wrong with the program or the options shows here, before there are threads.
    (void)server.run(o_.seed, 1, spec_of(strategies_[0]));
  }

  struct Stretch {
    u64 number, seed, count;
    string spec;
  };
  // The next schedules that nobody has taken; false: there are no more to run.
  bool take(Stretch* s) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (over_ || interrupted || (o_.runs != 0 && next_ >= o_.runs) || out_of_time() || is_quiet()) return false;
    const u64 n = strategies_.size(), index = next_ / kStretch, in_stretch = next_ % kStretch;
    u64 count = kStretch - in_stretch;
    if (o_.runs != 0) count = std::min(count, o_.runs - next_);
    s->number = next_;
    s->seed = o_.seed + index / n * kStretch + in_stretch;
    s->count = count;
    s->spec = spec_of(strategies_[index % n]);
    next_ += count;
    return true;
  }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begun_).count(); }
  bool out_of_time() const { return (o_.runs == 0 || o_.time_given) && seconds() >= o_.seconds; }
  bool is_quiet() const { return o_.runs == 0 && !o_.time_given && done_ >= quiet_since_ + kQuiet; }

  void work() {
    try {
      Server server(launch(o_.traces));
      Stretch s;
      while (take(&s)) {
        const std::vector<Run> runs = server.run(s.seed, s.count, s.spec);
        const Run again = server.run(s.seed + s.count / 2, 1, s.spec).at(0);
        note(s, runs, again);
      }
    } catch (const std::exception& e) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (error_.empty()) error_ = e.what();
    }
    over_ = true;
  }

  void note(const Stretch& s, const std::vector<Run>& runs, const Run& again) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Run& before = runs[s.count / 2];
    if ((again.status != before.status || again.choices != before.choices || again.virtual_ns != before.virtual_ns ||
         again.out_hash != before.out_hash) &&
        unsteady_.empty())
      unsteady_ = sim_of(o_, s.spec, again.seed);
    for (size_t i = 0; i < runs.size(); i++) {
      const Run& r = runs[i];
      done_++;
      const Judged j = judge(r);
      if (!o_.list.empty()) listed_.push_back({s.number + i, s.spec, r});
      const u64 out = r.status == 0 && r.leaks == 0 ? r.out_hash : 0;
      Outcome& o = outcomes_[{r.status, j.line, out, r.hung}];
      if (o.runs == 0) quiet_since_ = done_;
      if (o.runs++ == 0 || s.number + i < o.number) {
        o.judged = j;
        o.status = r.status;
        o.out_hash = out;
        o.failing = r.status != 0 || (o_.leaks && r.leaks > 0);
        o.number = s.number + i;
        o.seed = r.seed;
        o.choices = r.choices;
        o.spec = s.spec;
        o.text = r.text;
      }
      const u64 shape = (r.choices * 1000003 ^ static_cast<u64>(r.virtual_ns)) * 1000003 ^ r.events;
      if (shapes_.insert(shape * 31 + static_cast<u64>(r.status)).second) quiet_since_ = done_;
      if (o.failing && o_.stop_at_first) over_ = true;
    }
  }

  void show_progress() {
    for (int i = 0; i < 5 && !over_; i++) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::lock_guard<std::mutex> lock(mutex_);
    const double t = seconds();
    u64 failing = 0;
    for (const auto& [key, o] : outcomes_) failing += o.failing ? 1 : 0;
    std::fprintf(stderr, "\r\033[K%llu schedules, %.0f/s: %zu outcomes, %llu failing; %zu of different shape",
                 static_cast<unsigned long long>(done_), t > 0 ? static_cast<double>(done_) / t : 0, outcomes_.size(),
                 static_cast<unsigned long long>(failing), shapes_.size());
    if (o_.runs == 0) std::fprintf(stderr, "; %.0f s left", std::max(0.0, o_.seconds - t));
  }

  Found result() {
    Found f;
    f.runs = done_;
    f.distinct = shapes_.size();
    f.seconds = seconds();
    f.interrupted = interrupted;
    f.unsteady = unsteady_;
    const u64 outputs = static_cast<u64>(
        std::count_if(outcomes_.begin(), outcomes_.end(), [](const auto& o) { return o.second.status == 0; }));
    for (auto& [key, o] : outcomes_) {
      if (o_.same_output && o.status == 0 && outputs > 1) o.failing = true;
      f.outcomes.push_back(o);
    }
    std::sort(f.outcomes.begin(), f.outcomes.end(), [](const Outcome& a, const Outcome& b) {
      return std::make_tuple(!a.failing, ~a.runs, a.number) < std::make_tuple(!b.failing, ~b.runs, b.number);
    });
    std::sort(listed_.begin(), listed_.end(), [](const Listed& a, const Listed& b) { return a.number < b.number; });
    f.listed = std::move(listed_);
    size_t k = 0;
    for (Outcome& o : f.outcomes)
      if (o.failing) look_closer(&o, ++k);
    return f;
  }

  // Runs the outcome's first schedule again in a new process of the program itself, with tracebacks, and records it.
  void look_closer(Outcome* o, size_t k) {
    if (o->judged.verdict == Verdict::hang) return;
    string sim = sim_of(o_, o->spec, o->seed);
    string base;
    if (!o_.out.empty()) {
      base = (fs::path(o_.out) / (fs::path(o_.program).filename().string() + "-" + std::to_string(k))).string();
      o->record = base + ".record";
      sim += ",record=" + o->record;
    }
    // A new process does not run on after main.
    const string text = output_of(sim);
    if (o->judged.verdict != Verdict::leak) o->text = text;
    find_place(o);
    if (base.empty()) return;
    shorten(o, base);
    o->output = base + ".txt";
    std::ofstream out(o->output, std::ios::binary | std::ios::trunc);
    out << o->text;
    if (!out.flush()) throw Unusable(o->output + ": it cannot be written: " + std::strerror(errno));
  }

  // Replaces the record by one with as few choices as possible that are not the first alternative.
  void shorten(Outcome* o, const string& base) const {
    std::ifstream in(o->record, std::ios::binary);
    const string record{std::istreambuf_iterator<char>(in), {}};
    Launch with_tracebacks = launch(false);
    with_tracebacks.tracebacks = true;
    Server server(launch(false)), last(with_tracebacks);
    o->shortest = shrink(&server, &last, record, "seed=" + std::to_string(o->seed) + "," + o->spec, o->judged,
                         o->status, o_.program, kShrinkSeconds);
    if (!o->shortest.done) return;
    size_t head = 0;
    for (int i = 0; i < 3 && head != string::npos; i++) head = record.find('\n', head) + 1;
    const string path = base + ".short.record";
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << record_of(record.substr(0, head), o->shortest.trail);
    if (!out.flush()) throw Unusable(path + ": it cannot be written: " + std::strerror(errno));
    o->record = path;
  }

  void find_place(Outcome* o) const {
    // The first place in a traceback that is a file of the program's: rt0's own have relative names in its folders.
    const std::regex place(o->judged.verdict == Verdict::leak ? " at (\\S+):([0-9]+)" : "\n\t(\\S+):([0-9]+)");
    for (std::sregex_iterator i(o->text.begin(), o->text.end(), place), end; i != end; ++i) {
      const string file = (*i)[1];
      if (std::regex_search(file, std::regex("^(sched|lib|runtime|kernel_iface|mem|arch|base)/|(^|/)include/rt0/")))
        continue;
      o->file = file;
      o->line = static_cast<u32>(std::strtoul((*i)[2].str().c_str(), nullptr, 10));
      break;
    }
  }

  string output_of(const string& sim) const {
    int p[2];
    if (::pipe2(p, O_CLOEXEC) != 0) throw Unusable(string("no pipe: ") + std::strerror(errno));
    const pid_t pid = ::fork();
    if (pid == 0) {
      const int nothing = ::open("/dev/null", O_RDWR);
      ::dup2(nothing, 0);
      ::dup2(p[1], 1);
      ::dup2(p[1], 2);
      std::vector<string> words = o_.how;
      words.push_back(o_.program);
      words.insert(words.end(), o_.args.begin(), o_.args.end());
      std::vector<char*> argv;
      for (string& w : words) argv.push_back(w.data());
      argv.push_back(nullptr);
      ::setenv("RT0_SIM", sim.c_str(), 1);
      ::unsetenv("RT0_TRACE");
      ::execvp(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(p[1]);
    string text;
    char chunk[4096];
    for (ssize_t n; (n = ::read(p[0], chunk, sizeof(chunk))) > 0 || (n < 0 && errno == EINTR);)
      if (n > 0) text.append(chunk, static_cast<size_t>(n));
    ::close(p[0]);
    ::waitpid(pid, nullptr, 0);
    return text;
  }

  Options o_;
  std::vector<string> strategies_;
  TemporaryFile copy_;
  Clock::time_point begun_;
  std::map<string, u32> steps_;
  std::mutex mutex_;
  std::atomic<bool> over_{false};
  u64 next_ = 0, done_ = 0, quiet_since_ = 0;
  std::map<Key, Outcome> outcomes_;
  std::unordered_set<u64> shapes_;
  std::vector<Listed> listed_;
  string unsteady_, error_;
};

}  // namespace

string sim_of(const Options& o, const string& spec, u64 seed) {
  return "seed=" + std::to_string(seed) + ",procs=" + std::to_string(o.procs) + "," + spec;
}

Found hunt(const Options& o) {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESETHAND;  // a second Ctrl-C ends the tool at once
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  if (!o.out.empty()) {
    std::error_code error;
    fs::create_directories(o.out, error);
    if (error || ::access(o.out.c_str(), W_OK) != 0) throw Unusable(o.out + ": it cannot be written");
  }
  return Hunt(o).run();
}

}  // namespace rt0explore
