// A process of the explored copy. inside/server.cc has the form of commands and reports.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "explore.h"

namespace rt0explore {

namespace {

constexpr int kCommands = 1000, kReports = 1001;  // as in inside/server.cc: numbers that no program gets by itself
constexpr size_t kReportHead = 68;
constexpr int kOwnFault = 125;  // the exit status of a process in which the explorer's part has failed

u64 number(const string& b, size_t at, unsigned n) {
  u64 v = 0;
  for (unsigned i = 0; i < n; i++) v |= u64{static_cast<unsigned char>(b[at + i])} << 8 * i;
  return v;
}

Run parse(const string& b) {
  Run r;
  r.status = static_cast<int>(number(b, 4, 4));
  r.seed = number(b, 8, 8);
  r.choices = number(b, 16, 8);
  r.events = number(b, 24, 8);
  r.virtual_ns = static_cast<i64>(number(b, 32, 8));
  r.out_hash = number(b, 40, 8);
  r.trace_hash = number(b, 48, 8);
  r.steps = static_cast<u32>(number(b, 56, 4));
  r.pages = static_cast<u32>(number(b, 60, 4));
  r.leaks = static_cast<u32>(number(b, 64, 4));
  r.text = b.substr(kReportHead);
  return r;
}

void close_one(int* fd) {
  if (*fd >= 0) ::close(*fd);
  *fd = -1;
}

void make_pipe(int* read_end, int* write_end) {
  int p[2];
  if (::pipe2(p, O_CLOEXEC) != 0) throw Unusable(string("no pipe: ") + std::strerror(errno));
  *read_end = p[0];
  *write_end = p[1];
}

// In the child. The environment has what the program's behaviour may depend on, and nothing else: it takes part in
// deciding how a schedule goes. No tracebacks while hunting, they cost more than the schedules.
[[noreturn]] void become(const Launch& l, int commands, int reports, int errors) {
  const rlimit files = {4096, 4096};
  rlimit now;
  if (::getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur <= kReports) ::setrlimit(RLIMIT_NOFILE, &files);
  const int nothing = ::open("/dev/null", O_RDWR);
  if (::dup2(commands, kCommands) < 0 || ::dup2(reports, kReports) < 0 || ::dup2(nothing, 0) < 0 ||
      ::dup2(nothing, 1) < 0 || ::dup2(errors, 2) < 0)
    ::_exit(kOwnFault);
  std::vector<string> words = l.how;
  words.push_back(l.path);
  words.insert(words.end(), l.args.begin(), l.args.end());
  std::vector<char*> argv;
  for (string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  std::vector<string> vars = {"RT0_SIM=seed=1,procs=" + std::to_string(l.procs)};
  if (!l.tracebacks) vars.emplace_back("GOTRACEBACK=none");
  if (l.traces) vars.emplace_back("RT0_TRACE=/dev/null");
  for (const char* name : {"GOMAXPROCS", "GODEBUG", "GOGC", "GOMEMLIMIT", "TZ", "PATH"})
    if (const char* v = std::getenv(name)) vars.push_back(string(name) + "=" + v);
  std::vector<char*> envp;
  for (string& v : vars) envp.push_back(v.data());
  envp.push_back(nullptr);
  ::execvpe(argv[0], argv.data(), envp.data());
  const string why = string("rt0-explore: ") + argv[0] + ": " + std::strerror(errno) + "\n";
  (void)!::write(2, why.data(), why.size());
  ::_exit(kOwnFault);
}

}  // namespace

void Server::start() {
  int commands, reports, errors;
  make_pipe(&commands, &commands_);
  make_pipe(&reports_, &reports);
  make_pipe(&errors_, &errors);
  pid_ = ::fork();
  if (pid_ < 0) throw Unusable(string("no process: ") + std::strerror(errno));
  if (pid_ == 0) become(launch_, commands, reports, errors);
  close_one(&commands);
  close_one(&reports);
  close_one(&errors);
  buffer_.clear();
}

void Server::stop() {
  close_one(&commands_);
  close_one(&reports_);
  close_one(&errors_);
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_ = -1;
}

bool Server::read_reports(u64 count, std::vector<Run>* runs, bool* late) {
  while (count > 0) {
    size_t at = 0;
    while (count > 0 && buffer_.size() - at >= 4 && buffer_.size() - at >= number(buffer_, at, 4)) {
      const size_t n = static_cast<size_t>(number(buffer_, at, 4));
      runs->push_back(parse(buffer_.substr(at, n)));
      at += n;
      count--;
    }
    buffer_.erase(0, at);
    if (count == 0) return true;
    pollfd p = {reports_, POLLIN, 0};
    const int ready = ::poll(&p, 1, static_cast<int>(launch_.patience * 1000));
    if (ready < 0 && errno == EINTR) continue;
    *late = ready == 0;
    if (ready <= 0) return false;
    char chunk[64 * 1024];
    const ssize_t n = ::read(reports_, chunk, sizeof(chunk));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    buffer_.append(chunk, static_cast<size_t>(n));
  }
  return true;
}

Run Server::play(const std::vector<Flip>& flips, const string& spec, std::vector<Chosen>* trail) {
  if (pid_ < 0) start();
  string line = "play " + std::to_string(flips.size()) + (trail != nullptr ? " 1 " : " 0 ") + spec + "\n";
  const auto put = [&](u64 v, unsigned n) {
    for (unsigned i = 0; i < n; i++) line += static_cast<char>(v >> 8 * i);
  };
  for (const Flip& f : flips) {
    put(f.kind, 1);
    put(f.on_kind, 1);
    put(0, 2);
    put(f.pick, 4);
    put(static_cast<u64>(f.on), 8);
    put(f.ordinal, 8);
  }
  std::vector<Run> runs;
  bool late = false, fine = true;
  for (size_t done = 0; fine && done < line.size();) {
    const ssize_t n = ::write(commands_, line.data() + done, line.size() - done);
    fine = n > 0 || errno == EINTR;
    done += n > 0 ? static_cast<size_t>(n) : 0;
  }
  Run failed;
  failed.hung = true;
  if (!fine || !read_reports(1, &runs, &late)) return stop(), failed;
  if (trail == nullptr) return runs[0];
  constexpr size_t kTrailBytes = 56;
  if (!read_bytes(4)) return stop(), failed;
  const size_t n = static_cast<size_t>(number(buffer_, 0, 4));
  buffer_.erase(0, 4);
  if (!read_bytes(n * kTrailBytes)) return stop(), failed;
  for (size_t i = 0; i < n; i++) {
    const size_t at = i * kTrailBytes;
    Chosen c;
    c.kind = static_cast<std::uint8_t>(number(buffer_, at, 1));
    c.on_kind = static_cast<std::uint8_t>(number(buffer_, at + 1, 1));
    c.n = static_cast<u32>(number(buffer_, at + 4, 4));
    c.pick = static_cast<u32>(number(buffer_, at + 8, 4));
    c.on = static_cast<i64>(number(buffer_, at + 16, 8));
    c.who = number(buffer_, at + 24, 8);
    for (size_t k = 0; k < 3; k++) c.places[k] = number(buffer_, at + 32 + 8 * k, 8);
    trail->push_back(c);
  }
  buffer_.erase(0, n * kTrailBytes);
  return runs[0];
}

// Until the buffer has so many bytes.
bool Server::read_bytes(size_t n) {
  while (buffer_.size() < n) {
    pollfd p = {reports_, POLLIN, 0};
    const int ready = ::poll(&p, 1, static_cast<int>(launch_.patience * 1000));
    if (ready < 0 && errno == EINTR) continue;
    char chunk[64 * 1024];
    const ssize_t got = ready > 0 ? ::read(reports_, chunk, sizeof(chunk)) : 0;
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    buffer_.append(chunk, static_cast<size_t>(got));
  }
  return true;
}

std::vector<Run> Server::run(u64 first, u64 count, const string& spec) {
  std::vector<Run> runs;
  bool each = false;  // after a run has killed the process: each report comes at once, so that it is seen which it was
  while (runs.size() < count) {
    if (pid_ < 0) start();
    const u64 next = first + runs.size(), left = count - runs.size();
    const string line =
        "run " + std::to_string(next) + " " + std::to_string(left) + (each ? " 1 " : " 0 ") + spec + "\n";
    const size_t before = runs.size();
    bool late = false;
    const bool written = ::write(commands_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (written && read_reports(left, &runs, &late)) continue;
    // What the process said last, and how it ended.
    int status = 0;
    if (late) ::kill(pid_, SIGKILL);
    string said;
    char chunk[4096];
    for (ssize_t n; (n = ::read(errors_, chunk, sizeof(chunk))) > 0;) said.append(chunk, static_cast<size_t>(n));
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    stop();
    if (WIFEXITED(status) && !late) {
      while (!said.empty() && said.back() == '\n') said.pop_back();
      throw Unusable(said.empty() ? launch_.name + ": it ended with status " + std::to_string(WEXITSTATUS(status)) +
                                        " before main.main"
                                  : said);
    }
    if (!each || runs.size() != before) {
      each = true;
      continue;
    }
    Run r;
    r.seed = next;
    r.hung = late;
    r.status = late ? 128 + SIGKILL : 128 + WTERMSIG(status);
    runs.push_back(r);
  }
  return runs;
}

}  // namespace rt0explore
