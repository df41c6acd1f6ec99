// The rules of the events that one M writes one after the other: code without branches writes the same events in the
// same order, each time. Choices of the simulated kernel may come in between; these rules ignore them. Also here: which
// values an event's arguments can have, and on whose stack an event is written.
#include <algorithm>
#include <iterator>

#include "rules.h"

namespace rt0trace {

namespace {

// What must come directly before an event on the same M. The boot's own order, in rules.cc, is stricter where it
// applies.
struct Before {
  Ev ev;
  Ev one, two = kUnknown, three = kUnknown;
};
constexpr Before kBefore[] = {
    {Ev::wirep, Ev::acquirep},
    {Ev::mcommoninit, Ev::allocm, Ev::alginit},
    {Ev::allocm, Ev::newm},
    {Ev::mrandinit, Ev::mcommoninit},
    {Ev::mpreinit, Ev::mrandinit},
    {Ev::malg, Ev::mpreinit, Ev::stackalloc, Ev::gfget},
    {Ev::newm1, Ev::stackalloc},
    {Ev::newosproc, Ev::MStart},
    {Ev::clone, Ev::newosproc},
    {Ev::newproc1, Ev::newproc},
    {Ev::gfget, Ev::newproc1},
    {Ev::gostartcall, Ev::gostartcallfn},
    {Ev::p_init, Ev::ProcsChange, Ev::p_init},
    {Ev::findrunnable, Ev::schedule, Ev::ProcStart},  // again after a wired goroutine was given to its M
    {Ev::gogo, Ev::GoStart},
    {Ev::main, Ev::gogo},
    {Ev::sysmon, Ev::minit},
    {Ev::InitTask, Ev::doInit1},
    {Ev::MExit, Ev::GoDestroy},
    {Ev::ProcHandoff, Ev::ProcStop, Ev::ProcRetake},
};

// What must come next on the same M.
struct Next {
  Ev ev, next;
};
constexpr Next kNext[] = {
    {Ev::mstart, Ev::gosave},
    {Ev::gosave, Ev::mstart0},
    {Ev::mstart0, Ev::mstart1},
    {Ev::mstart1, Ev::minit},
    {Ev::acquirep, Ev::wirep},
    {Ev::wirep, Ev::ProcStart},
    {Ev::newm, Ev::allocm},
    {Ev::allocm, Ev::mcommoninit},
    {Ev::mcommoninit, Ev::mrandinit},
    {Ev::mrandinit, Ev::mpreinit},
    {Ev::mpreinit, Ev::malg},
    {Ev::malg, Ev::stackalloc},
    {Ev::newm1, Ev::MStart},
    {Ev::newosproc, Ev::clone},
    {Ev::newproc, Ev::newproc1},
    {Ev::gostartcallfn, Ev::gostartcall},
    {Ev::procresize, Ev::ProcsChange},
    {Ev::lockOSThread, Ev::dolockOSThread},
    {Ev::dolockOSThread, Ev::MLock},
    {Ev::unlockOSThread, Ev::dounlockOSThread},
    {Ev::gcenable, Ev::makechan},
    {Ev::doInit1, Ev::InitTask},
    {Ev::execute, Ev::GoStart},
    {Ev::MExit, Ev::ProcStop},
    {Ev::ProcRetake, Ev::ProcHandoff},
    {Ev::exit, Ev::Exit},
};

// Events that the running goroutine itself writes.
constexpr Ev kOwn[] = {Ev::GoStop,         Ev::GoBlock,
                       Ev::GoSysCall,      Ev::GoSysBlock,
                       Ev::GoSysExit,      Ev::MLock,
                       Ev::MUnlock,        Ev::InitTask,
                       Ev::InitTaskDone,   Ev::Panic,
                       Ev::Recover,        Ev::main,
                       Ev::lockOSThread,   Ev::dolockOSThread,
                       Ev::doInit,         Ev::TimerStop,
                       Ev::makechan,       Ev::closechan,
                       Ev::doInit1,        Ev::gcenable,
                       Ev::unlockOSThread, Ev::dounlockOSThread,
                       Ev::main_main,      Ev::runExitHooks};
// Events that are written on g0.
constexpr Ev kG0[] = {Ev::ProcStop,    Ev::MStop,     Ev::PollBlock,  Ev::PollReady, Ev::ProcRetake,   Ev::MExit,
                      Ev::TimerFire,   Ev::STWBegin,  Ev::STWStopped, Ev::STWEnd,    Ev::ProcHandoff,  Ev::ProcPreempt,
                      Ev::ProcsChange, Ev::ProcSteal, Ev::Scavenge,   Ev::schedule,  Ev::findrunnable, Ev::execute,
                      Ev::gogo,        Ev::sysmon,    Ev::mstart,     Ev::gosave,    Ev::mstart0,      Ev::mstart1,
                      Ev::minit,       Ev::runqget,   Ev::procresize, Ev::p_init};

// Boot functions that a thread may call at any time while it boots, besides the boot's own order: the thread, and init
// tasks on it, schedule and start goroutines and threads.
constexpr Ev kAgain[] = {Ev::newproc,  Ev::newproc1,      Ev::gfget,       Ev::malg,           Ev::stackalloc,
                         Ev::allgadd,  Ev::gostartcallfn, Ev::gostartcall, Ev::runqput,        Ev::wakep,
                         Ev::schedule, Ev::findrunnable,  Ev::runqget,     Ev::execute,        Ev::gogo,
                         Ev::newm,     Ev::allocm,        Ev::mcommoninit, Ev::mrandinit,      Ev::mpreinit,
                         Ev::newm1,    Ev::newosproc,     Ev::clone,       Ev::dolockOSThread, Ev::dounlockOSThread,
                         Ev::makechan, Ev::closechan,     Ev::procresize,  Ev::p_init,         Ev::acquirep,
                         Ev::wirep,    Ev::runExitHooks,  Ev::exit};
// The same for all threads but the first.
constexpr Ev kOfThreads[] = {Ev::mstart, Ev::gosave, Ev::mstart0, Ev::mstart1, Ev::minit, Ev::sysmon};
// The same for the first thread.
constexpr Ev kOfMain[] = {Ev::main,     Ev::lockOSThread,   Ev::doInit,   Ev::doInit1,
                          Ev::gcenable, Ev::unlockOSThread, Ev::main_main};

// One entry for each event, so that a line costs one look-up.
struct Table {
  enum Stack : uint8_t { any, own, g0 };
  Stack stack[static_cast<size_t>(Ev::kCount)] = {};
  bool of_threads[static_cast<size_t>(Ev::kCount)] = {}, of_main[static_cast<size_t>(Ev::kCount)] = {};
  Ev next[static_cast<size_t>(Ev::kCount)] = {};
  const Before* before[static_cast<size_t>(Ev::kCount)] = {};
};
const Table& table() {
  static const Table t = [] {
    Table made;
    std::fill(std::begin(made.next), std::end(made.next), kUnknown);
    for (const Before& b : kBefore) made.before[static_cast<size_t>(b.ev)] = &b;
    for (const Next& x : kNext) made.next[static_cast<size_t>(x.ev)] = x.next;
    for (Ev e : kAgain) made.of_threads[static_cast<size_t>(e)] = made.of_main[static_cast<size_t>(e)] = true;
    for (Ev e : kOfThreads) made.of_threads[static_cast<size_t>(e)] = true;
    for (Ev e : kOfMain) made.of_main[static_cast<size_t>(e)] = true;
    for (Ev e : kOwn) made.stack[static_cast<size_t>(e)] = Table::own;
    for (Ev e : kG0) made.stack[static_cast<size_t>(e)] = Table::g0;
    return made;
  }();
  return t;
}

// Why goroutines wait: the texts of tracebacks, sched/status.cc. tests/rt0_trace_test.py compares the two.
constexpr string_view kReasons[] = {"chan%20receive%20(nil%20chan)",
                                    "chan%20send%20(nil%20chan)",
                                    "chan%20receive",
                                    "chan%20send",
                                    "panicwait",
                                    "finished%20main%20goroutine",
                                    "select%20(no%20cases)",
                                    "select",
                                    "IO%20wait",
                                    "sleep",
                                    "semacquire",
                                    "sync.Cond.Wait",
                                    "sync.Mutex.Lock",
                                    "sync.RWMutex.RLock",
                                    "sync.RWMutex.Lock",
                                    "sync.WaitGroup.Wait",
                                    "preempted",
                                    "finalizer%20wait"};

// "file:line", or "runtime" for a goroutine of the runtime itself.
bool is_place(string_view at) {
  if (at == "runtime") return true;
  const size_t colon = at.rfind(':');
  return colon != string_view::npos && colon > 0 && colon + 1 < at.size() &&
         std::all_of(at.begin() + static_cast<long>(colon) + 1, at.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool is_resource(string_view on) {
  if (on == "-") return true;
  return on.size() >= 2 && on[0] >= 'a' && on[0] <= 'z' &&
         std::all_of(on.begin() + 1, on.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

// Values that no run can write.
bool Rules::values() {
  if (l.m < 0) return bad("no thread writes an event: m-");
  if (l.g < 0) return bad("the line stands on no goroutine's stack: g-");
  const bool cut = l.text.size() == kMaxLine;  // the runtime cuts longer lines here, also within a value
  int64_t value = 0;
  const auto least = [&](string_view key, int64_t from) {
    (void)l.num(key, &value);
    return value >= from || bad(string(key) + "=" + n(value) + " can't be: it is " + n(from) + " or more");
  };
  switch (l.ev) {
    case Ev::PollReady:
    case Ev::GlobrunqGet:
    case Ev::ProcSteal:
    case Ev::StackScavenge: return least("n", 1);
    case Ev::RunqOverflow:  // half of the queue's 256, and the goroutine for which there was no room
      (void)l.num("n", &value);
      return value == 129 ||
             bad("n=" + n(value) + " can't be: a queue that is full sends 129 goroutines to the global one");
    case Ev::PollBlock: return least("ns", -1);
    case Ev::TimerFire: return least("late", 0);
    case Ev::Scavenge:
      if (w.kernel_ == "sim") return bad("a simulated run gives no memory back by itself");
      return least("bytes", 1);
    case Ev::ProcPreempt:
    case Ev::ProcHandoff:
      (void)l.num("p", &value);
      return (value >= 0 && value < w.nprocs_) || bad("there is no P " + n(value), "GOMAXPROCS is " + n(w.nprocs_));
    case Ev::Exit:
      (void)l.num("status", &value);
      if (value < INT32_MIN || value > INT32_MAX) return bad("status=" + n(value) + " is no int");
      return w.throw_ == 0 || value == 2 ||
             bad("after a fatal error the status must be 2", "Throw on line " + std::to_string(w.throw_));
    case Ev::GoStop:
      return l.arg("reason") == "preempted" || l.arg("reason") == "Gosched" ||
             bad("the reason of a goroutine that stays runnable must be preempted or Gosched");
    case Ev::GoBlock:
      return std::find(std::begin(kReasons), std::end(kReasons), l.arg("reason")) != std::end(kReasons) ||
             bad("rt0 has no such reason to wait");
    case Ev::GoCreate: return cut || is_place(l.arg("at")) || bad("at= is no file:line, nor \"runtime\"");
    case Ev::Choose: return is_resource(l.arg("on")) || bad("on= is no letter with a number, nor \"-\"");
    case Ev::TraceOpen:
      return l.arg("kernel") == "linux" || l.arg("kernel") == "sim" || bad("there is no kernel of this name");
    case Ev::InitTask:
    case Ev::InitTaskDone: return !l.arg("name").empty() || bad("a task without a name");
    case Ev::Panic: return !l.arg("type").empty() || bad("a value without a type");
    case Ev::Throw: return !l.arg("why").empty() || bad("a fatal error without a text");
    default: return true;
  }
}

// On whose stack this event is written.
bool Rules::stack() {
  const Table::Stack wanted = table().stack[static_cast<size_t>(l.ev)];
  if (wanted == Table::own && (l.g == 0 || l.g != m->running))
    return bad(string(l.name) + " must be written by the goroutine that runs", about(*m));
  if (wanted == Table::g0 && l.g != 0) return bad(string(l.name) + " must be written on g0");
  if (l.ev == Ev::GoUnblock && l.g == 0 && m->running != 0)
    return bad("GoUnblock must be written by the goroutine that runs", about(*m));
  int64_t id = 0;
  if (l.ev == Ev::GoStart && l.g != 0 && (m->booting || !l.num("id", &id) || id != l.g))
    return bad("GoStart must be written on g0, or on the stack of the goroutine that starts");
  if ((l.ev == Ev::PollBlock || l.ev == Ev::PollReady) && m->running != 0)
    return bad("m" + n(l.m) + " looks for work while it runs a goroutine", about(*m));
  if (l.ev == Ev::TimerStart && l.g != m->running)
    return bad("only the goroutine that runs may set a timer", about(*m));
  return true;
}

bool Rules::world() {
  using World = Model::World;
  const World was = l.ev == Ev::STWBegin ? World::runs : l.ev == Ev::STWStopped ? World::stopping : World::resized;
  if (w.world_ != was || (was != World::runs && w.world_m_ != l.m)) {
    static constexpr const char* kTexts[] = {"no goroutine stops the world", "the world is being stopped",
                                             "the world is stopped, and the number of Ps has not been written yet",
                                             "the world is stopped"};
    string fact = kTexts[static_cast<size_t>(w.world_)];
    if (w.world_ != World::runs) fact += " by m" + n(w.world_m_) + " since line " + std::to_string(w.world_line_);
    return bad(string(l.name) + " comes out of order", fact);
  }
  if (l.ev == Ev::STWBegin && m->running == 0) return bad("only a goroutine may stop the world", about(*m));
  w.world_ = l.ev == Ev::STWBegin ? World::stopping : l.ev == Ev::STWStopped ? World::stopped : World::runs;
  w.world_m_ = l.m;
  w.world_line_ = l.number;
  return true;
}

// What must come after this M's last event, and what must have come before this event.
bool Rules::chain() {
  if (l.ev == Ev::Choose) return true;
  if (l.ev == Ev::Throw || l.ev == Ev::exit) return !l.boot || chain_of_thread();  // may come anywhere
  const auto last = [&] {
    return m->last == kUnknown ? "m" + n(l.m) + " has written no event yet"
                               : "m" + n(l.m) + "'s last event is " + string(boot_name(m->last)) + ", on line " +
                                     std::to_string(m->last_line);
  };
  if (m->due != kUnknown && l.ev != m->due)
    return (l.ev == Ev::Exit && m->due == Ev::Exit) ||
           bad(string(l.name) + " comes where " + string(boot_name(m->due)) + " is due", last());
  // An event that must come next comes on the same stack.
  if (m->due != kUnknown && l.g != m->last_g && l.ev != Ev::GoStop)
    return bad(string(l.name) + " comes on another stack than the event before it", last());
  int64_t p = kAbsent;
  if (l.ev == Ev::ProcHandoff && l.num("p", &p) && p != m->due_p)
    return bad("another P is handed on than is given up", last());
  if (const Before* b = table().before[static_cast<size_t>(l.ev)])
    if (m->last != b->one && (b->two == kUnknown || m->last != b->two) && (b->three == kUnknown || m->last != b->three))
      return bad(string(l.name) + " must come after " + string(boot_name(b->one)), last());
  if (w.world_ == Model::World::stopped && w.world_m_ != l.m && (l.p != kAbsent || l.ev == Ev::ProcStart))
    return bad("m" + n(l.m) + " has a P while the world is stopped",
               "m" + n(w.world_m_) + " has stopped it on line " + std::to_string(w.world_line_));
  return chain_of_thread();
}

// Boot functions are written while a thread boots.
bool Rules::chain_of_thread() {
  const size_t e = static_cast<size_t>(l.ev);
  if (l.boot && w.booted_ == kBootLength) {
    const bool at_the_end = l.ev == Ev::runExitHooks || (l.ev == Ev::exit && w.throw_ != 0);
    if (!m->booting && !at_the_end)
      return bad("m" + n(l.m) + " has booted, and must not write a boot function any more");
    if (!(m->id == 0 ? table().of_main[e] : table().of_threads[e]))
      return bad(string(l.name) + " is no step of the boot of m" + n(l.m) + " any more");
    if (m->last == l.ev && l.ev != Ev::p_init && l.ev != Ev::wakep && l.ev != Ev::runqput)
      return bad(string(l.name) + " comes twice in a row");
  }
  if (!m->booting || w.throw_ != 0) return true;
  const auto only_after = [&](Ev one) {
    return m->last == one || bad(string(l.name) + " must come after " + string(boot_name(one)) + " while an M boots");
  };
  switch (l.ev) {
    case Ev::GoStart: return only_after(Ev::execute);
    case Ev::ProcStart: return only_after(Ev::wirep);
    case Ev::MLock: return only_after(Ev::dolockOSThread);
    case Ev::MUnlock: return only_after(Ev::dounlockOSThread);
    case Ev::Exit:
      if (w.booted_all_ || m->id != 0) return only_after(Ev::exit);
      return true;
    case Ev::runqput:
      if (!w.g_ids_.has(1)) return only_after(Ev::GoCreate);
      break;
    case Ev::newm1:
    case Ev::malg:
      if (w.booted_ == kBootLength && l.g != m->last_g)
        return bad(string(l.name) + " comes on another stack than the event before it");
      break;
    case Ev::stackalloc:
      if (w.init_task_line_ == 0) return only_after(Ev::malg);
      break;
    case Ev::unlockOSThread:
      if (m->last == Ev::closechan && w.inits_begun_ != 2)
        return bad("doInit has been called " + n(w.inits_begun_) + " times, where it is called twice");
      break;
    default: break;
  }
  if (m->last == Ev::minit && m->id != 0 && l.ev != Ev::sysmon && l.ev != Ev::acquirep && l.ev != Ev::MStart)
    return bad(string(l.name) + " comes where acquirep is due");
  if (m->last == Ev::minit && m->id == 1 && l.ev != Ev::sysmon)
    return bad("m1 is sysmon's thread, and must run sysmon after minit");
  if (m->last == Ev::findrunnable && l.ev != Ev::runqget && l.ev != Ev::GlobrunqGet && l.ev != Ev::TimerFire &&
      !(l.ev == Ev::ProcStop && w.world_ != Model::World::runs))
    return bad(string(l.name) + " comes where runqget is due");
  // main.main comes directly after the init tasks; in a program built as a C archive or library the main goroutine ends
  // instead.
  if (m->id == 0 && w.unlocked_line_ != 0 && m->last_line >= w.unlocked_line_ && !w.booted_all_ &&
      l.ev != Ev::MUnlock && l.ev != Ev::main_main && l.ev != Ev::GoDestroy)
    return bad(string(l.name) + " comes where main.main is due");
  return true;
}

// What is due after this event.
void Rules::chain_goes_on() {
  if (l.ev == Ev::Choose) return;
  int64_t p = kAbsent;
  const Ev before = m->last;
  m->refused = false;
  m->last = l.ev;
  m->last_g = l.g;
  m->last_line = l.number;
  m->due = table().next[static_cast<size_t>(l.ev)];
  switch (l.ev) {
    case Ev::sysmon: m->booting = false; break;
    case Ev::MStart:
      if (!m->scheduled && m->id != 0) m->booting = false;  // the template thread, from which others are cloned
      if (m->booting) m->due = Ev::newosproc;
      break;
    case Ev::doInit: w.inits_begun_++; break;
    case Ev::lockOSThread: m->by_runtime = true; break;
    case Ev::unlockOSThread: m->by_runtime = true; break;
    case Ev::MLock:
      if (m->booting && !m->by_runtime) w.wired_by_init_ = true;
      m->by_runtime = false;
      break;
    case Ev::dounlockOSThread:
      if (m->by_runtime && w.main_ + 1 == kMainLength) w.unlocked_line_ = l.number;
      if (m->by_runtime && !w.wired_by_init_) m->due = Ev::MUnlock;
      m->by_runtime = false;
      break;
    case Ev::GoDestroy:
      if (s.g->wired != kAbsent) m->due = Ev::MExit;
      break;
    case Ev::makechan:
      if (before == Ev::gcenable) m->due = Ev::doInit;  // main_init_done
      break;
    case Ev::main_main:
      m->booting = false;
      w.booted_all_ = true;
      break;
    case Ev::runExitHooks: m->booting = true; break;
    case Ev::GoStart:
      m->booting = m->id == 0 && !w.booted_all_;
      if (m->booting) m->due = Ev::gogo;
      break;
    case Ev::schedule:
      if (m->wired == 0) m->due = Ev::findrunnable;
      m->scheduled = true;
      break;
    case Ev::ProcStart:
      if (m->booting && !m->scheduled && m->id != 0) m->due = Ev::schedule;
      break;
    case Ev::ProcStop:
      (void)l.num("p", &p);
      m->due_p = m->oldp_told = p;
      if (m->exiting || m->running != 0 || m->wired != 0) m->due = Ev::ProcHandoff;
      break;
    case Ev::ProcRetake: (void)l.num("p", &m->due_p); break;
    case Ev::GoSysCall:
    case Ev::ProcsChange: m->oldp_told = l.p; break;
    default: break;
  }
}

}  // namespace rt0trace
