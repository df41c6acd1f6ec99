// What happens at a later time without a thread's doing: a connection is answered, a delayed packet arrives.
// wake_expired() calls fire_due() when the time of the first event has come; the clock never jumps past an event.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

namespace {

struct Event {
  i64 due;
  File* file;
  void (*fire)(File*, u32);
  u32 arg;
  Event* next;
};

constinit Event* events = nullptr;  // the earliest first; of equal times, the one that was asked for first
constinit Event* unused = nullptr;

void set_due() {
  state.event_due = events != nullptr ? events->due : kNever;
  if (state.event_due < state.next_deadline) state.next_deadline = state.event_due;
}

// Takes the event off the list at *at.
Event drop(Event** at) {
  Event* e = *at;
  const Event was = *e;
  *at = e->next;
  e->next = unused;
  unused = e;
  return was;
}

void fire_due() {
  while (events != nullptr && events->due <= state.now) {
    const Event e = drop(&events);
    e.fire(e.file, e.arg);
  }
  set_due();
}

}  // namespace

void event_add(i64 due, File* f, void (*fire)(File*, u32), u32 arg) {
  if (unused == nullptr) {
    constexpr usize kBlock = 16 * 1024;
    Event* more = static_cast<Event*>(pages(kBlock));
    for (usize i = 0; i < kBlock / sizeof(Event); i++) {
      more[i].next = unused;
      unused = &more[i];
    }
  }
  Event* e = unused;
  unused = e->next;
  Event** at = &events;
  while (*at != nullptr && (*at)->due <= due) at = &(*at)->next;
  *e = {due, f, fire, arg, *at};
  *at = e;
  state.event_fire = fire_due;
  set_due();
}

void events_drop(const File* f) {
  for (Event** at = &events; *at != nullptr;) {
    if ((*at)->file == f) (void)drop(at);
    else at = &(*at)->next;
  }
  set_due();
}

}  // namespace rt0::sim
