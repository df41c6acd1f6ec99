// Go: fd_mutex.go, fd_unix.go, fd_poll_runtime.go.
#include "lib/io/fd.h"

#include "sched/proc.h"
#include "sched/syscall.h"

namespace rt0 {

namespace {

constexpr usize kMaxRw = 1u << 30;  // in one call; more than that confuses some systems

IoErr of(PollError e) {
  switch (e) {
    case PollError::none: return IoErr::none;
    case PollError::closing: return IoErr::closing;
    case PollError::timeout: return IoErr::timeout;
    case PollError::not_pollable: return IoErr::not_pollable;
  }
  return IoErr::none;
}

}  // namespace

bool FdMutex::incref() {
  Locked l(&lock);
  if (closed) return false;
  refs++;
  return true;
}

bool FdMutex::decref() {
  Locked l(&lock);
  check(refs > 0, "inconsistent poll.fdMutex");
  return --refs == 0 && closed;
}

// Who waits for a turn is woken one by one, and looks again.
bool FdMutex::incref_and_close() {
  ::rt0::lock(&lock);
  if (closed) {
    unlock(&lock);
    return false;
  }
  closed = true;
  refs++;
  GQueue r = rwait, w = wwait;
  rwait = wwait = {};
  unlock(&lock);
  while (G* gp = r.pop()) goready(gp);
  while (G* gp = w.pop()) goready(gp);
  return true;
}

// A waiter lies in rwait or wwait from before it parks until somebody, under the lock, takes it out to wake it: goparkunlock lets
// the lock go only when the G has left its stack.
bool FdMutex::rwlock(bool read) {
  bool& locked = read ? rlocked : wlocked;
  for (;;) {
    ::rt0::lock(&lock);
    if (closed) {
      unlock(&lock);
      return false;
    }
    if (!locked) {
      locked = true;
      refs++;
      unlock(&lock);
      return true;
    }
    (read ? rwait : wwait).push_back(getg());
    goparkunlock(&lock, WaitReason::semacquire);
  }
}

bool FdMutex::rwunlock(bool read) {
  ::rt0::lock(&lock);
  bool& locked = read ? rlocked : wlocked;
  check(locked && refs > 0, "inconsistent poll.fdMutex");
  locked = false;
  const bool last = --refs == 0 && closed;
  G* next = (read ? rwait : wwait).pop();
  unlock(&lock);
  if (next != nullptr) goready(next);
  return last;
}

Errno FD::init_poll() {
  const PollOpened o = pollOpen(sysfd);
  pd = o.pd;
  return o.err;
}

// The last user of a closed descriptor: it goes back to the kernel, and close() may return.
void FD::leave(bool last) {
  if (!last) return;
  if (pd != nullptr) pollClose(pd);
  pd = nullptr;
  (void)kernel_io().close(sysfd);  // not again on EINTR: on Linux it is closed even so
  sysfd = -1;
  lock(&close_lock);
  destroyed = true;
  G* gp = closer;
  closer = nullptr;
  unlock(&close_lock);
  if (gp != nullptr) goready(gp);
}

IoResult FD::close() {
  if (!mu.incref_and_close()) return {0, IoErr::closing};
  if (pd != nullptr) pollUnblock(pd);
  const bool blocking = pd == nullptr;
  leave(mu.decref());
  // Not for a call that may block: who sits in it can't be woken.
  if (blocking) return {};
  lock(&close_lock);
  if (destroyed) {
    unlock(&close_lock);
    return {};
  }
  closer = getg();
  goparkunlock(&close_lock, WaitReason::semacquire);
  return {};
}

IoResult FD::set_deadline(i64 when, PollMode mode) {
  if (!mu.incref()) return {0, IoErr::closing};
  IoResult r;
  if (pd == nullptr) r.err = IoErr::no_deadline;
  else pollSetDeadline(pd, when, mode);
  leave(mu.decref());
  return r;
}

// One system call. What the poller looks after never blocks, so its P stays. Who does nothing else must still let others run when
// asked to: this is the place, for the preemption signal finds such a goroutine in the runtime nearly always.
template <class F>
SysResult FD::call(F f) {
  if (pd != nullptr) {
    preempt_point();
    return ignoringEINTR(f);
  }
  return ignoringEINTR([&] { return in_syscall(f); });
}

// Calls f() until it says something else than "not now", waiting in between.
template <class F>
IoResult FD::attempt(PollMode mode, F f) {
  for (;;) {
    const SysResult r = call(f);
    if (r.ok()) return {r.value};
    if (r.err != Errno::again || pd == nullptr) return IoResult::sys(r.err);
    if (const PollError e = pollWait(pd, mode); e != PollError::none) return {0, of(e)};
  }
}

IoResult FD::read(void* p, usize n) {
  if (!mu.rwlock(true)) return {0, IoErr::closing};
  IoResult r;
  if (n > 0) {  // a read of nothing is not the end of the file
    if (pd != nullptr) r.err = of(pollReset(pd, PollMode::read));
    if (is_stream) n = min(n, kMaxRw);
    if (r.ok()) r = attempt(PollMode::read, [&] { return kernel_io().read(sysfd, p, n); });
    if (r.ok() && r.n == 0 && eof_is_zero) r.err = IoErr::eof;
  }
  leave(mu.rwunlock(true));
  return r;
}

IoResult FD::write_locked(const void* p, usize n) {
  const char* at = static_cast<const char*>(p);
  usize done = 0;
  for (;;) {
    const usize most = is_stream ? min(n - done, kMaxRw) : n - done;
    IoResult r = attempt(PollMode::write, [&] { return kernel_io().write(sysfd, at + done, most); });
    if (!r.ok()) {
      r.n = done;
      return r;
    }
    done += r.n;
    if (done == n) return {n};
    if (r.n == 0) return {done, IoErr::unexpected};
  }
}

IoResult FD::write(const void* p, usize n) {
  if (!mu.rwlock(false)) return {0, IoErr::closing};
  IoResult r;
  if (pd != nullptr) r.err = of(pollReset(pd, PollMode::write));
  if (r.ok()) r = write_locked(p, n);
  leave(mu.rwunlock(false));
  return r;
}

// At an offset nobody has to take turns.
IoResult FD::pread(void* p, usize n, i64 off) {
  if (!mu.incref()) return {0, IoErr::closing};
  n = min(n, kMaxRw);
  const SysResult r = call([&] { return kernel_io().pread(sysfd, p, n, off); });
  leave(mu.decref());
  if (!r.ok()) return IoResult::sys(r.err);
  return {r.value, r.value == 0 && n > 0 ? IoErr::eof : IoErr::none};
}

IoResult FD::pwrite(const void* p, usize n, i64 off) {
  if (!mu.incref()) return {0, IoErr::closing};
  const char* at = static_cast<const char*>(p);
  IoResult done;
  while (done.n < n) {
    const SysResult r = call([&] {
      return kernel_io().pwrite(sysfd, at + done.n, min(n - done.n, kMaxRw), off + static_cast<i64>(done.n));
    });
    if (!r.ok() || r.value == 0) {
      done.err = r.ok() ? IoErr::unexpected : IoErr::sys;
      done.no = r.err;
      break;
    }
    done.n += r.value;
  }
  leave(mu.decref());
  return done;
}

IoResult FD::recvfrom(void* p, usize n, SockAddr* from) {
  if (!mu.rwlock(true)) return {0, IoErr::closing};
  IoResult r;
  if (pd != nullptr) r.err = of(pollReset(pd, PollMode::read));
  if (r.ok()) r = attempt(PollMode::read, [&] { return kernel_io().recvfrom(sysfd, p, n, from); });
  if (r.ok() && r.n == 0 && eof_is_zero && n > 0) r.err = IoErr::eof;
  leave(mu.rwunlock(true));
  return r;
}

IoResult FD::sendto(const void* p, usize n, const SockAddr* to) {
  if (!mu.rwlock(false)) return {0, IoErr::closing};
  const char* at = static_cast<const char*>(p);
  IoResult r;
  if (pd != nullptr) r.err = of(pollReset(pd, PollMode::write));
  usize done = 0;
  while (r.ok()) {
    r = attempt(PollMode::write, [&] { return kernel_io().sendto(sysfd, at + done, min(n - done, kMaxRw), to); });
    if (!r.ok()) break;
    done += r.n;
    if (!is_stream || done == n) break;
    if (r.n == 0) r.err = IoErr::unexpected;
  }
  r.n = done;
  leave(mu.rwunlock(false));
  return r;
}

IoResult FD::accept(SockAddr* peer) {
  if (!mu.rwlock(true)) return {0, IoErr::closing};
  IoResult r;
  if (pd != nullptr) r.err = of(pollReset(pd, PollMode::read));
  while (r.ok()) {
    r = attempt(PollMode::read, [&] { return kernel_io().accept(sysfd, peer); });
    // A connection that its other end gave up before we took it: not worth a word.
    if (r.err != IoErr::sys || r.no != Errno::connaborted) break;
    r = {};
  }
  leave(mu.rwunlock(true));
  return r;
}

// Go: netFD.connect. A connection that is under way is waited for as for room to write.
//
// Into the poller only after the connect: from there on the poller tells the end of it, if need be at once. It must not be reset
// in between, or an end that has been told already would be forgotten.
IoResult FD::connect(const SockAddr* to, i64 when) {
  if (when < 0) return {0, IoErr::timeout};
  if (!mu.rwlock(false)) return {0, IoErr::closing};
  IoResult r;
  const SysResult c = kernel_io().connect(sysfd, to);
  const bool under_way = c.err == Errno::inprogress || c.err == Errno::already || c.err == Errno::intr;
  if (!c.ok() && !under_way && c.err != Errno::isconn) {
    r = IoResult::sys(c.err);
  } else if (const Errno e = init_poll(); e != Errno::ok) {
    r = IoResult::sys(e);
  } else if (under_way) {
    if (when != 0) pollSetDeadline(pd, when, PollMode::write);
    r = connected();
    if (when != 0) pollSetDeadline(pd, 0, PollMode::write);
  }
  leave(mu.rwunlock(false));
  return r;
}

IoResult FD::connected() {
  for (;;) {
    if (const PollError w = pollWait(pd, PollMode::write); w != PollError::none) return {0, of(w)};
    i32 err = 0;
    const SysResult o = kernel_io().getsockopt(sysfd, SockOpt::error, &err);
    const Errno e = o.ok() ? static_cast<Errno>(err) : o.err;
    if (e == Errno::isconn) return {};
    if (e == Errno::inprogress || e == Errno::already || e == Errno::intr) continue;
    if (e != Errno::ok) return IoResult::sys(e);
    // Woken for nothing? Only a peer proves that there is one.
    SockAddr peer;
    if (kernel_io().getpeername(sysfd, &peer).ok()) return {};
  }
}

}  // namespace rt0
