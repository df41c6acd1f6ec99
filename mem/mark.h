// What a collector needs to know of objects: in which one an address lies, and a bit for each object that says whether
// it was found. Go: mbitmap.go. Linked only into programs that use it. All of it with the world stopped.
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

// The object in which `a` lies, be it the object's middle. In a release build this may be an object that has been freed
// since. Go: findObject.
ObjectRef find_object(uintptr a);

// Sets the object's bit; true if it was not set before. False also if there is no memory for the bits: then
// gcmark_failed is set. Go: greyobject.
bool gcmark(ObjectRef o);
bool gcmarked(ObjectRef o);
extern bool gcmark_failed;
// Before a cycle: clears all marks.
void gcmark_clear();

}  // namespace rt0
