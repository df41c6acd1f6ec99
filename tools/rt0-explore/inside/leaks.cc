// A goroutine that waits for a channel or a lock when main.main has returned, and that no other goroutine and no timer
// will ever wake, has leaked. To find them the program runs on without main, until nobody can run.
//
// A goroutine that uses variables of main's frame by reference uses memory that is gone then, as in any C++ program
// whose main does not wait for its threads. So whatever happens while the program runs on is no fault of the program's;
// only who still waits at the end counts, and only for what main could have done before it returned.
#include "inside.h"

namespace rt0::explore {

namespace {

// How long the program may run on: in choices, and in ns of virtual time.
constexpr u64 kMoreChoices = 10 * 1000;
constexpr i64 kMoreNs = 10 * i64{1000000000};
constexpr usize kNumber = 24;
constexpr uintptr kOwnText = 0x30000000;  // as inside.ld has it

constinit bool main_over = false;

bool waits_for_ever(const G* gp) {
  if (gp->system || gp->goid == 1 || gp->atomicstatus.load_relaxed() != GStatus::waiting) return false;
  switch (gp->waitreason) {
    case WaitReason::chan_receive_nil:
    case WaitReason::chan_send_nil:
    case WaitReason::chan_receive:
    case WaitReason::chan_send:
    case WaitReason::forever:
    case WaitReason::select:
    case WaitReason::semacquire:
    case WaitReason::cond_wait:
    case WaitReason::mutex_lock:
    case WaitReason::rwmutex_rlock:
    case WaitReason::rwmutex_lock:
    case WaitReason::waitgroup_wait: return true;
    default: return false;
  }
}

// Has main.main returned, and not called exit()? Then runtime.main has called the runtime's exit itself: going up the
// frames, only code of the runtime comes before it.
bool main_has_returned() {
  uintptr fp = Isa::frame_pointer();
  for (u32 i = 0; i < 16 && fp != 0; i++) {
    uintptr next = 0;
    // Less one: if the call is a function's last instruction, the return address lies in the function behind it.
    const uintptr pc = frame_return(fp, &next) - 1;
    if (pc >= reinterpret_cast<uintptr>(imports.main) && pc < imports.main_hi) return true;
    const bool own = pc >= kOwnText;
    if (!own && pc >= reinterpret_cast<uintptr>(imports.eruntimetext)) return false;
    fp = next;
  }
  return false;
}

void note_number(u64 n) {
  char text[kNumber];
  usize at = kNumber;
  do text[--at] = static_cast<char>('0' + n % 10);
  while ((n /= 10) != 0);
  note({text + at, kNumber - at});
}

}  // namespace

bool leaks_run_on(i32 status) {
  if (main_over || status != 0 || !main_has_returned()) return false;
  bool others = false;
  for (const G* gp = imports.allgs->load_acquire(); gp != nullptr; gp = gp->alllink.load_acquire())
    others |= !gp->system && gp->goid != 1 && gp->atomicstatus.load_relaxed() != GStatus::dead;
  if (!others) return false;
  main_over = true;
  sim::State& s = *imports.state;
  s.opt.limit_choices = s.choices + kMoreChoices;
  s.opt.limit_ns = min(s.opt.limit_ns, s.now + kMoreNs);
  s.next_deadline = min(s.next_deadline, s.opt.limit_ns);
  return true;
}

bool leaks_running_on() { return main_over; }

u32 leaks_left() {
  if (!main_over) return 0;
  u32 n = 0;
  // A run that was cut off says nothing: somebody could still run.
  const sim::State& s = *imports.state;
  if (s.choices >= s.opt.limit_choices || s.opt.limit_ns == sim::kNever) return 0;
  for (const G* gp = imports.allgs->load_acquire(); gp != nullptr; gp = gp->alllink.load_acquire()) {
    if (!waits_for_ever(gp)) continue;
    if (n++ == 0) written.text_len = 0;
    note("leak: goroutine ");
    note_number(gp->goid);
    note(" [");
    note(imports.wait_reason_text(gp->waitreason));
    note("], created by goroutine ");
    note_number(gp->parent_goid);
    if (gp->created.file != nullptr) {
      note(" at ");
      note(cstr(gp->created.file));
      note(":");
      note_number(static_cast<u64>(gp->created.line));
    }
    note("\n");
  }
  return n;
}

void leaks_restore() { main_over = false; }

}  // namespace rt0::explore
