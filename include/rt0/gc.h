// Finalizers. Go: runtime.SetFinalizer, runtime.GC.
//
//   auto* c = new Connection(…);
//   set_finalizer(c, [](Connection* c) { delete c; });
//
// A program must delete the objects that it makes with new; there is no collector that frees them yet. gc() finds the
// objects with a finalizer that nothing points to any more, and has their finalizers called, which may delete them.
//
// Every word on the stacks, in the globals and in objects of the heap counts as a possible pointer, also into the
// middle of an object; so a word that looks like an object's address may keep the object. Objects of the heap without a
// finalizer count as alive. An object with a finalizer is alive if a pointer leads to it from a root or an object that
// is alive. Memory that the program has from elsewhere (mmap by C code, for example) is not searched.
#pragma once

namespace rt0 {

namespace detail {

template <class T>
struct SameType {
  using Type = T;
};
void set_finalizer(void* object, void (*call)(void* f, void* object), void* f) __asm__("runtime.SetFinalizer");

}  // namespace detail

// Sets the finalizer of *object. f, a function or a lambda without captures, is called once with `object`, after a gc()
// that found nothing that points to *object. One goroutine calls all finalizers, one after the other. f may make the
// object reachable again, and set the same or another finalizer. f = nullptr removes the finalizer, which is necessary
// before other code than f deletes the object. object: an address that new has returned. For a global nothing is done,
// because it is always reachable. Any other address, and an object that has a finalizer already, is a fatal error.
template <class T>
void set_finalizer(T* object, void (*f)(typename detail::SameType<T>::Type*)) {
  detail::set_finalizer(
      object, [](void* fn, void* o) { reinterpret_cast<void (*)(T*)>(fn)(static_cast<T*>(o)); },
      reinterpret_cast<void*>(f));
}

// Finds unreachable objects with finalizers, with the world stopped, then yields, so that the finalizers can run. Also
// gives the memory of free stacks back to the kernel. In a simulation it is a fatal error if there are finalizers,
// because what lies on stacks decides which objects are reachable, and differs between ISAs.
namespace runtime {
void gc() __asm__("runtime.GC");
}
#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using runtime::gc;
#endif

}  // namespace rt0
