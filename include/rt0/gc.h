// Finalizers. Go: runtime.SetFinalizer, runtime.GC.
//
//   auto* c = new Connection(…);
//   set_finalizer(c, [](Connection* c) { delete c; });
//
// Memory is the program's own: what it makes with new, it deletes; there is no collector yet. gc() looks which of the
// objects with a finalizer nothing points to any more, and has their finalizers called, which may delete them.
//
// Every word on the stacks, in the globals and in objects of the heap is taken for a pointer, also one into the middle
// of an object, so an object may be kept by a word that looks like its address. Objects of the heap count as alive, but
// for those with a finalizer, which are if a living one leads to them. What is in memory that the program has from
// elsewhere (os::, C code's mmap) is not looked at.
#pragma once

namespace rt0 {

namespace detail {

template <class T>
struct SameType {
  using Type = T;
};
void set_finalizer(void* object, void (*call)(void* f, void* object), void* f) __asm__("runtime.SetFinalizer");

}  // namespace detail

// f(object) is called, by a goroutine that calls one finalizer after the other, after a gc() that found nothing that
// points to *object. Once: f may make it reachable again, and set the same or another finalizer. f = nullptr: no
// finalizer any more, which is needed before *object is deleted elsewhere than in f. object comes from new; else, or if
// it has a finalizer already, the program ends.
template <class T>
void set_finalizer(T* object, void (*f)(typename detail::SameType<T>::Type*)) {
  detail::set_finalizer(
      object, [](void* fn, void* o) { reinterpret_cast<void (*)(T*)>(fn)(static_cast<T*>(o)); },
      reinterpret_cast<void*>(f));
}

// Finds unreachable objects with finalizers, and lets other goroutines run, the finalizers' among them. Stops the
// world. Then memory of free stacks goes back to the kernel.
void gc() __asm__("runtime.GC");

}  // namespace rt0
