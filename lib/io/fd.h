// A descriptor in use by any number of goroutines: reading, writing, deadlines, close. Go: internal/poll.
//
// Readers take turns, and so do writers. Each call on the descriptor counts as a user. close() wakes the users that
// wait and admits no new ones; the last user to leave gives the descriptor back to the kernel. So no system call of
// rt0's can use a descriptor's number after the kernel has given it to another file.
#pragma once

#include "kernel_iface/kernel_io.h"
#include "lib/io/netpoll.h"

namespace rt0 {

// The users of a descriptor. Go: fd_mutex.go, which has a 64-bit atomic in place of the lock.
struct FdMutex {
  Mutex lock{{0}, LockRank::fdMutex};
  u32 refs GUARDED_BY(lock) = 0;
  bool closed GUARDED_BY(lock) = false;
  bool rlocked GUARDED_BY(lock) = false;
  bool wlocked GUARDED_BY(lock) = false;
  GQueue rwait GUARDED_BY(lock);
  GQueue wwait GUARDED_BY(lock);

  bool incref();            // false: closed
  bool incref_and_close();  // false: closed before. Wakes all goroutines that wait for their turn
  bool decref();            // true: closed, and the caller was the last
  bool rwlock(bool read);   // false: closed. If true, the caller counts as a user, too
  bool rwunlock(bool read);
};

enum class IoErr : u32 { none, sys, eof, closing, timeout, not_pollable, no_deadline, short_write, unexpected };

struct IoResult {
  usize n = 0;
  IoErr err = IoErr::none;
  Errno no = Errno::ok;  // if err is sys

  bool ok() const { return err == IoErr::none; }
  static IoResult sys(Errno e) { return {0, IoErr::sys, e}; }
};

struct FD {
  FdMutex mu;
  i32 sysfd = -1;
  PollDesc* pd = nullptr;   // null: not in the poller, so calls may block
  Atomic<u32> blocking{0};  // 1: in the poller, but set_blocking has made calls block
  bool is_stream = true;    // no message boundaries: a read or write may be done in parts
  bool eof_is_zero = true;  // a read of 0 bytes means the end; on packets it is an empty packet
  // Close waits until the last user has left.
  Mutex close_lock{{0}, LockRank::fdMutex};
  bool destroyed GUARDED_BY(close_lock) = false;
  G* closer GUARDED_BY(close_lock) = nullptr;

  // Puts the descriptor into the poller. On an error it stays out of it.
  Errno init_poll();
  IoResult read(void* p, usize n);
  IoResult write(const void* p, usize n);  // all of it, or an error
  IoResult pread(void* p, usize n, i64 off);
  IoResult pwrite(const void* p, usize n, i64 off);
  IoResult recvfrom(void* p, usize n, SockAddr* from);
  IoResult sendto(const void* p, usize n, const SockAddr* to);
  IoResult accept(SockAddr* peer);  // n: the new descriptor
  // Connects, and puts the descriptor into the poller. when: the deadline, as pollSetDeadline takes it.
  IoResult connect(const SockAddr* to, i64 when);
  IoResult close();
  // when: as pollSetDeadline takes it.
  IoResult set_deadline(i64 when, PollMode mode);
  // Makes the kernel's file a blocking one, for a process that is about to share it. From then on calls here may block
  // their threads. Go: FD.SetBlocking.
  IoResult set_blocking();
  // Runs f() while the descriptor can't be closed.
  template <class F>
  IoResult control(F f) {
    if (!mu.incref()) return {0, IoErr::closing};
    const SysResult r = ignoringEINTR(f);
    leave(mu.decref());
    return r.ok() ? IoResult{r.value} : IoResult::sys(r.err);
  }
  void leave(bool last);

 private:
  class Use;
  class Turn;

  // If true, calls never block, so the goroutine keeps its P during them.
  bool in_poller() const { return pd != nullptr && blocking.load_relaxed() == 0; }
  template <class F>
  SysResult call(F f);
  bool wait_outside(PollMode mode, u32 misses);
  IoResult connected();
};

}  // namespace rt0
