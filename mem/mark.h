// For a collector: finds the object in which an address lies, and has a mark bit for each object. Go: mbitmap.go.
// Linked only into programs that use it. All functions are called with the world stopped.
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

// The object in which `a` lies, at its beginning or in its middle. The object may have been freed. Go: findObject.
ObjectRef find_object(uintptr a);

// Sets the object's bit; true if it was not set before. False also if there is no memory for the bits: then
// gcmark_failed is set. Go: greyobject.
bool gcmark(ObjectRef o);
bool gcmarked(ObjectRef o);
extern bool gcmark_failed;
// Before a cycle: clears all marks.
void gcmark_clear();

}  // namespace rt0
