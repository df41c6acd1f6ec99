// Go: fd_mutex.go, fd_unix.go, fd_poll_runtime.go.
#include "lib/io/fd.h"

#include "kernel_iface/kernel.h"
#include "sched/proc.h"
#include "sched/syscall.h"

namespace rt0 {

namespace {

constexpr usize kMaxRw = 1u << 30;  // bytes in one call, as in Go: some systems fail with more

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
  op_point(this);
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

// Each goroutine that waits for a turn is woken, and finds that the descriptor is closed.
bool FdMutex::incref_and_close() {
  op_point(this);
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

// A waiter lies in rwait or wwait from before it parks until rwunlock or incref_and_close takes it out, under the lock,
// to wake it. It is never woken before it is parked: goparkunlock releases the lock only when the G has left its stack.
bool FdMutex::rwlock(bool read) {
  op_point(this);
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

// Called by each user at its end. last: this was the last user of a closed descriptor. Then the descriptor goes back to
// the kernel, and close() may return.
void FD::leave(bool last) {
  if (!last) return;
  if (pd != nullptr) pollClose(pd);
  pd = nullptr;
  (void)kernel_io().close(sysfd);  // not repeated on EINTR: Linux has closed the descriptor even then
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
  const bool may_block = !in_poller();
  leave(mu.decref());
  // Does not wait for users whose calls may block: a goroutine in such a call can't be woken.
  if (may_block) return {};
  lock(&close_lock);
  if (destroyed) {
    unlock(&close_lock);
    return {};
  }
  closer = getg();
  goparkunlock(&close_lock, WaitReason::semacquire);
  return {};
}

// Counts the caller as a user of the descriptor for a scope: the descriptor is not given back to the kernel meanwhile.
class FD::Use {
 public:
  explicit Use(FD* fd) : fd_(fd->mu.incref() ? fd : nullptr) {}
  ~Use() {
    if (fd_ != nullptr) fd_->leave(fd_->mu.decref());
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  bool ok() const { return fd_ != nullptr; }

 private:
  FD* fd_;  // null: closed
};

// A reader's or a writer's turn for a scope; counts as a use.
class FD::Turn {
 public:
  Turn(FD* fd, PollMode mode) : fd_(fd), mode_(mode), taken_(fd->mu.rwlock(mode == PollMode::read)) {}
  ~Turn() {
    if (taken_) fd_->leave(fd_->mu.rwunlock(mode_ == PollMode::read));
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool taken() const { return taken_; }

  // Called before the first attempt: forgets readiness that the poller has reported already. Not ok: the descriptor is
  // closed, or the deadline has passed.
  IoResult begin() {
    if (!taken_) return {0, IoErr::closing};
    return {0, fd_->pd != nullptr ? of(pollReset(fd_->pd, mode_)) : IoErr::none};
  }
  // Calls f(), and again as long as its error is EAGAIN, waiting for the descriptor in between.
  template <class F>
  IoResult attempt(F f) {
    for (u32 misses = 0;; misses++) {
      const SysResult r = fd_->call(f);
      if (r.ok()) return {r.value};
      if (r.err != Errno::again) return IoResult::sys(r.err);
      if (fd_->in_poller()) {
        if (const PollError e = pollWait(fd_->pd, mode_); e != PollError::none) return {0, of(e)};
      } else if (!fd_->wait_outside(mode_, misses)) {
        return IoResult::sys(Errno::again);
      }
    }
  }

 private:
  FD* fd_;
  PollMode mode_;
  bool taken_;
};

IoResult FD::set_deadline(i64 when, PollMode mode) {
  const Use use(this);
  if (!use.ok()) return {0, IoErr::closing};
  if (pd == nullptr) return {0, IoErr::no_deadline};
  pollSetDeadline(pd, when, mode);
  return {};
}

// The flag is set before the kernel's file becomes blocking. A call that sees the flag leaves its P before it blocks. A
// call that another goroutine makes at this moment may not see it, and may block its thread and its P. So a program
// must hand a descriptor on before other goroutines wait in it, not while they do.
IoResult FD::set_blocking() {
  const Use use(this);
  if (!use.ok()) return {0, IoErr::closing};
  if (!in_poller()) return {};
  blocking.store_seqcst(1);
  const SysResult r = kernel_io().set_nonblock(sysfd, false);
  return r.ok() ? IoResult{} : IoResult::sys(r.err);
}

// Makes one system call. On a descriptor in the poller it never blocks, so the goroutine keeps its P. The preemption
// signal finds a goroutine that does nothing but such calls nearly always in the runtime, where it can't be
// interrupted: the point at the beginning of each operation, in FdMutex, keeps it from having its P for ever.
template <class F>
SysResult FD::call(F f) {
  if (in_poller()) return ignoringEINTR(f);
  return ignoringEINTR([&] { return in_syscall(f); });
}

// For a descriptor that is non-blocking but not in the poller: the parent process or another process that shares it has
// made it so, or no descriptor was left for a poller. The thread waits. False: the kernel can't tell when the file is
// ready. The kernel reports some files as ready when they are not; after two such reports the file is tried every
// millisecond.
bool FD::wait_outside(PollMode mode, u32 misses) {
  auto wait = [&] {
    if (misses > 1) kernel->usleep(1000);
    return kernel_io().wait_ready(sysfd, mode == PollMode::write);
  };
  return ignoringEINTR([&] { return in_syscall(wait); }).ok();
}

IoResult FD::read(void* p, usize n) {
  Turn turn(this, PollMode::read);
  if (n == 0 && turn.taken()) return {};  // not the end of the file
  IoResult r = turn.begin();
  if (!r.ok()) return r;
  if (is_stream) n = min(n, kMaxRw);
  r = turn.attempt([&] { return kernel_io().read(sysfd, p, n); });
  if (r.ok() && r.n == 0 && eof_is_zero) r.err = IoErr::eof;
  return r;
}

IoResult FD::write(const void* p, usize n) {
  Turn turn(this, PollMode::write);
  if (const IoResult r = turn.begin(); !r.ok()) return r;
  const char* at = static_cast<const char*>(p);
  usize done = 0;
  for (;;) {
    const usize most = is_stream ? min(n - done, kMaxRw) : n - done;
    IoResult r = turn.attempt([&] { return kernel_io().write(sysfd, at + done, most); });
    if (!r.ok()) {
      r.n = done;
      return r;
    }
    done += r.n;
    if (done == n) return {n};
    if (r.n == 0) return {done, IoErr::unexpected};
  }
}

// pread and pwrite take no turn: a call with its own offset does not disturb other calls.
IoResult FD::pread(void* p, usize n, i64 off) {
  const Use use(this);
  if (!use.ok()) return {0, IoErr::closing};
  n = min(n, kMaxRw);
  const SysResult r = call([&] { return kernel_io().pread(sysfd, p, n, off); });
  if (!r.ok()) return IoResult::sys(r.err);
  return {r.value, r.value == 0 && n > 0 ? IoErr::eof : IoErr::none};
}

IoResult FD::pwrite(const void* p, usize n, i64 off) {
  const Use use(this);
  if (!use.ok()) return {0, IoErr::closing};
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
  return done;
}

IoResult FD::recvfrom(void* p, usize n, SockAddr* from) {
  Turn turn(this, PollMode::read);
  IoResult r = turn.begin();
  if (r.ok()) r = turn.attempt([&] { return kernel_io().recvfrom(sysfd, p, n, from); });
  if (r.ok() && r.n == 0 && eof_is_zero && n > 0) r.err = IoErr::eof;
  return r;
}

IoResult FD::sendto(const void* p, usize n, const SockAddr* to) {
  Turn turn(this, PollMode::write);
  const char* at = static_cast<const char*>(p);
  IoResult r = turn.begin();
  usize done = 0;
  while (r.ok()) {
    r = turn.attempt([&] { return kernel_io().sendto(sysfd, at + done, min(n - done, kMaxRw), to); });
    if (!r.ok()) break;
    done += r.n;
    if (!is_stream || done == n) break;
    if (r.n == 0) r.err = IoErr::unexpected;
  }
  r.n = done;
  return r;
}

IoResult FD::accept(SockAddr* peer) {
  Turn turn(this, PollMode::read);
  IoResult r = turn.begin();
  while (r.ok()) {
    r = turn.attempt([&] { return kernel_io().accept(sysfd, peer); });
    // The peer gave this connection up before it was accepted: goes on to the next one, without an error.
    if (r.err != IoErr::sys || r.no != Errno::connaborted) break;
    r = {};
  }
  return r;
}

// Go: netFD.connect. If the kernel goes on connecting in the background, waits until the descriptor can be written to.
//
// The descriptor enters the poller only after the connect call. From then on the poller reports the end of connecting,
// also if that lies in the past. There must be no pollReset in between, which would lose a report that has come
// already.
IoResult FD::connect(const SockAddr* to, i64 when) {
  if (when < 0) return {0, IoErr::timeout};
  const Turn turn(this, PollMode::write);
  if (!turn.taken()) return {0, IoErr::closing};
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
    // No error yet may mean that the wake-up was for nothing: only a peer's address proves that there is a connection.
    SockAddr peer;
    if (kernel_io().getpeername(sysfd, &peer).ok()) return {};
  }
}

}  // namespace rt0
