// What a collector needs to know of objects: which one an address lies in, and a bit for each that says it was found. Go: mbitmap.go.
// Linked only into programs that use it. All of it with the world stopped.
#pragma once

#include "mem/mheap.h"

namespace rt0 {

struct ObjectRef {
  MSpan* span;  // null: there is no object
  u32 index;

  uintptr base() const { return span->base + index * span->elemsize; }
  usize size() const { return span->elemsize; }
  bool noscan() const { return (span->spanclass & 1) != 0; }  // holds no pointers
};

// The object in which `a` lies, wherever in it. In a release build it may be a free one that was handed out before. Go: findObject.
ObjectRef find_object(uintptr a);

// Sets its bit: true if that was not set. False also if there is no memory for the bits: see gcmark_failed. Go: greyobject.
bool gcmark(ObjectRef o);
bool gcmarked(ObjectRef o);
extern bool gcmark_failed;
// Before a cycle: nothing is marked.
void gcmark_clear();

}  // namespace rt0
