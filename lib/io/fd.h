// A descriptor in use by any number of goroutines: reading, writing, deadlines, close. Go: internal/poll.
//
// Readers take turns, and so do writers. Everybody who does something with the descriptor is counted; close wakes those
// who wait, lets nobody new in, and the last to leave gives the number back to the kernel. So no system call of ours
// can meet a number that belongs to somebody else already.
#pragma once

#include "kernel_iface/kernel_io.h"
#include "lib/io/netpoll.h"

namespace rt0 {

// Who uses a descriptor. Go: fd_mutex.go, whose 64-bit atomic is a lock here.
struct FdMutex {
  Mutex lock{{0}, LockRank::fdMutex};
  u32 refs GUARDED_BY(lock) = 0;
  bool closed GUARDED_BY(lock) = false;
  bool rlocked GUARDED_BY(lock) = false, wlocked GUARDED_BY(lock) = false;
  GQueue rwait GUARDED_BY(lock), wwait GUARDED_BY(lock);

  bool incref();            // false: closed
  bool incref_and_close();  // false: closed before. Wakes all who wait for their turn
  bool decref();            // true: closed, and the caller was the last
  bool rwlock(bool read);   // false: closed. Counts, too
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
  bool is_stream = true;    // a read of 0 bytes means something only here, and writes may be cut
  bool eof_is_zero = true;
  // Close waits until the last user has left.
  Mutex close_lock{{0}, LockRank::fdMutex};
  bool destroyed GUARDED_BY(close_lock) = false;
  G* closer GUARDED_BY(close_lock) = nullptr;

  // Into the poller. not ok: stays out of it.
  Errno init_poll();
  IoResult read(void* p, usize n);
  IoResult write(const void* p, usize n);  // all of it, or an error
  IoResult pread(void* p, usize n, i64 off);
  IoResult pwrite(const void* p, usize n, i64 off);
  IoResult recvfrom(void* p, usize n, SockAddr* from);
  IoResult sendto(const void* p, usize n, const SockAddr* to);
  IoResult accept(SockAddr* peer);  // n: the new descriptor
  // Connects, and into the poller. when: the deadline, as pollSetDeadline takes it.
  IoResult connect(const SockAddr* to, i64 when);
  IoResult close();
  // when: as pollSetDeadline.
  IoResult set_deadline(i64 when, PollMode mode);
  // The kernel's file becomes a blocking one, for a process that is about to share it; calls from here on may block
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

  // Calls never block, and are made with the P in hand.
  bool in_poller() const { return pd != nullptr && blocking.load_relaxed() == 0; }
  template <class F>
  SysResult call(F f);
  bool wait_outside(PollMode mode, u32 misses);
  IoResult connected();
};

}  // namespace rt0
