// The rules for all lines: their arguments, the order of the boot, which M may write a line.
#include <algorithm>
#include <span>
#include <utility>

#include "rules.h"

namespace rt0trace {

namespace {

// The boot up to the first goroutine: the functions that m0 calls in this order in every program; p.init once for each
// P.
constexpr Ev kBoot[] = {Ev::_rt0_linux,
                        Ev::_rt0,
                        Ev::rt0_go,
                        Ev::settls,
                        Ev::check,
                        Ev::checkASM,
                        Ev::args,
                        Ev::sysargs,
                        Ev::sysauxv,
                        Ev::osinit,
                        Ev::getproccount,
                        Ev::getHugePageSize,
                        Ev::osArchInit,
                        Ev::schedinit,
                        Ev::worldStopped,
                        Ev::moduledataverify,
                        Ev::moduledataverify1,
                        Ev::stackinit,
                        Ev::mallocinit,
                        Ev::mheap_init,
                        Ev::cpuinit,
                        Ev::randinit,
                        Ev::alginit,
                        Ev::mcommoninit,
                        Ev::mrandinit,
                        Ev::mpreinit,
                        Ev::malg,
                        Ev::stackalloc,
                        Ev::itabsinit,
                        Ev::sigsave,
                        Ev::goargs,
                        Ev::goenvs,
                        Ev::goenvs_unix,
                        Ev::secure,
                        Ev::initSecureMode,
                        Ev::checkfds,
                        Ev::parsedebugvars,
                        Ev::parsegodebug,
                        Ev::gcinit,
                        Ev::readGOGC,
                        Ev::readGOMEMLIMIT,
                        Ev::gcControllerState_init,
                        Ev::procresize,
                        Ev::p_init,
                        Ev::acquirep,
                        Ev::wirep,
                        Ev::worldStarted,
                        Ev::newproc,
                        Ev::newproc1,
                        Ev::gfget,
                        Ev::malg,
                        Ev::stackalloc,
                        Ev::allgadd,
                        Ev::gostartcallfn,
                        Ev::gostartcall,
                        Ev::runqput,
                        Ev::mstart,
                        Ev::gosave,
                        Ev::mstart0,
                        Ev::mstart1,
                        Ev::minit,
                        Ev::mstartm0,
                        Ev::initsig,
                        Ev::schedule,
                        Ev::findrunnable,
                        Ev::runqget,
                        Ev::execute,
                        Ev::gogo};
// After that, m0 calls these functions for the first time in this order. It may schedule in between, and init tasks may
// start goroutines, so all but those in kOnce may be called again.
constexpr Ev kMain[] = {Ev::main,      Ev::newm,           Ev::allocm,           Ev::newm1,
                        Ev::newosproc, Ev::clone,          Ev::lockOSThread,     Ev::dolockOSThread,
                        Ev::doInit,    Ev::doInit1,        Ev::gcenable,         Ev::makechan,
                        Ev::closechan, Ev::unlockOSThread, Ev::dounlockOSThread, Ev::main_main};
constexpr Ev kOnce[] = {Ev::main, Ev::gcenable, Ev::main_main, Ev::mstartm0, Ev::initsig};
// The functions with which every other M begins.
constexpr Ev kThread[] = {Ev::mstart, Ev::gosave, Ev::mstart0, Ev::mstart1, Ev::minit};

}  // namespace

const size_t kBootLength = std::size(kBoot), kMainLength = std::size(kMain);

namespace {

bool among(std::span<const Ev> list, Ev ev) { return std::find(list.begin(), list.end(), ev) != list.end(); }

// The kinds of choices, and how many alternatives each has; 0: two or more, as many as there are.
struct ChoiceKind {
  string_view name;
  int64_t alternatives;
};
constexpr ChoiceKind kChoiceKinds[] = {
    {"run", 0},     {"preempt", 2}, {"random", 0}, {"goroutine", 0}, {"enomem", 2}, {"eagain", 2}, {"eintr", 2},
    {"wake", 2},    {"order", 0},   {"short", 4},  {"late", 2},      {"enosys", 2}, {"reset", 2},  {"loss", 2},
    {"dup", 2},     {"reorder", 2}, {"delay", 4},  {"cut", 4},       {"abort", 2},  {"emfile", 2}, {"enfile", 2},
    {"enobufs", 2}, {"enospc", 2},  {"eio", 2},    {"fsync", 3},     {"ready", 0},  {"jump", 5},   {"stall", 5},
};

}  // namespace

// The arguments must be those of trace/events.def, in its order, and numbers except for is_text_arg()'s.
bool Rules::arguments() {
  if (l.ev == kUnknown) return bad("no event of rt0 has this name");
  string_view want = args_of(l.ev);
  size_t i = 0;
  for (; !want.empty(); i++) {
    const string_view key = want.substr(0, want.find(' '));
    want.remove_prefix(std::min(want.size(), key.size() + 1));
    if (i >= l.nargs || l.args[i].key != key) return bad("its argument " + string(key) + " is missing");
    int64_t ignored;
    if (!is_text_arg(key) && !l.num(key, &ignored)) return bad("its argument " + string(key) + " is no number");
  }
  return i == l.nargs || bad("it has an argument too many: " + string(l.args[i].key));
}

// m0's boot has one order. Before TraceOpen, when there is no clock yet, only boot functions are written.
bool Rules::boot() {
  if (!w.begun_ && l.ev != Ev::_rt0_linux) return bad("a trace must begin with the entry point, _rt0_<isa>_linux");
  w.begun_ = true;
  if (l.ev == Ev::TraceOpen) {
    if (w.trace_open_ != 0)
      return bad("the trace is opened twice", "it was opened on line " + std::to_string(w.trace_open_));
    if (w.booted_ == std::size(kBoot) || kBoot[w.booted_] != Ev::osinit)
      return bad("the trace is opened after sysauxv and before osinit");
    w.trace_open_ = l.number;
    w.kernel_ = decoded(l.arg("kernel"));
  } else if (w.trace_open_ == 0) {
    if (!l.boot) return bad("before TraceOpen only boot functions may stand");
    if (l.time != 0) return bad("before TraceOpen all times must be 0");
    if (l.ev == Ev::osinit) return bad("osinit comes before TraceOpen, and must come after it");
  }
  return !l.boot || boot_step();
}

bool Rules::boot_step() {
  if (l.m != 0) {
    auto it = w.ms_.find(l.m);
    return it == w.ms_.end() || in_order(kThread, &it->second.booted, &it->second.since_boot);
  }
  if (w.booted_ < std::size(kBoot)) {
    if (l.ev == Ev::p_init && ++w.inits_ > w.nprocs_)
      return bad("more Ps are made than GOMAXPROCS says", "GOMAXPROCS is " + n(w.nprocs_));
    if (l.ev == Ev::acquirep && w.inits_ != w.nprocs_)
      return bad(n(w.inits_) + " Ps are made", "GOMAXPROCS is " + n(w.nprocs_));
    if (l.ev == Ev::p_init && w.booted_ > 0 && kBoot[w.booted_ - 1] == Ev::p_init) return true;
    // A program with C code has its thread pointer from C's libraries.
    if (l.ev == Ev::check && kBoot[w.booted_] == Ev::settls) w.booted_++;
    if (l.ev == kBoot[w.booted_]) {
      w.booted_++;
      w.booted_line_ = l.number;
      return true;
    }
    if (w.booted_ > 0)
      know("the boot has come to " + string(boot_name(kBoot[w.booted_ - 1])) + " on line " +
           std::to_string(w.booted_line_));
    return bad("the boot is out of order: " + string(boot_name(kBoot[w.booted_])) + " comes before " + string(l.name));
  }
  if (l.ev == Ev::main_main && w.init_task_line_ != 0)
    return bad("main.main begins before an init task has ended",
               printable(w.init_task_) + " has begun on line " + std::to_string(w.init_task_line_));
  // A goroutine that ends in an init task unlocks its thread before runtime.main does; an init task may unlock it, too.
  if (l.ev == Ev::unlockOSThread && w.main_ + 6 > kMainLength && w.main_ + 3 < kMainLength) return true;
  if (l.ev == Ev::dounlockOSThread && (m0_last() != Ev::unlockOSThread || w.main_ + 2 < kMainLength)) return true;
  // A function that has been called already, and may be called again.
  if (among({kMain, w.main_}, l.ev) && !among(kOnce, l.ev)) return true;
  if (among(kOnce, l.ev) && !among(kMain, l.ev)) return bad(string(l.name) + " comes a second time");
  return in_order(kMain, &w.main_, &w.main_line_);
}

// If this line's function is in the list, it must be the next one there.
bool Rules::in_order(std::span<const Ev> list, size_t* at, uint64_t* line) {
  if (!among(list, l.ev)) return true;
  if (*at == list.size() || l.ev != list[*at]) {
    if (*at > 0) know(string(boot_name(list[*at - 1])) + " was on line " + std::to_string(*line));
    if (*at == list.size()) return bad(string(l.name) + " comes a second time");
    return bad(string(l.name) + " comes where " + string(boot_name(list[*at])) + " is due");
  }
  ++*at;
  *line = l.number;
  return true;
}

// A choice of the simulated kernel must have the next number, a known kind, and a pick among its alternatives.
bool Rules::choice() {
  int64_t i = -1, count = 0, pick = -1;
  if (!l.num("i", &i) || !l.num("n", &count) || !l.num("pick", &pick))
    return bad("a choice's i, n and pick must be numbers");
  if (w.kernel_ != "sim")
    return bad("only the simulated kernel makes choices", "the kernel is " + printable(w.kernel_));
  if (i != w.choices_)
    return bad(
        "choice " + n(i) + " comes where choice " + n(w.choices_) + " is due",
        w.choices_ == 0 ? "there was none before" : "the last one was on line " + std::to_string(w.choice_line_));
  const string_view kind = l.arg("kind");
  const auto* k = std::find_if(std::begin(kChoiceKinds), std::end(kChoiceKinds),
                               [&](const ChoiceKind& c) { return c.name == kind; });
  if (k == std::end(kChoiceKinds)) return bad("there is no choice of the kind " + printable(kind));
  if (count < 2 || (k->alternatives != 0 && count != k->alternatives))
    return bad("a choice of the kind " + string(kind) + " can't be one of " + n(count));
  if (pick < 0 || pick >= count)
    return bad("of " + n(count) + " the " + n(pick) + " can't be picked: they are counted from 0");
  if (kind == "run" && count > static_cast<int64_t>(w.ms_.size()))
    return bad("there are fewer threads than " + n(count), n(static_cast<int64_t>(w.ms_.size())) + " Ms are there");
  const string_view on = l.arg("on");
  if (on[0] == 'g' || on[0] == 'm') {
    const int64_t id = std::atoll(on.data() + 1);
    if (on[0] == 'g' ? id != 0 && !w.g_ids_.has(id) : !w.m_ids_.has(id))
      return bad("on=" + string(on) + ": there has been none of this number");
  }
  if (kind == "preempt") {
    if (l.g == 0 || l.g != m->running) return bad("only the goroutine that runs may be preempted", about(*m));
    if (pick == 1) m->due = Ev::GoStop;
    m->refused = pick == 0;
  }
  w.choices_++;
  w.choice_line_ = l.number;
  return true;
}

// A goroutine may recover only as often as it has panicked.
bool Rules::panics(bool recovers) {
  Goroutine* g = find(m->running);
  if (g == nullptr) return true;
  if (!recovers) g->panics++;
  else if (g->panics == 0) return bad("goroutine " + n(g->id) + " recovers, but has not panicked", about(*g));
  else g->panics--;
  return true;
}

// The M that writes the line must be alive and awake, and must have the P and the goroutine that the line names.
bool Rules::speaker() {
  auto it = w.ms_.find(l.m);
  if (it == w.ms_.end())
    return bad("m" + n(l.m) + " writes an event, but does not exist", "it has ended, or no MStart has started it");
  m = &it->second;
  s.m = m;
  m->woken = false;
  // These events may come in any state: a fatal error, and a choice of the simulated kernel, which may be made while a
  // P or a goroutine goes from one M to another.
  if (l.ev == Ev::Throw || l.ev == Ev::Exit || l.ev == Ev::exit || l.ev == Ev::Choose)
    return w.throw_ != 0 || (prefix_p() && prefix_g());
  if (m->stopped)
    return bad("m" + n(l.m) + " writes an event, but sleeps",
               "MStop on line " + std::to_string(m->since) + ", and no MWake id=" + n(l.m) + " after it");
  const bool handing_over =
      l.boot || l.ev == Ev::ProcStop || l.ev == Ev::MWake || l.ev == Ev::MStart || l.ev == Ev::ProcHandoff;
  if (m->exiting && !handing_over) return bad("m" + n(l.m) + " has ended", "MExit on line " + std::to_string(m->since));
  return prefix_p() && prefix_g();
}

bool Rules::prefix_p() {
  if (l.ev == Ev::ProcStart || l.p == m->p) return true;
  // These events are written before the M has given up the P of which ProcStop, ProcsChange or GoSysCall tells.
  const bool giving = m->last == Ev::ProcStop || m->last == Ev::ProcsChange || m->last == Ev::GoSysCall;
  if (giving && l.p == m->oldp_told && (l.ev == Ev::Choose || l.ev == Ev::Throw || l.ev == Ev::Exit)) return true;
  const Goroutine* g = m->running != 0 ? find(m->running) : nullptr;
  const bool in_call = g != nullptr && g->state == GState::syscall;
  // In a system call, the M may still have its old P, or have it again.
  if (in_call && m->p == kAbsent && l.p == m->oldp) {
    auto it = w.ps_.find(l.p);
    const bool back = l.ev == Ev::GoSysExit;  // it may even take the P from another M that is in a system call with it
    if (it != w.ps_.end() && it->second.state == PState::syscall && (back || it->second.m == m->id)) return true;
  }
  if (l.p != kAbsent) know(about_p(l.p));
  return bad("the line has " + (l.p == kAbsent ? "p-" : "p" + n(l.p)) + ", which is impossible", about_p_of(*m));
}

bool Rules::prefix_g() {
  if (l.g <= 0 || l.g == m->running) return true;
  const Goroutine* g = find(l.g);
  if (g == nullptr) return bad("goroutine " + n(l.g) + " writes an event, but does not exist", about_gone(l.g));
  // The M is still on the stack of the goroutine that it has left, or already on that of the next one, whose GoStart
  // has not been written yet.
  const bool ends = l.ev == Ev::Choose || l.ev == Ev::Throw || l.ev == Ev::Exit || l.ev == Ev::exit;
  const bool leaving = (ends || l.ev == Ev::GlobrunqGet) && m->running == 0 && l.g == m->left && g->m == m->id &&
                       g->state != GState::running && g->state != GState::syscall;
  const bool by_the_next = ends || l.ev == Ev::GoStart || l.ev == Ev::GoUnblock || l.ev == Ev::RunqOverflow ||
                           l.ev == Ev::MWake || l.ev == Ev::MStart;
  const bool coming = g->state == GState::runnable && ((m->running == 0 && by_the_next) || l.ev == Ev::GoDestroy);
  if (coming && m->running == 0 && !leaving) {
    if (m->coming != 0 && m->coming != l.g)
      return bad("goroutine " + n(l.g) + " writes an event where goroutine " + n(m->coming) + " is about to start");
    m->coming = l.g;
  }
  if (leaving || coming) return true;
  know(about(*g));
  return bad("goroutine " + n(l.g) + " writes an event on m" + n(l.m) + ", but does not run there", about(*m));
}

bool Rules::event_of_p() {
  int64_t count = 1, from = kAbsent;
  (void)l.num("n", &count);
  switch (l.ev) {
    case Ev::ProcsChange: return procs_change();
    case Ev::ProcStart: return proc_start();
    case Ev::ProcStop: return proc_stop();
    case Ev::ProcRetake: return proc_retake();
    case Ev::ProcPreempt:
      (void)l.num("p", &from);
      if (auto it = w.ps_.find(from); it != w.ps_.end()) it->second.asked = true;
      return true;
    case Ev::STWBegin:
    case Ev::STWStopped:
    case Ev::STWEnd: return world();
    case Ev::ProcSteal:
      (void)l.num("from", &from);
      if (from < 0 || from >= w.nprocs_ || from == m->p)
        return bad("goroutines are stolen from P " + n(from) + ", which is impossible", about_p_of(*m));
      [[fallthrough]];
    case Ev::GlobrunqGet:  // a goroutine that is about to end may take the next one from there
      if (count > w.runnable_)
        return bad("it moves " + n(count) + " goroutines", n(w.runnable_) + " goroutines are runnable");
      return true;
    default: return true;
  }
}

bool Rules::event_of_m() {
  switch (l.ev) {
    case Ev::MStart: return m_start();
    case Ev::MWake: return m_wake();
    case Ev::MExit: return m_exit();
    case Ev::MLock: return m_lock(true);
    case Ev::MUnlock: return m_lock(false);
    case Ev::PollBlock:
      return m->p == kAbsent || bad("m" + n(l.m) + " waits in the poller and holds a P", about_p_of(*m));
    case Ev::MStop:
      if (m->p != kAbsent) return bad("m" + n(l.m) + " goes to sleep and holds a P", about_p_of(*m));
      if (m->running != 0) return bad("m" + n(l.m) + " goes to sleep and runs a goroutine", about(*m));
      m->stopped = true;
      m->since = l.number;
      return true;
    default: return true;
  }
}

bool Rules::event() {
  Goroutine* g = nullptr;
  switch (l.ev) {
    case Ev::GoCreate: return go_create();
    case Ev::GoStart: return go_start();
    case Ev::GoUnblock: return go_unblock();
    case Ev::GoSysCall: return go_syscall();
    case Ev::GoSysExit: return go_sysexit();
    case Ev::GoDestroy: return go_destroy();
    case Ev::GoStop:
      if ((g = own()) == nullptr) return false;
      if (m->refused && m->due != Ev::GoStop && m->p != kAbsent && !w.ps_[m->p].asked && l.arg("reason") == "preempted")
        return bad("the goroutine yields, where the choice was that it does not");
      leaves(g, GState::runnable);
      return true;
    case Ev::GoBlock:
      if ((g = own()) == nullptr) return false;
      leaves(g, GState::waiting);
      g->reason = decoded(l.arg("reason"));
      return true;
    case Ev::GoSysBlock:
      if ((g = subject()) == nullptr) return false;
      if (g->state != GState::syscall || g->m != m->id)
        return bad("goroutine " + n(g->id) + " is in no system call on m" + n(l.m), about(*g));
      if (l.p != kAbsent) return bad("there is a P for goroutine " + n(g->id), about_p_of(*m));
      leaves(g, GState::runnable);
      g->owes_sysexit = true;
      return true;
    case Ev::InitTask:
    case Ev::InitTaskDone: return init_task(l.ev == Ev::InitTask);
    case Ev::Choose: return choice();
    case Ev::Panic: return panics(false);
    case Ev::Recover: return panics(true);
    case Ev::Exit: w.exit_ = l.number; return true;
    case Ev::Throw: w.throw_ = l.number; return true;
    default: return event_of_p() && event_of_m();
  }
}

bool Rules::follow_line() {
  if (w.exit_ != 0) return bad("an event after the process's end", "Exit on line " + std::to_string(w.exit_));
  if (l.time < w.last_time_)
    return bad("time falls, from " + n(w.last_time_) + " to " + n(l.time),
               "the time of line " + std::to_string(w.last_time_line_));
  if (w.kernel_ == "sim" && l.time <= w.event_time_ && l.ev != Ev::Exit)
    return bad("on the simulated kernel an event takes time, and this line has the time of the event before it",
               "the time of line " + std::to_string(w.last_time_line_));
  if (l.ev != Ev::Choose) w.event_time_ = l.ev == Ev::TraceOpen || w.trace_open_ == 0 || w.throw_ != 0 ? -1 : l.time;
  w.last_time_ = l.time;
  w.last_time_line_ = l.number;
  if (!(arguments() && values() && boot() && speaker() && stack() && chain() && event())) return false;
  chain_goes_on();
  return true;
}

std::optional<Violation> Model::step(const Line& line, Step* out) {
  if (buried_ != 0) gs_.erase(std::exchange(buried_, 0));
  *out = {};
  out->line = &line;
  Rules r{*this, line, *out, {}, nullptr};
  if (r.follow_line()) return std::nullopt;
  return std::move(r.v);
}

}  // namespace rt0trace
