// One step of the model: checks one line against the rules. See model.h for events that are written before or after
// the change that they report.
#pragma once

#include <span>

#include "model.h"

namespace rt0trace {

inline string n(int64_t v) { return std::to_string(v); }
inline string at_line(uint64_t line) { return line == 0 ? " from the start" : " since line " + std::to_string(line); }

inline const char* state_text(GState s) {
  switch (s) {
    case GState::runnable: return "is runnable";
    case GState::running: return "runs";
    case GState::waiting: return "waits";
    case GState::syscall: return "is in a system call";
    case GState::dead: return "has ended";
  }
  return "?";
}

// How many steps the boot has up to the first goroutine, and runtime.main up to main.main.
extern const size_t kBootLength, kMainLength;

// One step: the model, the line, and what becomes of it.
struct Rules {
  Model& w;
  const Line& l;
  Step& s;
  Violation v;
  Machine* m = nullptr;

  bool bad(const string& what) {
    v.line = l.number;
    v.what = what;
    v.text = string(l.text);
    return false;
  }
  void know(const string& fact) { v.known.push_back(fact); }
  bool bad(const string& what, const string& fact) {
    know(fact);
    return bad(what);
  }

  string about(const Goroutine& g) const {
    string t = "goroutine " + n(g.id) + " " + state_text(g.state);
    if (g.state == GState::waiting) t += " (" + g.reason + ")";
    if (g.state == GState::running || g.state == GState::syscall) t += " on m" + n(g.m);
    return t + at_line(g.since);
  }
  string about_gone(int64_t id) const {
    for (const Model::Death& d : w.deaths_)
      if (d.id == id) return "goroutine " + n(id) + " has ended on line " + std::to_string(d.line);
    return w.g_ids_.has(id) ? "goroutine " + n(id) + " has ended" : "no GoCreate has made goroutine " + n(id);
  }
  string about(const Machine& mp) const {
    if (mp.running == 0) return "m" + n(mp.id) + " runs no goroutine" + at_line(mp.since_g);
    return "m" + n(mp.id) + " runs goroutine " + n(mp.running) + at_line(mp.since_g);
  }
  string about_p_of(const Machine& mp) const {
    return "m" + n(mp.id) + (mp.p == kAbsent ? " has no P" : " has P " + n(mp.p)) + at_line(mp.since_p);
  }
  string about_p(int64_t id) const {
    auto it = w.ps_.find(id);
    if (it == w.ps_.end()) return "there is no P " + n(id) + ": GOMAXPROCS is " + n(w.nprocs_);
    const Processor& p = it->second;
    switch (p.state) {
      case PState::idle: return "P " + n(id) + " is idle" + at_line(p.since);
      case PState::held: return "P " + n(id) + " is m" + n(p.m) + "'s" + at_line(p.since);
      case PState::syscall:
        return "P " + n(id) + " went into a system call with m" + n(p.m) + " on line " + std::to_string(p.since);
    }
    return {};
  }

  Ev m0_last() const {
    auto it = w.ms_.find(0);
    return it == w.ms_.end() ? kUnknown : it->second.last;
  }
  Goroutine* find(int64_t id) {
    auto it = w.gs_.find(id);
    return it == w.gs_.end() || it->second.state == GState::dead ? nullptr : &it->second;
  }
  // The goroutine that the event's argument names; a violation if it does not live.
  Goroutine* subject(const char* key = "id") {
    int64_t id = 0;
    (void)l.num(key, &id);
    Goroutine* g = find(id);
    if (g == nullptr) {
      bad("an event of a goroutine that does not live", about_gone(id));
      return nullptr;
    }
    s.g = g;
    s.was = g->state;
    s.m_was = g->m;
    return g;
  }
  // The same; a violation also if the line's M does not run it.
  Goroutine* own() {
    Goroutine* g = subject();
    if (g == nullptr) return nullptr;
    if (g->state == GState::running && g->m == m->id) return g;
    know(about(*g));
    bad("goroutine " + n(g->id) + " does not run on m" + n(m->id), about(*m));
    return nullptr;
  }
  void moves(Goroutine* g, GState state) {
    w.runnable_ += (state == GState::runnable ? 1 : 0) - (g->state == GState::runnable ? 1 : 0);
    g->state = state;
  }
  void set(Goroutine* g, GState state) {
    moves(g, state);
    g->since = l.number;
    g->m = m->id;
  }
  void leaves(Goroutine* g, GState state) {
    set(g, state);
    m->running = 0;
    m->left = g->id;
    m->since_g = l.number;
  }
  void hold(int64_t p) {
    w.ps_[p] = {PState::held, m->id, l.number, false};
    m->p = p;
    m->since_p = l.number;
  }
  void drop_p(PState state) {
    w.ps_[m->p] = {state, m->id, l.number, false};
    m->p = kAbsent;
    m->since_p = l.number;
  }

  bool arguments();
  bool values();
  bool stack();
  bool chain();
  bool chain_of_thread();
  void chain_goes_on();
  bool world();
  bool boot();
  bool boot_step();
  bool in_order(std::span<const Ev> list, size_t* at, uint64_t* line);
  bool choice();
  bool panics(bool recovers);
  bool speaker();
  bool prefix_p();
  bool prefix_g();
  bool event();
  bool event_of_p();
  bool event_of_m();

  bool procs_change();
  bool proc_start();
  bool proc_stop();
  bool proc_retake();
  bool go_create();
  bool go_start();
  bool go_unblock();
  bool go_syscall();
  bool go_sysexit();
  bool go_destroy();
  bool m_start();
  bool m_wake();
  bool m_exit();
  bool m_lock(bool lock);
  bool init_task(bool begins);
  bool follow_line();
};

}  // namespace rt0trace
