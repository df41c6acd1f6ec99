// Go: fd_mutex.go, fd_unix.go, fd_poll_runtime.go.
#include "lib/io/fd.h"

#include "kernel_iface/kernel.h"
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

// A waiter lies in rwait or wwait from before it parks until somebody, under the lock, takes it out to wake it:
// goparkunlock lets the lock go only when the G has left its stack.
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
  const bool may_block = !in_poller();
  leave(mu.decref());
  // Not for a call that may block: who sits in it can't be woken.
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

// Counted among the descriptor's users for a scope: it is not given back to the kernel meanwhile.
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

  // Before the first attempt: forgets what the poller knows already. Not ok: closed, or the deadline has passed.
  IoResult begin() {
    if (!taken_) return {0, IoErr::closing};
    return {0, fd_->pd != nullptr ? of(pollReset(fd_->pd, mode_)) : IoErr::none};
  }
  // Calls f() until it says something else than "not now", waiting in between.
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

// The flag first: a call that sees it leaves its P, and one that still does not see it, in another goroutine at this
// moment, may block with it. So a descriptor is to be handed on before, not while, others wait in it.
IoResult FD::set_blocking() {
  const Use use(this);
  if (!use.ok()) return {0, IoErr::closing};
  if (!in_poller()) return {};
  blocking.store_seqcst(1);
  const SysResult r = kernel_io().set_nonblock(sysfd, false);
  return r.ok() ? IoResult{} : IoResult::sys(r.err);
}

// One system call. On a descriptor in the poller it never blocks, so its P stays. A goroutine that does nothing else
// must still let others run when asked to: this is the place, for the preemption signal finds such a goroutine in the
// runtime nearly always.
template <class F>
SysResult FD::call(F f) {
  if (in_poller()) {
    preempt_point();
    return ignoringEINTR(f);
  }
  return ignoringEINTR([&] { return in_syscall(f); });
}

// The descriptor is non-blocking, but not in the poller: our parent has made it so, another process that shares it, or
// no descriptor was left for a poller. The thread waits. False: the kernel can't tell when it is ready. Some files say
// they are ready and then are not; one that has said so twice is looked at every millisecond.
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

// At an offset nobody has to take turns.
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
    // A connection that its other end gave up before we took it: not worth a word.
    if (r.err != IoErr::sys || r.no != Errno::connaborted) break;
    r = {};
  }
  return r;
}

// Go: netFD.connect. A connection that is under way is waited for as for room to write.
//
// Into the poller only after the connect: from there on the poller tells the end of it, if need be at once. It must not
// be reset in between, or an end that has been told already would be forgotten.
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
    // Woken for nothing? Only a peer proves that there is one.
    SockAddr peer;
    if (kernel_io().getpeername(sysfd, &peer).ok()) return {};
  }
}

}  // namespace rt0
