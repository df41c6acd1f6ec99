// Goroutines that the program wires to their threads, and the template thread, which makes new threads for them. Linked
// into programs that call lock_os_thread. Go: proc.go LockOSThread, startTemplateThread.
//
// A new thread inherits much from the one that makes it: its name, the CPUs it may run on, namespaces, credentials. A
// wired goroutine may have changed these, for it has its thread to itself. So an M that the program has wired makes no
// threads: it gives the new M to the template thread, which runs no goroutine and is started before the first goroutine
// is wired.
#include "sched/mthread.h"
#include "sched/proc.h"

namespace rt0 {

namespace {

constinit Atomic<u32> have_template_thread{0};

// New Ms that wait for the template thread to make their threads. Go: newmHandoff.
constinit Mutex handoff_lock{{0}, LockRank::newmHandoff};
constinit M* handoff_list GUARDED_BY(handoff_lock) = nullptr;     // by schedlink
constinit bool handoff_waiting GUARDED_BY(handoff_lock) = false;  // the template thread sleeps on the note
constinit Note handoff_wake{};

// On any M. The thread that makes handoff_waiting false must wake the template thread, once.
void hand_over(M* mp) {
  Locked l(&handoff_lock);
  mp->schedlink = handoff_list;
  handoff_list = mp;
  if (!handoff_waiting) return;
  handoff_waiting = false;
  notewakeup(&handoff_wake);
}

// Sleeps until there is an M to be made. Returns the list of all.
M* next_list() {
  for (;;) {
    lock(&handoff_lock);
    M* list = handoff_list;
    handoff_list = nullptr;
    if (list == nullptr) {
      handoff_waiting = true;
      noteclear(&handoff_wake);
    }
    unlock(&handoff_lock);
    if (list != nullptr) return list;
    notesleep(&handoff_wake);
  }
}

// The body of the thread, on g0. Like sysmon it has no P and does not count in checkdead.
void templateThread() RT0_SYM("runtime.templateThread");
void templateThread() {
  lock(&sched.lock);
  sched.nmsys++;
  checkdead();
  unlock(&sched.lock);
  getg()->m->booting = false;
  for (;;) {
    for (M* mp = next_list(); mp != nullptr;) {
      M* next = mp->schedlink;  // read first: the M may run, and use the field, as soon as it is made
      mp->schedlink = nullptr;
      newm1(mp);
      mp = next;
    }
  }
}

// Called before the goroutine is wired. If it is wired already, the template thread exists, and nothing happens.
void startTemplateThread() RT0_SYM("runtime.startTemplateThread");
void startTemplateThread() {
  if (have_template_thread.load_relaxed() != 0 || !have_template_thread.cas_acqrel(0, 1)) return;
  systemstack([] { newm(templateThread, nullptr, false, -1); });
  // Only now, because the newm above must make the thread itself. Another goroutine may have found have_template_thread
  // set and be wired already: until this store its M still makes threads by itself.
  newm_handoff.store_release(hand_over);
}

}  // namespace

void lock_os_thread() {
  startTemplateThread();
  M* mp = getg()->m;
  check(++mp->lockedExt != 0, "LockOSThread nesting overflow");
  dolockOSThread();
}

void unlock_os_thread() {
  M* mp = getg()->m;
  if (mp->lockedExt == 0) return;
  mp->lockedExt--;
  dounlockOSThread();
}

}  // namespace rt0
