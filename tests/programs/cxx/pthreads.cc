// <pthread.h> and <semaphore.h>, used directly and wrongly. Compiled as C: see CMakeLists.txt. Prints by rt0_say.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

void rt0_say(const char* what, long value);  // tests/programs/cxx/pthreads_say.cc

static long errors;

// Says which line has given another result than it should.
#define IS(got, want)                            \
  do {                                           \
    const long g = (long)(got);                  \
    if (g != (long)(want)) {                     \
      errors++;                                  \
      rt0_say("wrong result in line", __LINE__); \
      rt0_say("  it is", g);                     \
    }                                            \
  } while (0)

static struct timespec soon(clockid_t clock, long ms) {
  struct timespec t;
  clock_gettime(clock, &t);
  t.tv_nsec += ms * 1000000;
  t.tv_sec += t.tv_nsec / 1000000000;
  t.tv_nsec %= 1000000000;
  return t;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static long counter;
static volatile int flag;

static void* add(void* times) {
  for (intptr_t i = 0; i < (intptr_t)times; i++) {
    pthread_mutex_lock(&mutex);
    const long seen = counter;
    if (i % 20 == 0) sched_yield();
    counter = seen + 1;
    pthread_mutex_unlock(&mutex);
  }
  return times;
}

static void threads(void) {
  pthread_t t[4];
  for (int i = 0; i < 4; i++) IS(pthread_create(&t[i], NULL, add, (void*)(intptr_t)(100 * i)), 0);
  for (int i = 0; i < 4; i++) {
    void* result;
    IS(pthread_join(t[i], &result), 0);
    IS((intptr_t)result, 100 * i);
    IS(pthread_join(t[i], NULL), ESRCH);
  }
  IS(pthread_equal(t[0], t[1]), 0);
  IS(pthread_equal(t[0], t[0]) != 0, 1);
  rt0_say("counter", counter);
}

static void* exits(void* arg) {
  if (arg != NULL) pthread_exit((char*)arg + 1);
  return NULL;
}
static void* joins_itself(void* unused) { return (void*)(intptr_t)pthread_join(pthread_self(), unused); }
static void* waits(void* unused) {
  while (!flag) sched_yield();
  return unused;
}
static void* joins(void* other) { return (void*)(intptr_t)pthread_join(*(pthread_t*)other, NULL); }

static void wrong_joins(void) {
  char c[2];
  void* result;
  pthread_t t, u;
  IS(pthread_create(&t, NULL, exits, c), 0);
  IS(pthread_join(t, &result), 0);
  IS(result == c + 1, 1);
  IS(pthread_create(&t, NULL, joins_itself, NULL), 0);
  IS(pthread_join(t, &result), 0);
  IS((intptr_t)result, EDEADLK);

  IS(pthread_create(&t, NULL, waits, NULL), 0);
  IS(pthread_tryjoin_np(t, NULL), EBUSY);
  const struct timespec at = soon(CLOCK_REALTIME, 3);
  IS(pthread_timedjoin_np(t, NULL, &at), ETIMEDOUT);
  IS(pthread_create(&u, NULL, joins, &t), 0);
  while (pthread_tryjoin_np(t, NULL) != EINVAL) sched_yield();  // until u waits for it
  IS(pthread_join(t, NULL), EINVAL);
  IS(pthread_detach(t), EINVAL);
  flag = 1;
  IS(pthread_join(u, &result), 0);
  IS((intptr_t)result, 0);
  IS(pthread_join(t, NULL), ESRCH);

  flag = 0;
  IS(pthread_create(&t, NULL, waits, NULL), 0);
  IS(pthread_detach(t), 0);
  IS(pthread_join(t, NULL), EINVAL);
  IS(pthread_detach(t), EINVAL);
  flag = 1;
  while (pthread_join(t, NULL) != ESRCH) sched_yield();

  pthread_attr_t attr;
  int detached = 0;
  size_t bytes = 0;
  IS(pthread_attr_init(&attr), 0);
  IS(pthread_attr_setstacksize(&attr, 100), EINVAL);
  IS(pthread_attr_setstacksize(&attr, 65536), 0);
  IS(pthread_attr_getstacksize(&attr, &bytes), 0);
  IS(bytes, 65536);
  IS(pthread_attr_setschedpolicy(&attr, SCHED_FIFO), ENOTSUP);
  IS(pthread_attr_setdetachstate(&attr, 7), EINVAL);
  IS(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
  IS(pthread_attr_getdetachstate(&attr, &detached), 0);
  IS(detached, PTHREAD_CREATE_DETACHED);
  flag = 0;
  IS(pthread_create(&t, &attr, waits, NULL), 0);
  IS(pthread_join(t, NULL), EINVAL);
  flag = 1;
  IS(pthread_attr_destroy(&attr), 0);
}

static void* unlocks(void* m) { return (void*)(intptr_t)pthread_mutex_unlock(m); }
static void* tries(void* m) { return (void*)(intptr_t)pthread_mutex_trylock(m); }
static long in_thread(void* (*f)(void*), void* arg) {
  pthread_t t;
  void* result;
  IS(pthread_create(&t, NULL, f, arg), 0);
  IS(pthread_join(t, &result), 0);
  return (intptr_t)result;
}

static void mutexes(void) {
  pthread_mutexattr_t attr;
  pthread_mutex_t m;
  IS(pthread_mutexattr_init(&attr), 0);
  IS(pthread_mutexattr_settype(&attr, 99), EINVAL);
  IS(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED), ENOTSUP);
  IS(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST), ENOTSUP);
  IS(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK), 0);
  IS(pthread_mutex_init(&m, &attr), 0);
  IS(pthread_mutex_unlock(&m), EPERM);
  IS(pthread_mutex_lock(&m), 0);
  IS(pthread_mutex_lock(&m), EDEADLK);
  IS(pthread_mutex_trylock(&m), EBUSY);
  IS(in_thread(unlocks, &m), EPERM);
  IS(in_thread(tries, &m), EBUSY);
  IS(pthread_mutex_destroy(&m), EBUSY);
  IS(pthread_mutex_unlock(&m), 0);
  IS(pthread_mutex_destroy(&m), 0);

  IS(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE), 0);
  IS(pthread_mutex_init(&m, &attr), 0);
  for (int i = 0; i < 3; i++) IS(pthread_mutex_lock(&m), 0);
  IS(pthread_mutex_trylock(&m), 0);
  for (int i = 0; i < 4; i++) {
    IS(in_thread(unlocks, &m), EPERM);
    IS(in_thread(tries, &m), EBUSY);
    IS(pthread_mutex_unlock(&m), 0);
  }
  IS(pthread_mutex_unlock(&m), EPERM);

  IS(pthread_mutex_lock(&mutex), 0);
  struct timespec at = soon(CLOCK_REALTIME, 2);
  IS(pthread_mutex_timedlock(&mutex, &at), ETIMEDOUT);
  at = soon(CLOCK_MONOTONIC, 2);
  IS(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &at), ETIMEDOUT);
  IS(pthread_mutex_clocklock(&mutex, 77, &at), EINVAL);
  at.tv_nsec = -1;
  IS(pthread_mutex_timedlock(&mutex, &at), EINVAL);
  IS(pthread_mutex_unlock(&mutex), 0);
  IS(pthread_mutex_timedlock(&mutex, &at), 0);
  IS(pthread_mutex_unlock(&mutex), 0);
}

