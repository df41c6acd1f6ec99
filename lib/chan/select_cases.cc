// select over an array of cases. Go: reflect.Select, rselect.
#include "mem/malloc.h"
#include "rt0/select.h"
#include "sched/above.h"

namespace rt0 {

namespace {

constexpr usize kMostOnStack = 8, kMostBytesOnStack = 256, kAlign = 16;

// Memory of `need` bytes: the caller's own if its `room` is large enough, else from the heap.
struct Scratch {
  void* mem;
  bool heap;

  Scratch(void* own, usize room, usize need) : mem(own), heap(need > room) {
    if (heap) mem = malloc_or_die(need, kAlign);
  }
  void free() {
    if (heap) heap_free(mem);
  }
};

}  // namespace

Selected select_cases(const SelectCase* cases, usize n) {
  using Dir = SelectCase::Dir;
  if (n == 0) block_forever();
  if (n > detail::kMaxSelectCases) panic_plain("reflect.Select: too many cases (max 65536)");
  int fallback = -1;
  usize largest = 0, packs = 0;
  for (usize i = 0; i < n; i++) {
    if (cases[i].dir == Dir::recv) largest = largest < cases[i].size ? cases[i].size : largest;
    if (cases[i].pack != nullptr) packs = n;
    if (cases[i].dir != Dir::otherwise) continue;
    if (fallback >= 0) panic("reflect.Select: multiple default cases");
    fallback = static_cast<int>(i);
  }
  detail::SelectOp own_ops[kMostOnStack];
  alignas(kAlign) u8 own_value[kMostBytesOnStack];
  Scratch ops_mem(own_ops, sizeof own_ops, n * sizeof(detail::SelectOp));
  // All receive cases share one piece of memory for the value: only the chosen case writes to it.
  Scratch value_mem(own_value, sizeof own_value, largest);
  // For values that a channel transports as a pointer: packed[i] is the pointer of cases[i].
  void* own_packed[kMostOnStack];
  Scratch packed_mem(own_packed, sizeof own_packed, packs * sizeof(void*));
  void** packed = static_cast<void**>(packed_mem.mem);
  auto* ops = static_cast<detail::SelectOp*>(ops_mem.mem);
  usize packed_n = 0;  // of the first packed_n cases the values are packed
  const auto unpack = [&](int chosen) {
    for (usize i = 0; i < packed_n; i++)
      if (cases[i].pack != nullptr && static_cast<int>(i) != chosen) cases[i].unpack(cases[i].value, packed[i]);
    packed_n = 0;
  };
  const auto free_memory = [&] {
    packed_mem.free();
    value_mem.free();
    ops_mem.free();
  };
  // A value's move constructor may panic, and so does a send on a closed channel.
  const detail::Undo back([&] {
    unpack(-1);
    free_memory();
  });
  for (usize i = 0; i < n; i++) {
    const SelectCase& cs = cases[i];
    ops[i].c = cs.dir == Dir::otherwise ? nullptr : cs.c;
    ops[i].elem = cs.dir == Dir::send ? cs.value : value_mem.mem;
    ops[i].is_send = cs.dir == Dir::send;
    if (cs.pack == nullptr) continue;
    packed[i] = cs.pack(cs.value);
    ops[i].elem = &packed[i];
    packed_n = i + 1;
  }
  const detail::SelectResult r = detail::selectgo(ops, n, fallback < 0);
  const int chosen = r.index < 0 ? fallback : static_cast<int>(r.index);
  unpack(chosen);
  const SelectCase& cs = cases[chosen];
  if (cs.finish != nullptr) cs.finish(cs.value, value_mem.mem, r.received);
  free_memory();
  return {chosen, cs.dir == Dir::recv && r.received};
}

}  // namespace rt0
