// Pollers, which work as Linux's epoll. When a File may have become ready, its watches are put on their pollers'
// queues. poll_wait takes them off and asks readiness() about each. An edge-triggered watch is put on the queue again
// only by the next notify(), a level-triggered watch at once, as long as it is ready.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

namespace {

constinit Watch* free_watches = nullptr;

Watch* watch_new() {
  if (free_watches == nullptr) {
    constexpr usize kBlock = 64 * 1024;
    Watch* more = static_cast<Watch*>(pages(kBlock));
    for (usize i = 0; i < kBlock / sizeof(Watch); i++) {
      more[i].queue = free_watches;
      free_watches = &more[i];
    }
  }
  Watch* w = free_watches;
  free_watches = w->queue;
  *w = {};
  return w;
}

void enqueue(Watch* w) {
  if (w->queued) return;
  File* p = w->poller;
  w->queued = true;
  w->queue = nullptr;
  if (p->queue_tail != nullptr) p->queue_tail->queue = w;
  else p->queue_head = w;
  p->queue_tail = w;
}

void dequeue(Watch* w) {
  if (!w->queued) return;
  File* p = w->poller;
  Watch* before = nullptr;
  for (Watch* at = p->queue_head; at != w; at = at->queue) before = at;
  if (before != nullptr) before->queue = w->queue;
  else p->queue_head = w->queue;
  if (p->queue_tail == w) p->queue_tail = before;
  w->queued = false;
}

u32 interest(const Watch* w) { return w->edge ? ~u32{0} : PollEvent::kIn | PollEvent::kHup | PollEvent::kErr; }

void watch_free(Watch* w) {
  dequeue(w);
  w->queue = free_watches;
  free_watches = w;
}

// May more be written into a connection? If not, notify() comes when there is room.
bool has_room(const File* f) {
  Ring* r = f->out;
  if (r == nullptr) return true;
  if (f->unix_socket()) return (f->type == SockType::seqpacket ? r->cost : r->len) * 4 <= r->limit;
  if (r->room() >= r->limit / 3) return true;
  r->wanted = true;
  return false;
}

// A unix datagram socket that is connected to one whose queue is full, and which is not connected back.
bool blocked_by_peer(const File* f) {
  const File* peer = f->unix_socket() ? f->peer : nullptr;
  if (peer == nullptr || peer->peer == f || peer->in->npackets <= kMaxDgramQueue) return false;
  peer->in->wanted = true;
  return true;
}

u32 socket_readiness(const File* f) {
  u32 ev = f->error != Errno::ok ? PollEvent::kErr : 0;
  const bool in = f->in != nullptr && (has_packets(f) ? f->in->npackets > 0 : f->in->arrived() > 0);
  const bool ended = f->rcv_shut || (f->tcp() && f->in != nullptr && f->in->ended());
  if (f->state == Sock::listening && f->pending != nullptr) ev |= PollEvent::kIn;
  if (in || ended) ev |= PollEvent::kIn;
  if (ended) ev |= PollEvent::kRdhup;
  if ((ended && f->snd_shut) || f->state == Sock::fresh || f->state == Sock::closed) ev |= PollEvent::kHup;
  switch (f->state) {
    case Sock::listening:
    case Sock::connecting: return ev;
    case Sock::packets: return ev | (blocked_by_peer(f) ? 0 : PollEvent::kOut);
    default: return ev | ((f->tcp() && f->snd_shut) || has_room(f) ? PollEvent::kOut : 0);
  }
}

}  // namespace

u32 readiness(const File* f) {
  switch (f->kind) {
    case Kind::pipe_read: return (f->in->len > 0 ? PollEvent::kIn : 0) | (f->in->ended() ? PollEvent::kHup : 0);
    case Kind::pipe_write:
      return (f->out->room() >= kPipeBuf ? PollEvent::kOut : 0) | (f->out->reader == nullptr ? PollEvent::kErr : 0);
    case Kind::event: return (f->count != 0 ? PollEvent::kIn : 0) | (f->count < ~u64{0} - 1 ? PollEvent::kOut : 0);
    case Kind::socket: return socket_readiness(f);
    default: return 0;
  }
}

void notify(File* f) {
  for (Watch* w = f->watches; w != nullptr; w = w->of_file) {
    enqueue(w);
    (void)wake(w->poller, ~u32{0});
  }
  (void)wake(f, ~u32{0});
}