static void* writes(void* l) { return (void*)(intptr_t)pthread_rwlock_trywrlock(l); }
static void* reads(void* l) {
  const int e = pthread_rwlock_tryrdlock(l);
  if (e == 0) pthread_rwlock_unlock(l);
  return (void*)(intptr_t)e;
}
static void* ends_reading(void* l) { return (void*)(intptr_t)pthread_rwlock_unlock(l); }

static void rwlocks(void) {
  IS(pthread_rwlock_unlock(&rwlock), EPERM);
  IS(pthread_rwlock_rdlock(&rwlock), 0);
  IS(pthread_rwlock_rdlock(&rwlock), 0);
  IS(in_thread(reads, &rwlock), 0);
  IS(in_thread(writes, &rwlock), EBUSY);
  struct timespec at = soon(CLOCK_REALTIME, 2);
  IS(pthread_rwlock_timedwrlock(&rwlock, &at), ETIMEDOUT);
  IS(pthread_rwlock_unlock(&rwlock), 0);
  IS(in_thread(writes, &rwlock), EBUSY);
  IS(pthread_rwlock_unlock(&rwlock), 0);
  IS(pthread_rwlock_wrlock(&rwlock), 0);
  IS(pthread_rwlock_wrlock(&rwlock), EDEADLK);
  IS(pthread_rwlock_rdlock(&rwlock), EDEADLK);
  IS(in_thread(reads, &rwlock), EBUSY);
  IS(in_thread(ends_reading, &rwlock), EPERM);
  IS(pthread_rwlock_destroy(&rwlock), EBUSY);
  IS(pthread_rwlock_unlock(&rwlock), 0);
  at.tv_nsec = 1000000000;
  IS(pthread_rwlock_timedrdlock(&rwlock, &at), 0);
  IS(pthread_rwlock_unlock(&rwlock), 0);
}

