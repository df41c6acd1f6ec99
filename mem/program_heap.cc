// The heap of a CHECKED program. Each object has a tail in the last bytes of its slot, and a pattern between its own
// last byte and the tail: delete finds there whether the program has written beyond the end. A deleted object is filled
// with another pattern and waits in a queue before its slot is used again: when it leaves the queue, or the program
// ends, a write since then is seen. A read after delete is not seen as such, but it reads the pattern: a pointer read
// from there is an address at which nothing lies. Such heaps are well known; Electric Fence and dmalloc are two
// of the oldest.
#if defined(RT0_CHECKED) && RT0_CHECKED

#include "mem/program_heap.h"

#include "base/lock.h"
#include "mem/mheap.h"
#include "mem/sizeclasses.h"
#include "mem/sysmem.h"

namespace rt0 {
namespace {

constexpr u8 kBeyond = 0xfd, kDeleted = 0xdf;
constexpr usize kQueued = 1024, kQueuedBytes = 4 << 20;  // the most that may wait

// The size is what was asked for. `proof` is computed from all else: if it is wrong, the tail was overwritten.
struct Tail {
  uintptr proof;
  usize size;
  uintptr deleted_by;  // a pc; 0: the object lives

  uintptr proof_of(uintptr object) const { return ~(object ^ size) + 31 * deleted_by; }
  void set(uintptr object, usize n, uintptr pc) {
    size = n, deleted_by = pc;
    proof = proof_of(object);
  }
  bool is_right(uintptr object, usize room) const { return size <= room && proof == proof_of(object); }
};

// An object's slot: bytes [0, room) are the object's and the pattern's, the tail comes after them.
struct Slot {
  u8* at;
  usize room;
  Tail* tail;

  explicit Slot(void* p)
      : at(static_cast<u8*>(p)), room(heap_usable(p) - sizeof(Tail)), tail(reinterpret_cast<Tail*>(at + room)) {}
  uintptr object() const { return reinterpret_cast<uintptr>(at); }
  // The first byte of [from, room) that is not `pattern`; room if there is none.
  usize other(usize from, u8 pattern) const {
    while (from < room && at[from] == pattern) from++;
    return from;
  }
  bool is_right() const { return tail->is_right(object(), room); }
  [[noreturn]] void fault(HeapFault::Kind kind, usize byte) const {
    // An overwritten tail tells nothing any more; the slot's size is known.
    if (!is_right()) fatal_heap({kind, object(), room, room, 0});
    fatal_heap({kind, object(), tail->size, byte, tail->deleted_by});
  }
  void check_deleted() const {
    const usize byte = other(0, kDeleted);
    if (byte < room || !is_right()) fault(HeapFault::after_delete, byte);
  }
};

// The deleted objects that wait, oldest first.
struct {
  Mutex lock;
  void* at[kQueued] GUARDED_BY(lock);
  usize first GUARDED_BY(lock);
  usize n GUARDED_BY(lock);
  usize bytes GUARDED_BY(lock);
} constinit queue{{{0}, LockRank::programheap}, {}, 0, 0, 0};

// Puts p at the end if it is not null, then takes the oldest one out if too many or too large ones wait, or if `all`;
// null if there is none to take. There is always room for p: a full queue gives up its oldest one at once.
void* exchange(void* p, bool all) {
  lock(&queue.lock);
  if (p != nullptr) {
    queue.at[(queue.first + queue.n++) % kQueued] = p;
    queue.bytes += heap_usable(p);
  }
  void* old = nullptr;
  if (queue.n > 0 && (all || queue.n == kQueued || queue.bytes > kQueuedBytes)) {
    old = queue.at[queue.first];
    queue.first = (queue.first + 1) % kQueued;
    queue.n--;
    queue.bytes -= heap_usable(old);
  }
  unlock(&queue.lock);
  return old;
}

// Whether new can have returned p. For any other pointer heap_free says what is wrong.
bool is_object(const void* p) {
  const uintptr a = reinterpret_cast<uintptr>(p);
  const MSpan* s = spanOf(a);
  return s != nullptr && s->state == SpanState::in_use && (a - s->base) % s->elemsize == 0;
}

}  // namespace

void* program_malloc(usize n, usize align) {
  usize with_tail;
  if (__builtin_add_overflow(n, sizeof(Tail), &with_tail)) with_tail = n;  // there is no such object: null
  void* p = mallocgc(with_tail, align);
  if (p == nullptr) return nullptr;
  const Slot slot(p);
  __builtin_memset(slot.at + n, kBeyond, slot.room - n);
  slot.tail->set(slot.object(), n, 0);
  return p;
}

void* program_malloc_or_die(usize n, usize align) {
  void* p = program_malloc(n, align);
  if (p == nullptr) fatal_out_of_memory(n);
  return p;
}

void* program_zeroed(usize n, usize align) {
  void* p = program_malloc(n, align);
  return p == nullptr ? nullptr : __builtin_memset(p, 0, n);
}

void program_free(void* p, uintptr caller) {
  if (p == nullptr || !is_object(p)) return heap_free(p);
  const Slot slot(p);
  if (!slot.is_right()) slot.fault(HeapFault::beyond_end, slot.room);
  const usize size = slot.tail->size;
  if (slot.tail->deleted_by != 0) slot.fault(HeapFault::deleted_twice, 0);
  const usize byte = slot.other(size, kBeyond);
  if (byte < slot.room) slot.fault(HeapFault::beyond_end, byte);
  slot.tail->set(slot.object(), size, caller);
  if (heap_usable(p) > kMaxSmallSize) return heap_free(p);  // its pages may be unmapped, or be another object's soon
  __builtin_memset(slot.at, kDeleted, slot.room);
  for (void* old = exchange(p, false); old != nullptr; old = exchange(nullptr, false)) {
    Slot(old).check_deleted();
    heap_free(old);
  }
}

usize program_usable(const void* p) {
  const Slot slot(const_cast<void*>(p));
  return slot.is_right() ? slot.tail->size : 0;
}

void program_heap_end() {
  while (void* p = exchange(nullptr, true)) Slot(p).check_deleted();
}

}  // namespace rt0

#endif