// For a file that is about to be freed: removes its watches and, if it is a poller, the watches it has on other files.
void watches_drop(File* f) {
  while (Watch* w = f->watches) {
    f->watches = w->of_file;
    watch_free(w);
  }
  if (f->kind != Kind::poller) return;
  for (i32 fd = 0; fd < fd_end(); fd++) {
    File* other = file_of(fd);
    if (other == nullptr) continue;
    for (Watch** link = &other->watches; *link != nullptr;) {
      Watch* w = *link;
      if (w->poller != f) {
        link = &w->of_file;
        continue;
      }
      *link = w->of_file;
      watch_free(w);
    }
  }
}

SysResult sim_poll_create() {
  (void)call();
  if (const Errno e = fd_error(); e != Errno::ok) return fails(e);
  return fd_new(file_new(Kind::poller));
}

SysResult sim_poll_add(i32 poller, i32 fd, u64 data, bool edge) {
  (void)call();
  File *p = file_of(poller), *f = file_of(fd);
  if (p == nullptr || f == nullptr) return fails(Errno::badf);
  if (f->kind == Kind::host) return fails(Errno::perm);
  if (p->kind != Kind::poller || f == p) return fails(Errno::inval);
  if (f->kind == Kind::poller) return fails(Errno::perm);
  for (Watch* w = f->watches; w != nullptr; w = w->of_file)
    if (w->poller == p && w->fd == fd) return fails(Errno::exist);
  Watch* w = watch_new();
  w->poller = p;
  w->file = f;
  w->fd = fd;
  w->data = data;
  w->edge = edge;
  w->of_file = f->watches;
  f->watches = w;
  if ((readiness(f) & interest(w)) != 0) {
    enqueue(w);
    (void)wake(p, ~u32{0});
  }
  return {};
}

SysResult sim_poll_del(i32 poller, i32 fd) {
  (void)call();
  File *p = file_of(poller), *f = file_of(fd);
  if (p == nullptr || f == nullptr) return fails(Errno::badf);
  for (Watch** link = &f->watches; *link != nullptr; link = &(*link)->of_file) {
    Watch* w = *link;
    if (w->poller != p || w->fd != fd) continue;
    *link = w->of_file;
    watch_free(w);
    return {};
  }
  return fails(Errno::noent);
}

namespace {

// The fault "ready": a report that the i-th descriptor of the poller is ready, although it may not be. Never twice
// without a true report or a sleep in between, or a loop around poll_wait would never end. There is no false report
// about an eventfd: only the runtime itself uses it.
bool lie(File* p, PollEvent* ev) {
  if ((state.opt.faults & 1u << static_cast<u32>(Choice::ready)) == 0 || p->lied) return false;
  const auto watches = [&](auto f) {
    for (i32 fd = 0; fd < fd_end(); fd++) {
      const File* file = file_of(fd);
      if (file == nullptr || file->kind == Kind::event) continue;
      for (const Watch* w = file->watches; w != nullptr; w = w->of_file)
        if (w->poller == p && w->fd == fd) f(w);
    }
  };
  u32 n = 0;
  watches([&](const Watch*) { n++; });
  if (n == 0) return false;
  u32 pick = fault(Choice::ready, {}, n);
  if (pick == 0) return false;
  watches([&](const Watch* w) {
    if (--pick != 0) return;
    const Kind kind = w->file->kind;
    const u32 in = kind == Kind::pipe_write ? 0 : PollEvent::kIn;
    const u32 out = kind == Kind::pipe_read || !w->edge ? 0 : PollEvent::kOut;
    *ev = {w->data, in | out};
  });
  p->lied = true;
  return true;
}

}  // namespace

SysResult sim_poll_wait(i32 poller, PollEvent* ev, usize n, i32 timeout_ms) {
  if (!call(timeout_ms != 0)) return fails(Errno::intr);
  File* p = file_of(poller);
  if (p == nullptr || p->kind != Kind::poller) return fails(p == nullptr ? Errno::badf : Errno::inval);
  if (n == 0) return fails(Errno::inval);
  const Held held(p);
  const i64 deadline = timeout_ms < 0 ? 0 : state.now + i64{timeout_ms} * 1000 * 1000;
  for (;;) {
    usize found = 0;
    Watch* again_from = nullptr;  // the first watch put back at the queue's end: from there on all were reported before
    while (found < n && p->queue_head != nullptr && p->queue_head != again_from) {
      Watch* w = p->queue_head;
      dequeue(w);
      const u32 is = readiness(w->file) & interest(w);
      if (is == 0) continue;
      ev[found++] = {w->data, is};
      if (w->edge) continue;
      enqueue(w);
      if (again_from == nullptr) again_from = w;
    }
    if (found == 0 && lie(p, ev)) return {1, Errno::ok};
    p->lied = false;
    if (found > 0) return {found, Errno::ok};
    if (timeout_ms == 0 || !block(p, deadline)) return {};
  }
}

}  // namespace rt0::sim
