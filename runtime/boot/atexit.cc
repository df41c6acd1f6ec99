// Destructors of globals, and of static variables in functions, do not run when the program ends, because other
// goroutines may still use these objects. Compilers register each such destructor after its constructor has run; the
// functions here accept that and do nothing. Linked only into programs with such an object.
namespace rt0 {

extern "C" {
// The result 0 means that the destructor is registered.
int __cxa_atexit(void (*destroy)(void*), void* object, void* dso);
int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }

// The same under arm's name, with the arguments in another order.
int __aeabi_atexit(void* object, void (*destroy)(void*), void* dso);
// Weak, because libstdc++ has the same function, and the linker may take that one first.
[[gnu::weak]] int __aeabi_atexit(void*, void (*)(void*), void*) { return 0; }

// Names the executable among shared libraries. Only its address is used.
extern void* const __dso_handle;
constinit void* const __dso_handle = nullptr;
}

}  // namespace rt0
