// The rules of each event: the state that it demands, and the state after it.
#include "rules.h"

namespace rt0trace {

namespace {

constexpr int64_t kMaxProcs = 1 << 20;

}  // namespace

bool Rules::procs_change() {
  int64_t count = 0;
  (void)l.num("n", &count);
  if (count < 1 || count > kMaxProcs) return bad("GOMAXPROCS can't be " + n(count));
  if (m->booting ? m->last != Ev::procresize : w.world_ != Model::World::stopped || w.world_m_ != m->id)
    return bad("the number of Ps changes, but the world is not stopped by m" + n(l.m));
  if (w.world_ == Model::World::stopped) w.world_ = Model::World::resized;
  // The world is stopped: no M but the one that writes the line has a P, and an M in a system call has lost its P.
  for (auto& [id, p] : w.ps_) {
    if (p.state == PState::held && p.m != m->id)
      return bad("the number of Ps changes while another M holds one", about_p(id));
    if (p.state == PState::syscall) {
      s.taken.emplace_back(id, p.m);
      p = {PState::idle, kAbsent, l.number, false};
    }
  }
  s.p = m->p;
  if (m->p >= count) {
    s.lost_p = true;
    drop_p(PState::idle);
  }
  w.ps_.erase(w.ps_.lower_bound(count), w.ps_.end());
  w.nprocs_ = count;
  return true;
}

bool Rules::proc_start() {
  int64_t p = 0;
  (void)l.num("p", &p);
  s.p = p;
  if (l.p != p)
    return bad("m" + n(l.m) + " takes P " + n(p) + ", but the line has p" + (l.p == kAbsent ? "-" : n(l.p)));
  if (p < 0 || p >= w.nprocs_) return bad("there is no P " + n(p), "GOMAXPROCS is " + n(w.nprocs_));
  if (m->p != kAbsent) return bad("m" + n(l.m) + " takes a second P", about_p_of(*m));
  Processor& pp = w.ps_.try_emplace(p, Processor{PState::idle, kAbsent, 0, false}).first->second;
  if (pp.state != PState::idle) return bad("m" + n(l.m) + " takes a P that is not idle", about_p(p));
  hold(p);
  return true;
}

bool Rules::proc_stop() {
  int64_t p = 0;
  (void)l.num("p", &p);
  s.p = p;
  if (p != l.p) return bad("m" + n(l.m) + " gives up P " + n(p) + ", which it does not have", about_p_of(*m));
  const Goroutine* g = m->running != 0 ? find(m->running) : nullptr;
  if (g != nullptr && g->state == GState::running)
    return bad("m" + n(l.m) + " gives up its P while it runs a goroutine", about(*m));
  if (m->p == kAbsent) m->p = p;  // in a system call: prefix_p has checked that the P is still this M's
  drop_p(PState::idle);
  w.ps_[p].m = kAbsent;
  return true;
}

bool Rules::proc_retake() {
  int64_t p = 0;
  (void)l.num("p", &p);
  s.p = p;
  auto it = w.ps_.find(p);
  if (it == w.ps_.end() || it->second.state != PState::syscall)
    return bad("a P is retaken that is in no system call", about_p(p));
  s.taken.emplace_back(p, it->second.m);
  it->second = {PState::idle, kAbsent, l.number, false};
  return true;
}

bool Rules::go_create() {
  int64_t id = 0;
  (void)l.num("new", &id);
  if (id < 1) return bad("a goroutine's id is 1 or more");
  if (const Goroutine* g = find(id)) return bad("goroutine " + n(id) + " exists already", about(*g));
  if (w.g_ids_.has(id)) return bad("an id that has been given out before", about_gone(id));
  if (m->p == kAbsent) return bad("a goroutine is made without a P", about_p_of(*m));
  w.g_ids_.add(id);
  Goroutine& g = w.gs_[id];
  g = {};
  g.id = id;
  g.since = l.number;
  w.runnable_++;
  s.g = &g;
  return true;
}

bool Rules::go_start() {
  Goroutine* g = subject();
  if (g == nullptr) return false;
  if (g->state != GState::runnable) return bad("goroutine " + n(g->id) + " is started, but is not runnable", about(*g));
  if (m->running != 0) return bad("m" + n(l.m) + " starts a goroutine while it runs another", about(*m));
  if (m->p == kAbsent) return bad("a goroutine is started without a P", about_p_of(*m));
  if (g->wired != kAbsent && g->wired != m->id)
    return bad("goroutine " + n(g->id) + " is wired to another M", "MLock has wired it to m" + n(g->wired));
  if (m->wired != 0 && m->wired != g->id)
    return bad("m" + n(l.m) + " is wired to another goroutine", "MLock has wired it to goroutine " + n(m->wired));
  if (m->coming != 0 && m->coming != g->id)
    return bad("goroutine " + n(g->id) + " is started where goroutine " + n(m->coming) + " has spoken already");
  m->coming = 0;
  set(g, GState::running);
  m->running = g->id;
  m->since_g = l.number;
  m->oldp = kAbsent;
  return true;
}

bool Rules::go_unblock() {
  Goroutine* g = subject();
  if (g == nullptr) return false;
  if (g->state != GState::waiting) return bad("goroutine " + n(g->id) + " is unblocked, but does not wait", about(*g));
  moves(g, GState::runnable);  // its M stays the one that ran it last: that M may still be on its stack
  g->since = l.number;
  return true;
}

bool Rules::go_syscall() {
  Goroutine* g = own();
  if (g == nullptr) return false;
  if (m->p == kAbsent) return bad("a goroutine runs without a P", about_p_of(*m));
  if (g->owes_sysexit)
    return bad("goroutine " + n(g->id) + " enters a system call before the event that ends its last one", about(*g));
  set(g, GState::syscall);
  m->oldp = s.p = m->p;
  drop_p(PState::syscall);
  return true;
}

bool Rules::go_sysexit() {
  Goroutine* g = subject();
  if (g == nullptr) return false;
  if (g->state == GState::running && g->m == m->id && g->owes_sysexit) {
    g->owes_sysexit = false;
    return true;
  }
  if (g->state != GState::syscall || g->m != m->id)
    return bad("goroutine " + n(g->id) + " is in no system call on m" + n(l.m), about(*g));
  if (l.p == kAbsent) return bad("goroutine " + n(g->id) + " runs on without a P", about_p_of(*m));
  if (m->p == kAbsent) {  // prefix_p has checked that the M may have the P
    if (const int64_t from = w.ps_[l.p].m; from != m->id) s.taken.emplace_back(l.p, from);
    else s.regained = true;
    hold(l.p);
  }
  s.p = m->p;
  m->oldp = kAbsent;
  set(g, GState::running);
  return true;
}

bool Rules::go_destroy() {
  Goroutine* g = own();
  if (g == nullptr) return false;
  leaves(g, GState::dead);
  if (g->wired != kAbsent) m->wired = 0;
  w.buried_ = g->id;  // removed by the next step, so that the commands can look at it now
  constexpr size_t kDeaths = 1024;
  if (w.deaths_.size() < kDeaths) w.deaths_.push_back({g->id, l.number});
  else w.deaths_[w.next_death_] = {g->id, l.number};
  w.next_death_ = (w.next_death_ + 1) % kDeaths;
  return true;
}

bool Rules::m_start() {
  int64_t id = 0;
  (void)l.num("new", &id);
  if (id < 1 || w.m_ids_.has(id)) return bad("m" + n(id) + " is started, but has been started before");
  w.m_ids_.add(id);
  Machine& mp = w.ms_[id];
  mp.id = id;
  mp.booting = true;
  mp.since = mp.since_g = mp.since_p = l.number;
  return true;
}

bool Rules::m_wake() {
  int64_t id = 0;
  (void)l.num("id", &id);
  auto it = w.ms_.find(id);
  if (it == w.ms_.end())
    return bad("m" + n(id) + " is woken, but does not exist", "it has ended, or no MStart has started it");
  Machine& mp = it->second;
  if (mp.woken) return bad("m" + n(id) + " is woken twice", "it has said nothing since it was woken");
  mp.woken = true;
  if (mp.stopped) {
    mp.stopped = false;
    return true;
  }
  // An M that sleeps until its locked goroutine is runnable writes no MStop.
  const Goroutine* g = mp.wired != 0 ? find(mp.wired) : nullptr;
  if (g != nullptr && g->state == GState::runnable) return true;
  if (g != nullptr) know(about(*g));
  return bad("m" + n(id) + " is woken, but does not sleep",
             mp.wired == 0 ? "it is wired to no goroutine, and no MStop has put it to sleep"
                           : "it is wired to goroutine " + n(mp.wired));
}

bool Rules::m_exit() {
  if (m->running != 0) return bad("m" + n(l.m) + " ends while it runs a goroutine", about(*m));
  m->exiting = true;
  m->since = l.number;
  constexpr size_t kEndedMs = 1024;  // an ended M may still hand over its P, so the last ones are kept
  w.ended_ms_.push_back(m->id);
  if (w.ended_ms_.size() > kEndedMs) {
    w.ms_.erase(w.ended_ms_.front());
    w.ended_ms_.pop_front();
  }
  return true;
}

bool Rules::m_lock(bool lock) {
  Goroutine* g = own();
  if (g == nullptr) return false;
  if (lock && g->wired != kAbsent && g->wired != m->id)
    return bad("goroutine " + n(g->id) + " is wired to another M", "MLock has wired it to m" + n(g->wired));
  if (!lock && g->wired != m->id) return bad("goroutine " + n(g->id) + " is not wired to m" + n(l.m), about(*g));
  g->wired = lock ? m->id : kAbsent;
  m->wired = lock ? g->id : 0;
  return true;
}

bool Rules::init_task(bool begins) {
  const string name = decoded(l.arg("name"));
  if (begins) {
    if (w.init_task_line_ != 0)
      return bad("the init task " + printable(name) + " begins before another has ended",
                 printable(w.init_task_) + " has begun on line " + std::to_string(w.init_task_line_));
    w.init_task_ = name;
    w.init_task_line_ = l.number;
    return true;
  }
  if (w.init_task_line_ == 0 || w.init_task_ != name)
    return bad("the init task " + printable(name) + " ends, but has not begun",
               w.init_task_line_ == 0 ? "no init task runs" : "the task that runs is " + printable(w.init_task_));
  w.init_task_line_ = 0;
  return true;
}

}  // namespace rt0trace
