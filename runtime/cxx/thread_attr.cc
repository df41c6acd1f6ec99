// pthread_attr_t and the like: what a thread is asked to be. Only PTHREAD_CREATE_DETACHED has an effect. A stack's size
// is checked and kept, but a goroutine's stack has its own size: rt0::go_with starts one with another. Goroutines have
// no priorities, and there is no other scope of scheduling: the default is accepted, everything else is ENOTSUP.
#include "kernel_iface/errno.h"
#include "mem/stack.h"
#include "runtime/cxx/pthread.h"
#include "sched/above.h"

namespace rt0 {

extern "C" {
int pthread_attr_init(CThreadAttr* a);
int pthread_attr_init(CThreadAttr* a) {
  __builtin_memset(a, 0, kThreadAttrBytes);
  a->stack_bytes = kStackDefault;
  return 0;
}
int pthread_attr_destroy(CThreadAttr* a);
int pthread_attr_destroy(CThreadAttr*) { return 0; }
int pthread_attr_setdetachstate(CThreadAttr* a, int detached);
int pthread_attr_setdetachstate(CThreadAttr* a, int detached) {
  if (detached != 0 && detached != 1) return c_error(Errno::inval);
  a->detached = detached;
  return 0;
}
int pthread_attr_getdetachstate(const CThreadAttr* a, int* detached);
int pthread_attr_getdetachstate(const CThreadAttr* a, int* detached) {
  *detached = a->detached;
  return 0;
}
int pthread_attr_setstacksize(CThreadAttr* a, usize bytes);
int pthread_attr_setstacksize(CThreadAttr* a, usize bytes) {
  constexpr usize kLeast = 16384;  // PTHREAD_STACK_MIN
  if (bytes < kLeast) return c_error(Errno::inval);
  a->stack_bytes = bytes;
  return 0;
}
int pthread_attr_getstacksize(const CThreadAttr* a, usize* bytes);
int pthread_attr_getstacksize(const CThreadAttr* a, usize* bytes) {
  *bytes = a->stack_bytes;
  return 0;
}
int pthread_attr_setguardsize(CThreadAttr* a, usize bytes);
int pthread_attr_setguardsize(CThreadAttr*, usize) { return 0; }
int pthread_attr_setinheritsched(CThreadAttr* a, int how);
int pthread_attr_setinheritsched(CThreadAttr*, int how) { return how == 0 ? 0 : c_error(Errno::notsup); }
int pthread_attr_setschedpolicy(CThreadAttr* a, int policy);
int pthread_attr_setschedpolicy(CThreadAttr*, int policy) { return policy == 0 ? 0 : c_error(Errno::notsup); }
int pthread_attr_setscope(CThreadAttr* a, int scope);
int pthread_attr_setscope(CThreadAttr*, int scope) { return scope == 0 ? 0 : c_error(Errno::notsup); }

// A goroutine has no name outside of rt0's reports, which have its id.
int pthread_setname_np(unsigned long id, const char* name);
int pthread_setname_np(unsigned long, const char*) { return 0; }
// Nothing cancels a goroutine, so it may allow it or not.
int pthread_setcancelstate(int state, int* old);
int pthread_setcancelstate(int, int* old) {
  if (old != nullptr) *old = 0;
  return 0;
}
int pthread_setcanceltype(int type, int* old);
int pthread_setcanceltype(int, int* old) {
  if (old != nullptr) *old = 0;
  return 0;
}
void pthread_testcancel();
void pthread_testcancel() {}

// std::notify_all_at_thread_exit registers here what it would do for the main thread, at the process's end, where
// nothing waits any more. A program's own function would never run, so it is refused.
int atexit(void (*f)());
int atexit(void (*)()) {
  const void* const caller = __builtin_return_address(0);
  if (caller >= rt0_program_text && caller <= rt0_program_etext)
    fatal("atexit: nothing runs at the end of a program: call the function at the end of main");
  return 0;
}
}

}  // namespace rt0
