// thread_local variables with destructors, and pthread_key_t. Linked only into programs that use them;
// and because this file has such variables itself, these programs are linked with librt0_tls.a: see
// sched/thread_pointer.h.
//
// The destructors run at the goroutine's end, on the goroutine: first those of variables, the newest first, then those
// of keys' values. The main goroutine's do not run, like those of global objects: main's return ends the process.
#include "kernel_iface/errno.h"
#include "mem/malloc.h"
#include "runtime/cxx/pthread.h"
#include "sched/above.h"

namespace rt0 {

namespace {

// A variable whose constructor has run.
struct Destructor {
  void (*f)(void*);
  void* object;
  Destructor* older;
};
thread_local constinit Destructor* newest = nullptr;

constexpr u32 kKeys = 1024;  // PTHREAD_KEYS_MAX

// A key. `number` changes when the key is made and when it is deleted, and is odd while it exists; a value that was
// stored under another number is none. `lock` guards all keys; values belong to their goroutines.
struct Key {
  u32 number;
  void (*destructor)(void*);
};
constinit Mutex lock_of_keys{};
constinit Key keys[kKeys] GUARDED_BY(lock_of_keys) = {};

struct Value {
  void* value;
  u32 number;
};
thread_local constinit Value* values = nullptr;  // kKeys of them

u32 number_of(u32 key) { return __atomic_load_n(&keys[key].number, __ATOMIC_ACQUIRE); }

// As often as POSIX asks for: a destructor may store new values.
constexpr u32 kRounds = 4;

void end_values() {
  for (u32 round = 0; round < kRounds; round++) {
    bool any = false;
    for (u32 k = 0; k < kKeys; k++) {
      Value& v = values[k];
      if (v.value == nullptr) continue;
      void* const value = v.value;
      v.value = nullptr;
      lockWithRank(&lock_of_keys, LockRank::semaroot);
      void (*const f)(void*) = keys[k].number == v.number ? keys[k].destructor : nullptr;
      unlock(&lock_of_keys);
      if (f == nullptr) continue;
      f(value);
      any = true;
    }
    if (!any) break;
  }
  heap_free(values);
  values = nullptr;
}

}  // namespace

void run_thread_end() {
  while (Destructor* d = newest) {  // a destructor may use a variable for the first time, which adds another
    newest = d->older;
    d->f(d->object);
    heap_free(d);
  }
  if (values != nullptr) end_values();
}

extern "C" {
// Compiled code calls it when the constructor of a variable has run.
int __cxa_thread_atexit(void (*f)(void*), void* object, void* dso);
int __cxa_thread_atexit(void (*f)(void*), void* object, void*) {
  auto* d = malloc_or_die<Destructor>();
  *d = {f, object, newest};
  newest = d;
  return 0;
}
int __cxa_thread_atexit_impl(void (*f)(void*), void* object, void* dso);
int __cxa_thread_atexit_impl(void (*f)(void*), void* object, void* dso) { return __cxa_thread_atexit(f, object, dso); }

int pthread_key_create(u32* key, void (*destructor)(void*));
int pthread_key_create(u32* key, void (*destructor)(void*)) {
  lockWithRank(&lock_of_keys, LockRank::semaroot);
  u32 k = 0;
  while (k < kKeys && keys[k].number % 2 != 0) k++;
  if (k < kKeys) {
    keys[k].destructor = destructor;
    __atomic_store_n(&keys[k].number, keys[k].number + 1, __ATOMIC_RELEASE);
    *key = k;
  }
  unlock(&lock_of_keys);
  return k < kKeys ? 0 : c_error(Errno::again);
}
int pthread_key_delete(u32 key);
int pthread_key_delete(u32 key) {
  lockWithRank(&lock_of_keys, LockRank::semaroot);
  const bool exists = key < kKeys && keys[key].number % 2 != 0;
  if (exists) __atomic_store_n(&keys[key].number, keys[key].number + 1, __ATOMIC_RELEASE);
  unlock(&lock_of_keys);
  return exists ? 0 : c_error(Errno::inval);
}
void* pthread_getspecific(u32 key);
void* pthread_getspecific(u32 key) {
  if (key >= kKeys || values == nullptr || values[key].number != number_of(key)) return nullptr;
  return values[key].value;
}
int pthread_setspecific(u32 key, const void* value);
int pthread_setspecific(u32 key, const void* value) {
  if (key >= kKeys || number_of(key) % 2 == 0) return c_error(Errno::inval);
  if (values == nullptr) {
    values = static_cast<Value*>(mallocgc(kKeys * sizeof(Value), alignof(Value)));
    if (values == nullptr) return c_error(Errno::nomem);
    __builtin_memset(values, 0, kKeys * sizeof(Value));
  }
  values[key] = {const_cast<void*>(value), number_of(key)};
  return 0;
}
}

}  // namespace rt0
