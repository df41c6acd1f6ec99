// Pipes, streams and eventfds: bytes in rings.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

namespace {

// Room for `need` bytes in all.
void grow(Ring* r, u32 need) {
  u32 cap = max(r->cap, 4096u);
  while (cap < need) cap *= 2;
  if (cap == r->cap) return;
  u8* buf = static_cast<u8*>(pages(cap));
  const u32 len = r->len;
  if (len > 0) r->get(buf, len);
  if (r->buf != nullptr) (void)linux_kernel.mem_unmap(r->buf, r->cap);
  r->buf = buf;
  r->cap = cap;
  r->at = 0;
  r->len = len;
}

}  // namespace

void Ring::put(const void* p, u32 n) {
  if (len + n > cap) grow(this, len + n);
  const u8* from = static_cast<const u8*>(p);
  const u32 to = (at + len) % cap, first = min(n, cap - to);
  __builtin_memcpy(buf + to, from, first);
  __builtin_memcpy(buf, from + first, n - first);
  len += n;
}

void Ring::get(void* p, u32 n) {
  if (n == 0) return;
  const u32 first = min(n, cap - at);
  if (p != nullptr) {
    __builtin_memcpy(p, buf + at, first);
    __builtin_memcpy(static_cast<u8*>(p) + first, buf, n - first);
  }
  at = (at + n) % cap;
  len -= n;
}

namespace {

// The connection is broken off, as a RST does it: both sides learn of it, and what was on its way is lost.
bool reset_by_fault(File* f) {
  if (f->kind != Kind::socket || !f->tcp() || f->state != Sock::connected || fault(Choice::reset) == 0) return false;
  f->in->len = f->in->hidden = 0;
  if (f->out != nullptr) f->out->len = f->out->hidden = 0;
  if (f->peer != nullptr) got_reset(f->peer);
  got_reset(f);
  f->error = Errno::ok;  // the caller reports it at once
  return true;
}

// --- Faults that make a TCP connection slow, or cut it ---------------------------------------------------------------

void arrive(File* f, u32) {
  Ring* r = f->in;
  r->hidden -= min(r->batch, r->hidden);
  r->batch = r->hidden;
  const File* from = f->peer;
  if (r->hidden > 0)
    event_add(max(state.now + (from != nullptr ? from->lag : 0), from != nullptr ? from->cut_until : 0), f, arrive, 0);
  notify(f);
}

void time_out(File* f, u32) {
  if (f->state != Sock::connected) return;
  got_reset(f);
  f->error = Errno::timedout;
}

// After n bytes have been put into f->out: when they arrive.
void travel(File* f, u32 n) {
  // A cut that does not end: TCP gives up after a while, at both ends.
  constexpr i64 kCuts[] = {0, 200 * kMs, 5 * kSecond, kNever}, kGiveUp = 120 * kSecond;
  File* to = f->peer;
  if (to == nullptr || !f->tcp()) return;
  if (const u32 way = f->cut_until > state.now ? 0 : fault(Choice::cut, {}, 3); way != 0) {
    const bool ends = kCuts[way] != kNever;
    f->cut_until = to->cut_until = ends ? state.now + kCuts[way] : kNever;
    if (!ends) {
      event_add(state.now + kGiveUp, f, time_out, 0);
      event_add(state.now + kGiveUp, to, time_out, 0);
    }
  }
  Ring* r = f->out;
  const i64 due = max(state.now + f->lag, f->cut_until);
  if (due <= state.now && r->hidden == 0) return;
  if (r->hidden == 0 && due != kNever) {
    r->batch = n;
    event_add(due, to, arrive, 0);
  }
  r->hidden += n;
}

}  // namespace

SysResult stream_read(File* f, void* p, usize n) {
  const bool socket = f->kind == Kind::socket;
  if (socket && (f->state == Sock::fresh || f->state == Sock::listening))
    return fails(f->unix_socket() ? Errno::inval : Errno::notconn);
  if (reset_by_fault(f)) return fails(Errno::connreset);
  for (;;) {
    Ring* r = f->in;
    if (r != nullptr && r->arrived() > 0) {
      const u32 got = static_cast<u32>(min<usize>(n, r->arrived()));
      const bool was_full = r->room() < kPipeBuf;
      r->get(p, got);
      if (File* w = r->writer; w != nullptr) {
        // Linux wakes writers of a unix socket whenever they may write, those of a pipe when it is not full any more,
        // those of a TCP connection if they have found it full.
        if (!socket            ? was_full && r->room() >= kPipeBuf
            : f->unix_socket() ? r->len * 4 <= r->limit
                               : r->wanted && r->room() >= r->limit / 3) {
          r->wanted = false;
          notify(w);
        }
      }
      return {got, Errno::ok};
    }
    const bool ended = r != nullptr && r->ended();
    if (ended && (!socket || f->tcp())) return {};  // a FIN has come: not even an error is reported now
    if (f->error != Errno::ok) return fails(f->take_error());
    if (ended || f->rcv_shut || (n == 0 && !socket)) return {};
    if (f->nonblock) return fails(Errno::again);
    (void)block(f, 0);
  }
}