static sem_t ready;
static void* posts(void* unused) {
  sem_post(&ready);
  return unused;
}

static void semaphores(void) {
  int value = -1;
  IS(sem_init(&ready, 0, 2), 0);
  IS(sem_getvalue(&ready, &value), 0);
  IS(value, 2);
  IS(sem_wait(&ready), 0);
  IS(sem_trywait(&ready), 0);
  IS(sem_trywait(&ready), -1);
  IS(errno, EAGAIN);
  struct timespec at = soon(CLOCK_REALTIME, 2);
  IS(sem_timedwait(&ready, &at), -1);
  IS(errno, ETIMEDOUT);
  at.tv_nsec = -5;
  IS(sem_timedwait(&ready, &at), -1);
  IS(errno, EINVAL);
  pthread_t t;
  IS(pthread_create(&t, NULL, posts, NULL), 0);
  IS(sem_wait(&ready), 0);
  IS(pthread_join(t, NULL), 0);
  IS(sem_init(&ready, 1, 0), -1);
  IS(errno, ENOSYS);
  IS(sem_init(&ready, 0, 2147483647), 0);
  IS(sem_post(&ready), -1);
  IS(errno, EOVERFLOW);
  IS(sem_destroy(&ready), 0);
}

static void* announces(void* unused) {
  pthread_mutex_lock(&mutex);
  flag = 2;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void conditions(void) {
  pthread_t t;
  IS(pthread_mutex_lock(&mutex), 0);
  IS(pthread_create(&t, NULL, announces, NULL), 0);
  while (flag != 2) IS(pthread_cond_wait(&changed, &mutex), 0);
  IS(pthread_mutex_unlock(&mutex), 0);
  IS(pthread_join(t, NULL), 0);

  pthread_condattr_t attr;
  pthread_cond_t c;
  clockid_t clock;
  IS(pthread_condattr_init(&attr), 0);
  IS(pthread_condattr_setclock(&attr, 77), EINVAL);
  IS(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), 0);
  IS(pthread_condattr_getclock(&attr, &clock), 0);
  IS(clock, CLOCK_MONOTONIC);
  IS(pthread_cond_init(&c, &attr), 0);
  IS(pthread_mutex_lock(&mutex), 0);
  struct timespec at = soon(CLOCK_MONOTONIC, 3), now;
  IS(pthread_cond_timedwait(&c, &mutex, &at), ETIMEDOUT);
  clock_gettime(CLOCK_MONOTONIC, &now);
  IS(now.tv_sec > at.tv_sec || (now.tv_sec == at.tv_sec && now.tv_nsec >= at.tv_nsec), 1);
  at.tv_nsec = 1000000000;
  IS(pthread_cond_timedwait(&c, &mutex, &at), EINVAL);
  IS(pthread_mutex_unlock(&mutex), 0);
  IS(pthread_cond_destroy(&c), 0);
}

