// Destructors of globals, and of variables in functions, do not run when the program ends: as in Go, nothing does then,
// for other goroutines may still use them. Compilers register each such destructor after its constructor has run; that
// is accepted, and forgotten. Linked only into programs that have one.
namespace rt0 {

extern "C" {
// 0: registered.
int __cxa_atexit(void (*destroy)(void*), void* object, void* dso);
int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }

// The same under arm's name, with the arguments in another order.
int __aeabi_atexit(void* object, void (*destroy)(void*), void* dso);
int __aeabi_atexit(void*, void (*)(void*), void*) { return 0; }

// Names the executable among shared libraries. Only its address is used.
extern void* const __dso_handle;
constinit void* const __dso_handle = nullptr;
}

}  // namespace rt0