SysResult stream_write(File* f, const void* p, usize n) {
  const bool socket = f->kind == Kind::socket;
  if (!socket && n == 0) return {};
  if (socket && (f->state == Sock::fresh || f->state == Sock::listening))
    return fails(f->unix_socket() ? Errno::notconn : Errno::pipe);
  if (reset_by_fault(f)) return fails(Errno::connreset);
  const u8* from = static_cast<const u8*>(p);
  usize done = 0;
  for (;;) {
    if (socket && f->unix_socket() && f->snd_shut) return fails(Errno::pipe);
    if (f->error != Errno::ok && done == 0 && (n > 0 || f->tcp())) return fails(f->take_error());
    if (f->snd_shut) return done > 0 ? SysResult{done, Errno::ok} : fails(Errno::pipe);
    if (f->state != Sock::connecting) {
      if (n == 0) return {};
      Ring* r = f->out;
      const bool gone = socket ? f->peer == nullptr : r->reader == nullptr;
      if (socket && f->tcp()) {
        // The first bytes to a peer that is gone are lost, and this call does not fail: only the answer to them, a RST,
        // is an error. It is the same if the peer has shut both directions; the peer then gets the error, too.
        File* to = f->peer;
        if (gone || (to->rcv_shut && to->snd_shut)) {
          if (to != nullptr) got_reset(to);
          got_reset(f);
          return {n, Errno::ok};
        }
      } else if (gone || (socket && f->peer->rcv_shut)) {
        return done > 0 ? SysResult{done, Errno::ok} : fails(Errno::pipe);
      }
      const usize left = n - done;
      // What fits into PIPE_BUF is written in one piece or not at all.
      const bool whole = !socket && left <= kPipeBuf && left == n;
      if (r->room() > 0 && (!whole || r->room() >= left)) {
        const u32 put = static_cast<u32>(min<usize>(left, r->room()));
        r->put(from + done, put);
        done += put;
        if (socket) travel(f, put);
        notify(r->reader);
      }
      if (done == n || (f->nonblock && done > 0)) return {done, Errno::ok};
      r->wanted = true;
    }
    if (f->nonblock) return fails(Errno::again);
    (void)block(f, 0);
  }
}

SysResult event_read(File* f, void* p, usize n) {
  if (n < sizeof(u64)) return fails(Errno::inval);
  while (f->count == 0) {
    if (f->nonblock) return fails(Errno::again);
    (void)block(f, 0);
  }
  __builtin_memcpy(p, &f->count, sizeof(u64));
  f->count = 0;
  notify(f);  // writers, too
  return {sizeof(u64), Errno::ok};
}

SysResult event_write(File* f, const void* p, usize n) {
  u64 add;
  if (n < sizeof(u64)) return fails(Errno::inval);
  __builtin_memcpy(&add, p, sizeof(u64));
  if (add == ~u64{0}) return fails(Errno::inval);
  while (add > ~u64{0} - 1 - f->count) {
    if (f->nonblock) return fails(Errno::again);
    (void)block(f, 0);
  }
  f->count += add;
  notify(f);
  return {sizeof(u64), Errno::ok};
}

SysResult sim_eventfd() {
  (void)call();
  if (const Errno e = fd_error(); e != Errno::ok) return fails(e);
  File* f = file_new(Kind::event);
  f->nonblock = true;
  return fd_new(f);
}

SysResult sim_pipe(i32 fds[2], bool nonblock) {
  (void)call();
  if (const Errno e = fd_error(); e != Errno::ok) return fails(e);
  File *r = file_new(Kind::pipe_read), *w = file_new(Kind::pipe_write);
  r->in = w->out = ring_new(kPipeBytes);
  r->in->reader = r;
  r->in->writer = w;
  r->nonblock = w->nonblock = nonblock;
  const SysResult first = fd_new(r);
  if (!first.ok()) {
    file_unref(w);
    return first;
  }
  const SysResult second = fd_new(w);
  if (!second.ok()) {
    (void)sim_kernel_io.close(static_cast<i32>(first.value));
    return second;
  }
  fds[0] = static_cast<i32>(first.value);
  fds[1] = static_cast<i32>(second.value);
  return {};
}

}  // namespace rt0::sim