static long begun;
static void begins(void) { begun++; }
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static long serials;
static void* meets(void* unused) {
  IS(pthread_once(&once, begins), 0);
  for (int i = 0; i < 10; i++) {
    const int e = pthread_barrier_wait(&barrier);
    IS(e == 0 || e == PTHREAD_BARRIER_SERIAL_THREAD, 1);
    pthread_spin_lock(&spin);
    serials += e == PTHREAD_BARRIER_SERIAL_THREAD;
    pthread_spin_unlock(&spin);
  }
  return unused;
}

static void meetings(void) {
  pthread_t t[3];
  IS(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
  IS(pthread_barrier_init(&barrier, NULL, 3), 0);
  IS(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), 0);
  for (int i = 0; i < 3; i++) IS(pthread_create(&t[i], NULL, meets, NULL), 0);
  for (int i = 0; i < 3; i++) IS(pthread_join(t[i], NULL), 0);
  IS(pthread_barrier_destroy(&barrier), 0);
  rt0_say("rounds of the barrier", serials);
  rt0_say("calls by pthread_once", begun);
}

// The one that comes last destroys the barrier at once and makes it anew, while the others still leave it.
static pthread_barrier_t renewed;
static void* renews(void* unused) {
  for (int i = 0; i < 10; i++) {
    if (pthread_barrier_wait(&renewed) == PTHREAD_BARRIER_SERIAL_THREAD) {
      IS(pthread_barrier_destroy(&renewed), 0);
      IS(pthread_barrier_init(&renewed, NULL, 3), 0);
    }
    (void)pthread_barrier_wait(&barrier);
  }
  return unused;
}
static void renewals(void) {
  pthread_t t[3];
  IS(pthread_barrier_init(&barrier, NULL, 3), 0);
  IS(pthread_barrier_init(&renewed, NULL, 3), 0);
  for (int i = 0; i < 3; i++) IS(pthread_create(&t[i], NULL, renews, NULL), 0);
  for (int i = 0; i < 3; i++) IS(pthread_join(t[i], NULL), 0);
  IS(pthread_barrier_destroy(&renewed), 0);
  IS(pthread_barrier_destroy(&barrier), 0);
}

static pthread_key_t key;
static __thread long own = 3;
static long ended;
static void ends(void* value) {
  ended += (intptr_t)value;
  if ((intptr_t)value == 5) pthread_setspecific(key, (void*)1);  // is destroyed, too
}
static void* has_values(void* value) {
  IS(pthread_getspecific(key) == NULL, 1);
  IS(own, 3);
  own = (intptr_t)value;
  IS(pthread_setspecific(key, value), 0);
  sched_yield();
  IS(own, (intptr_t)value);
  return pthread_getspecific(key);
}

static void keys(void) {
  IS(pthread_key_create(&key, ends), 0);
  IS(in_thread(has_values, (void*)5), 5);
  IS(in_thread(has_values, (void*)7), 7);
  IS(pthread_setspecific(key, (void*)1), 0);
  IS(pthread_key_delete(key), 0);
  IS(pthread_key_delete(key), EINVAL);
  IS(pthread_getspecific(key) == NULL, 1);
  IS(pthread_setspecific(key, NULL), EINVAL);
  pthread_key_t other;
  IS(pthread_key_create(&other, NULL), 0);
  IS(pthread_getspecific(other) == NULL, 1);  // although it has the old one's number
  rt0_say("values destroyed", ended);
}

int main(void) {
  threads();
  wrong_joins();
  mutexes();
  rwlocks();
  semaphores();
  conditions();
  meetings();
  renewals();
  keys();
  rt0_say("wrong results", errors);
  return errors != 0;
}
