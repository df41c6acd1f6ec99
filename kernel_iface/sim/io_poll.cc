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
    const SysResult r = linux_kernel.mem_map(nullptr, kBlock);
    check(r.ok(), "sim: no memory for the simulated kernel itself");
    Watch* more = reinterpret_cast<Watch*>(r.value);
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

void watch_free(Watch* w) {
  dequeue(w);
  w->queue = free_watches;
  free_watches = w;
}

u32 socket_readiness(const File* f) {
  u32 ev = f->error != Errno::ok ? PollEvent::kErr : 0;
  switch (f->state) {
    case Sock::fresh: return ev | (f->type == SockType::stream ? PollEvent::kOut | PollEvent::kHup : PollEvent::kOut);
    case Sock::listening: return ev | (f->pending != nullptr ? PollEvent::kIn : 0);
    case Sock::packets: return ev | (f->in->len > 0 ? PollEvent::kIn : 0) | PollEvent::kOut;
    case Sock::connected: break;
  }
  const bool eof = f->in->no_writer() || f->read_shut;
  const bool shut = f->out == nullptr || f->out->no_reader();
  if (f->in->len > 0 || eof) ev |= PollEvent::kIn;
  if (eof) ev |= PollEvent::kRdhup;
  if (shut || f->out->room() >= f->out->cap / 3) ev |= PollEvent::kOut;
  if (eof && (shut || f->error != Errno::ok)) ev |= PollEvent::kHup;
  return ev;
}

}  // namespace

u32 readiness(const File* f) {
  switch (f->kind) {
    case Kind::pipe_read: return (f->in->len > 0 ? PollEvent::kIn : 0) | (f->in->no_writer() ? PollEvent::kHup : 0);
    case Kind::pipe_write:
      return (f->out->room() >= kPipeBuf ? PollEvent::kOut : 0) | (f->out->no_reader() ? PollEvent::kErr : 0);
    case Kind::event: return (f->count != 0 ? PollEvent::kIn : 0) | PollEvent::kOut;
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
  for (i32 fd = 0; fd < kMaxFds; fd++) {
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
  return fd_new(file_new(Kind::poller));
}

SysResult sim_poll_add(i32 poller, i32 fd, u64 data, bool edge) {
  (void)call();
  File *p = file_of(poller), *f = file_of(fd);
  if (p == nullptr || f == nullptr) return fails(Errno::badf);
  if (p->kind != Kind::poller || f == p) return fails(Errno::inval);
  if (f->kind == Kind::host || f->kind == Kind::poller) return fails(Errno::perm);
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
  if (readiness(f) != 0) {
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

SysResult sim_poll_wait(i32 poller, PollEvent* ev, usize n, i32 timeout_ms) {
  if (!call(timeout_ms != 0)) return fails(Errno::intr);
  File* p = file_of(poller);
  if (p == nullptr || p->kind != Kind::poller) return fails(p == nullptr ? Errno::badf : Errno::inval);
  const i64 deadline = timeout_ms < 0 ? 0 : state.now + i64{timeout_ms} * 1000 * 1000;
  for (;;) {
    usize found = 0;
    Watch* again_from = nullptr;  // the first watch put back at the queue's end: from there on all were reported before
    while (found < n && p->queue_head != nullptr && p->queue_head != again_from) {
      Watch* w = p->queue_head;
      dequeue(w);
      constexpr u32 kAlways = PollEvent::kHup | PollEvent::kErr;
      const u32 is = readiness(w->file) & (w->edge ? ~u32{0} : PollEvent::kIn | kAlways);
      if (is == 0) continue;
      ev[found++] = {w->data, is};
      if (w->edge) continue;
      enqueue(w);
      if (again_from == nullptr) again_from = w;
    }
    if (found > 0) return {found, Errno::ok};
    if (timeout_ms == 0 || !block(p, deadline)) return {};
  }
}

}  // namespace rt0::sim
