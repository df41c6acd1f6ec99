// A schedule that is given as the choices in which it differs from the plain one; there every choice is the first
// alternative: the running thread goes on, nobody is preempted, Go's order of goroutines, no fault. A choice is named
// by what it is about: its kind, its resource, and how many choices of this kind about this resource came before. So a
// schedule still makes sense when one of its choices is left out, or when the program has changed a little: what does
// not come up is not chosen.
#include "inside.h"

namespace rt0::explore {

namespace {

constexpr usize kFlipBytes = 24, kTrailBytes = 56;
constexpr u32 kPlaces = 3;
constexpr u32 kSlots = 1 << 16, kMostTrail = 1 << 20;
// A thread that could go on is passed over after so many choices in a row: it may wait in a loop for another one.
constexpr u32 kMostTurns = 2000;

struct Count {
  u64 key;
  u32 run;  // the run that has counted it
  u32 n;
};
struct Flip {
  u64 key, ordinal;
  u32 pick;
};
struct Trail {
  u64 on, who;
  u64 places[kPlaces];
  u32 n, pick;
  u8 kind, on_kind;
};

constinit Count* counts = nullptr;
constinit Flip* flips = nullptr;
constinit u32* flip_slots = nullptr;  // by hash: the index of a flip, plus one
constinit u64 nflips = 0;
constinit Trail* trail = nullptr;
constinit u32 ntrail = 0, turns = 0;

u64 mix(u64 v) {
  v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
  v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
  return v ^ (v >> 31);
}

// No two kinds and resources have the same key.
u64 key_of(u8 kind, u8 on_kind, u64 on) { return on << 16 | u64{on_kind} << 8 | kind; }

u64 ordinal_of(u64 key) {
  for (u64 at = mix(key);; at++) {
    Count& c = counts[at % kSlots];
    if (c.run != run_number) c = {key, run_number, 0};
    if (c.key == key) return c.n++;
  }
}

Flip* flip_at(u64 key, u64 ordinal) {
  for (u64 at = mix(key ^ mix(ordinal));; at++) {
    const u32 i = flip_slots[at % kSlots];
    if (i == 0) return nullptr;
    if (flips[i - 1].key == key && flips[i - 1].ordinal == ordinal) return &flips[i - 1];
  }
}

// The innermost places in the program's own code that have led to this choice; the rest are 0. More than one, because
// functions of rt0's headers are the program's code, too.
void find_places(u64* places) {
  uintptr fp = Isa::frame_pointer();
  u32 found = 0;
  for (u32 i = 0; i < 32 && fp != 0 && found < kPlaces; i++) {
    uintptr next = 0;
    const uintptr pc = frame_return(fp, &next) - 1;
    if (pc >= reinterpret_cast<uintptr>(imports.programtext) && pc < reinterpret_cast<uintptr>(imports.eprogramtext))
      places[found++] = pc;
    fp = next;
  }
  while (found < kPlaces) places[found++] = 0;
}

u64 number(const u8* p, usize bytes) {
  u64 v = 0;
  for (usize i = 0; i < bytes; i++) v |= u64{p[i]} << (8 * i);
  return v;
}

u8* put(u8* p, u64 v, usize bytes) {
  for (usize i = 0; i < bytes; i++) *p++ = static_cast<u8>(v >> (8 * i));
  return p;
}

}  // namespace

u32 choice_made(Made c) {
  const u8 kind = static_cast<u8>(c.kind), on_kind = static_cast<u8>(c.on.kind());
  const u64 on = static_cast<u64>(c.on.id()), key = key_of(kind, on_kind, on);
  u32 pick = 0;
  if (Flip* f = flip_at(key, ordinal_of(key)); f != nullptr && f->pick < c.n) pick = f->pick;
  if (c.kind == Choice::run) {
    turns = pick == 0 ? turns + 1 : 0;
    if (turns > kMostTurns) pick = 1, turns = 0;
  }
  if (trail != nullptr && ntrail < kMostTrail) {
    const G* gp = getg()->m->curg.load_relaxed();
    Trail& t = trail[ntrail++];
    t = {on, gp == nullptr ? 0 : gp->goid, {}, c.n, pick, kind, on_kind};
    find_places(t.places);
  }
  return pick;
}

void play_flips(u64 n) {
  constexpr u64 kMost = kSlots / 2;
  if (n > kMost) die("a schedule has too many choices");
  if (counts == nullptr) {
    counts = static_cast<Count*>(own_memory(kSlots * sizeof(Count)));
    flips = static_cast<Flip*>(own_memory(kMost * sizeof(Flip)));
    flip_slots = static_cast<u32*>(own_memory(kSlots * sizeof(u32)));
    trail = static_cast<Trail*>(own_memory(kMostTrail * sizeof(Trail)));
  }
  for (u64 i = 0; i < nflips; i++) {
    const u64 at = mix(flips[i].key ^ mix(flips[i].ordinal));
    for (u64 k = at; flip_slots[k % kSlots] != 0; k++) flip_slots[k % kSlots] = 0;
  }
  nflips = n;
  for (u64 i = 0; i < n; i++) {
    u8 b[kFlipBytes];
    read_exactly(b, kFlipBytes);
    flips[i] = {key_of(b[0], b[1], number(b + 8, 8)), number(b + 16, 8), static_cast<u32>(number(b + 4, 4))};
    u64 at = mix(flips[i].key ^ mix(flips[i].ordinal));
    while (flip_slots[at % kSlots] != 0) at++;
    flip_slots[at % kSlots] = static_cast<u32>(i + 1);
  }
}

void play_restore() { ntrail = turns = 0; }

void play_trail() {
  u8 b[kTrailBytes];
  (void)put(b, ntrail, 4);
  write_exactly(b, 4);
  for (u32 i = 0; i < ntrail; i++) {
    const Trail& t = trail[i];
    u8* p = put(b, t.kind, 1);
    p = put(p, t.on_kind, 1);
    p = put(p, 0, 2);
    p = put(p, t.n, 4);
    p = put(p, t.pick, 4);
    p = put(p, 0, 4);
    p = put(p, t.on, 8);
    p = put(p, t.who, 8);
    for (u64 place : t.places) p = put(p, place, 8);
    write_exactly(b, kTrailBytes);
  }
}

}  // namespace rt0::explore
