// Pipes, streams and eventfds: bytes in rings.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

void Ring::put(const void* p, u32 n) {
  const u8* from = static_cast<const u8*>(p);
  for (u32 i = 0; i < n; i++) buf[(at + len + i) % cap] = from[i];
  len += n;
}

void Ring::get(void* p, u32 n) {
  u8* to = static_cast<u8*>(p);
  for (u32 i = 0; to != nullptr && i < n; i++) to[i] = buf[(at + i) % cap];
  at = (at + n) % cap;
  len -= n;
}

namespace {

bool is_stream(const File* f) { return f->kind != Kind::socket || f->state == Sock::connected; }

// If the fault "reset" is chosen: breaks the connection as a TCP reset does; the peer's next call fails, too.
bool reset_by_fault(File* f) {
  if (f->kind != Kind::socket || f->family == AddrFamily::unix_ || !fault(Choice::reset)) return false;
  File* peer = f->in->writer;
  if (peer != nullptr) {
    peer->error = Errno::connreset;
    peer->peer_gone = true;
  }
  f->peer_gone = true;
  f->in->broken = true;
  f->in->len = 0;
  if (f->out != nullptr) f->out->broken = true, f->out->len = 0;
  if (peer != nullptr) notify(peer);
  notify(f);
  return true;
}

}  // namespace

SysResult stream_read(File* f, void* p, usize n) {
  if (!is_stream(f)) return fails(f->state == Sock::fresh ? Errno::notconn : Errno::inval);
  if (reset_by_fault(f)) return fails(Errno::connreset);
  for (;;) {
    Ring* r = f->in;
    if (r->len > 0 && !f->read_shut) {
      const u32 got = static_cast<u32>(min<usize>(n, r->len));
      r->get(p, got);
      if (r->writer != nullptr) notify(r->writer);
      return {got, Errno::ok};
    }
    if (f->error != Errno::ok) {
      const Errno e = f->error;
      f->error = Errno::ok;
      return fails(e);
    }
    if (n == 0 || r->no_writer() || f->read_shut) return {};
    if (f->nonblock) return fails(Errno::again);
    (void)block(f, 0);
  }
}

SysResult stream_write(File* f, const void* p, usize n) {
  if (!is_stream(f)) return fails(f->state == Sock::fresh ? Errno::notconn : Errno::inval);
  if (reset_by_fault(f)) return fails(Errno::connreset);
  const u8* from = static_cast<const u8*>(p);
  const bool pipe = f->kind == Kind::pipe_write;
  usize done = 0;
  for (;;) {
    if (f->error != Errno::ok) {
      const Errno e = f->error;
      f->error = Errno::ok;
      return fails(e);
    }
    Ring* r = f->out;
    if (r == nullptr || r->no_reader()) {
      // Over TCP the first write to a closed peer succeeds, and its bytes are lost; only the peer's answer, a reset,
      // makes later writes fail.
      const bool first = r != nullptr && !pipe && f->family != AddrFamily::unix_ && !f->peer_gone;
      f->peer_gone = true;
      return first ? SysResult{n, Errno::ok} : fails(Errno::pipe);
    }
    const usize left = n - done;
    // A write to a pipe of at most PIPE_BUF bytes is written in one piece or not at all.
    const bool whole = pipe && left <= kPipeBuf && left == n;
    if (r->room() > 0 && (!whole || r->room() >= left)) {
      const u32 put = static_cast<u32>(min<usize>(left, r->room()));
      r->put(from + done, put);
      done += put;
      notify(r->reader);
    }
    if (done == n || (f->nonblock && done > 0)) return {done, Errno::ok};
    if (f->nonblock) return fails(Errno::again);
    (void)block(f, 0);
  }
}

SysResult event_read(File* f, void* p, usize n) {
  if (n < sizeof(u64)) return fails(Errno::inval);
  if (f->count == 0) return fails(Errno::again);
  __builtin_memcpy(p, &f->count, sizeof(u64));
  f->count = 0;
  return {sizeof(u64), Errno::ok};
}

SysResult event_write(File* f, const void* p, usize n) {
  u64 add;
  if (n < sizeof(u64)) return fails(Errno::inval);
  __builtin_memcpy(&add, p, sizeof(u64));
  if (add > ~u64{0} - 1 - f->count) return fails(add == ~u64{0} ? Errno::inval : Errno::again);
  f->count += add;
  notify(f);
  return {sizeof(u64), Errno::ok};
}

SysResult sim_eventfd() {
  (void)call();
  return fd_new(file_new(Kind::event));
}

SysResult sim_pipe(i32 fds[2], bool nonblock) {
  (void)call();
  File *r = file_new(Kind::pipe_read), *w = file_new(Kind::pipe_write);
  r->in = w->out = ring_new(kRingBytes);
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
