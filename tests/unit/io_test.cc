// Descriptors and the network poller on a scripted kernel: each system call answers what the test has written down for
// it, and the poller's events come when the test says so. Timers also fire when the test says so, even late, after they
// were stopped.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <string>
#include <thread>

#include "hosted/goroutines.h"
#include "lib/io/fd.h"
#include "mem/sysmem.h"
#include "sched/hooks.h"
#include "sched/proc.h"
#include "sched/syscall.h"

namespace rt0 {

namespace {

constexpr SysResult done(usize n) { return {n, Errno::ok}; }
constexpr SysResult fails(Errno e) { return {0, e}; }

// The kernel. A call takes the next answer of its queue; if that is empty, EAGAIN.
struct Script {
  std::deque<SysResult> reads, writes, accepts, connects, polls, adds;
  std::deque<Errno> errors;  // what getsockopt tells
  std::deque<bool> peers;    // whether getpeername knows a peer
  std::string written;       // what writes have taken, one after another
  std::vector<std::string> offered;
  std::vector<PollEvent> events;
  std::map<i32, u64> added;
  std::vector<i32> closed, deleted;
  std::vector<i32> waits;  // the time limits of poll_wait
  i64 offset = -1;
  u32 breaks = 0;
  std::mutex lock;
} script;

SysResult next(std::deque<SysResult>& q) {
  const std::lock_guard l(script.lock);
  if (q.empty()) return fails(Errno::again);
  const SysResult r = q.front();
  q.pop_front();
  return r;
}
SysResult take(const void* p, usize n, SysResult r) {
  const std::lock_guard l(script.lock);
  script.offered.emplace_back(static_cast<const char*>(p), n);
  if (r.ok()) script.written.append(static_cast<const char*>(p), r.value);
  return r;
}

constexpr i32 kPoller = 100, kEventFd = 101;

KernelIo make_io() {
  KernelIo io = {};
  io.read = [](i32 fd, void* p, usize n) {
    if (fd == kEventFd) return done(8);
    const SysResult r = next(script.reads);
    if (r.ok()) memset(p, 'r', min(n, r.value));
    return r;
  };
  io.pread = [](i32, void* p, usize n, i64 off) {
    script.offset = off;
    const SysResult r = next(script.reads);
    if (r.ok()) memset(p, 'r', min(n, r.value));
    return r;
  };
  io.write = [](i32 fd, const void* p, usize n) {
    if (fd == kEventFd) {
      script.breaks++;
      return done(8);
    }
    return take(p, n, next(script.writes));
  };
  io.sendto = [](i32, const void* p, usize n, const SockAddr*) { return take(p, n, next(script.writes)); };
  io.recvfrom = [](i32, void*, usize, SockAddr*) { return next(script.reads); };
  io.pwrite = [](i32, const void* p, usize n, i64 off) {
    script.offset = off;
    return take(p, n, next(script.writes));
  };
  io.accept = [](i32, SockAddr*) { return next(script.accepts); };
  io.connect = [](i32, const SockAddr*) { return next(script.connects); };
  io.getsockopt = [](i32, SockOpt, i32* v) {
    const Errno e = script.errors.empty() ? Errno::ok : script.errors.front();
    if (!script.errors.empty()) script.errors.pop_front();
    *v = static_cast<i32>(e);
    return done(0);
  };
  io.getpeername = [](i32, SockAddr*) {
    const bool known = script.peers.empty() || script.peers.front();
    if (!script.peers.empty()) script.peers.pop_front();
    return known ? done(0) : fails(Errno::notconn);
  };
  io.close = [](i32 fd) {
    script.closed.push_back(fd);
    return done(0);
  };
  io.set_nonblock = [](i32, bool) { return done(0); };
  io.wait_ready = [](i32, bool) { return done(0); };
  io.poll_create = [] { return done(kPoller); };
  io.eventfd = [] { return done(kEventFd); };
  io.poll_add = [](i32, i32 fd, u64 data, bool) {
    if (!script.adds.empty()) {
      const SysResult r = script.adds.front();
      script.adds.pop_front();
      if (!r.ok()) return r;
    }
    script.added[fd] = data;
    return done(0);
  };
  io.poll_del = [](i32, i32 fd) {
    script.deleted.push_back(fd);
    return done(0);
  };
  io.poll_wait = [](i32, PollEvent* ev, usize n, i32 ms) {
    script.waits.push_back(ms);
    if (!script.polls.empty()) return next(script.polls);
    const usize count = min(n, static_cast<usize>(script.events.size()));
    for (usize i = 0; i < count; i++) ev[i] = script.events[i];
    script.events.clear();
    return done(count);
  };
  return io;
}
const KernelIo io_table = make_io();
const NetpollHooks* installed = nullptr;
std::vector<void*> kept_blocks;

}  // namespace

const KernelIo& kernel_io() { return io_table; }
void netpoll_install(const NetpollHooks* h) { installed = h; }
void entersyscall() {}
void exitsyscall() {}
void entersyscallblock() {}
void goparkunlock(Mutex* l, WaitReason why) {
  gopark(
      [](G*, void* held) {
        unlock(static_cast<Mutex*>(held));
        return true;
      },
      l, why);
}
void* persistentalloc(usize n, usize align) {
  void* p = std::aligned_alloc(align, align_up(n, align));  // never freed, as in the runtime
  kept_blocks.push_back(p);
  return memset(p, 0, n);
}

// Timers that fire when a test calls f. They lie in PollDescs, which are never freed.
void timer_init(RtTimer* t, TimerFn f, void* arg) {
  *t = {};
  t->f = f;
  t->arg = arg;
}
bool timer_modify(RtTimer* t, i64 when, i64, TimerFn f, void* arg, uintptr seq) {
  const bool active = t->when != 0;
  t->when = when;
  t->f = f;
  t->arg = arg;
  t->seq = seq;
  return active;
}
bool timer_stop(RtTimer* t) {
  const bool active = t->when != 0;
  t->when = 0;
  return active;
}

namespace {

struct Poll : testing::Test {
  Poll() {
    script.~Script();
    new (&script) Script;
    fd.sysfd = 7;
    EXPECT_EQ(fd.init_poll(), Errno::ok);
  }
  ~Poll() override {
    if (fd.sysfd >= 0) (void)fd.close();
    hosted_goroutines.join();
  }

  // The poller reports events, and the goroutines that it names go on. Returns how many these are.
  u32 event(u32 what, u64 data) {
    script.events.push_back({data, what});
    return poll();
  }
  u32 poll(i64 delay = 0) {
    GList list = netpoll(delay);
    u32 n = 0;
    while (G* gp = list.pop()) {
      goready(gp);
      n++;
    }
    return n;
  }
  u64 data(i32 f = 7) const { return script.added[f]; }
  void go(std::function<void()> f) { hosted_goroutines.go(std::move(f)); }
  void answer_read(SysResult r) {
    const std::lock_guard l(script.lock);
    script.reads.push_back(r);
  }
  void answer_write(SysResult r) {
    const std::lock_guard l(script.lock);
    script.writes.push_back(r);
  }
  // A goroutine reads and sleeps.
  void reader() {
    go([this] { got = fd.read(buf, sizeof(buf)); });
    hosted::wait_until_parked(1);
  }
  void writer() {
    go([this] { put = fd.write("0123456789", 10); });
    hosted::wait_until_parked(1);
  }
  void fire(RtTimer t) { t.f(t.arg, t.seq, 0); }
  void join() { hosted_goroutines.join(); }

  hosted::ThisThreadIsGoroutine self;
  hosted::Goroutines hosted_goroutines;
  FD fd;
  char buf[16] = {};
  IoResult got{99}, put{99};
};

using Event = PollEvent;

TEST_F(Poll, a_write_in_parts_goes_on_where_it_stopped) {
  for (usize n : {3, 1, 6}) script.writes.push_back(done(n));
  EXPECT_EQ(fd.write("0123456789", 10).n, 10u);
  EXPECT_EQ(script.written, "0123456789");
  EXPECT_EQ(script.offered, (std::vector<std::string>{"0123456789", "3456789", "456789"}));
}

TEST_F(Poll, a_send_in_parts_goes_on_where_it_stopped) {
  for (usize n : {3, 1, 6}) script.writes.push_back(done(n));
  EXPECT_EQ(fd.sendto("0123456789", 10, nullptr).n, 10u);
  EXPECT_EQ(script.written, "0123456789");
  EXPECT_EQ(script.offered.size(), 3u);
}

TEST_F(Poll, a_packet_is_sent_once) {
  fd.is_stream = false;
  script.writes.push_back(done(3));
  EXPECT_EQ(fd.sendto("0123456789", 10, nullptr).n, 3u);
  EXPECT_EQ(script.offered.size(), 1u);
}

TEST_F(Poll, pwrite_in_parts_moves_the_offset) {
  for (usize n : {4, 6}) script.writes.push_back(done(n));
  EXPECT_EQ(fd.pwrite("0123456789", 10, 1000).n, 10u);
  EXPECT_EQ(script.written, "0123456789");
  EXPECT_EQ(script.offset, 1004);
}

TEST_F(Poll, a_write_that_fails_tells_what_was_written) {
  script.writes = {done(4), fails(Errno::pipe)};
  IoResult r = fd.write("0123456789", 10);
  EXPECT_EQ(r.n, 4u);
  EXPECT_EQ(r.no, Errno::pipe);
  script.writes = {done(4), fails(Errno::nospc)};
  r = fd.pwrite("0123456789", 10, 0);
  EXPECT_EQ(r.n, 4u);
  EXPECT_EQ(r.no, Errno::nospc);
  script.writes = {done(4), fails(Errno::connreset)};
  r = fd.sendto("0123456789", 10, nullptr);
  EXPECT_EQ(r.n, 4u);
  EXPECT_EQ(r.no, Errno::connreset);
}

// A kernel that takes nothing, and says that this is no error, must not be asked for ever.
TEST_F(Poll, a_write_of_which_nothing_is_taken_ends) {
  script.writes = {done(2), done(0)};
  IoResult r = fd.write("0123456789", 10);
  EXPECT_EQ(r.n, 2u);
  EXPECT_EQ(r.err, IoErr::unexpected);
  script.writes = {done(2), done(0)};
  r = fd.pwrite("0123456789", 10, 0);
  EXPECT_EQ(r.n, 2u);
  EXPECT_EQ(r.err, IoErr::unexpected);
  script.writes = {done(2), done(0), fails(Errno::io)};
  r = fd.sendto("0123456789", 10, nullptr);
  EXPECT_EQ(r.n, 2u);
  EXPECT_EQ(r.err, IoErr::unexpected);
}

TEST_F(Poll, the_end_of_a_file) {
  script.reads = {done(0), done(0), done(0)};
  EXPECT_EQ(fd.read(buf, 5).err, IoErr::eof);
  EXPECT_EQ(fd.pread(buf, 5, 9).err, IoErr::eof);
  EXPECT_EQ(script.offset, 9);
  EXPECT_EQ(fd.recvfrom(buf, 5, nullptr).err, IoErr::eof);
  // A read of no bytes does not report the end.
  script.reads = {done(0), done(0)};
  EXPECT_TRUE(fd.pread(buf, 0, 9).ok());
  EXPECT_TRUE(fd.recvfrom(buf, 0, nullptr).ok());
  EXPECT_TRUE(fd.read(buf, 0).ok());
  // An empty packet is not the end.
  fd.eof_is_zero = false;
  script.reads = {done(0), done(0)};
  EXPECT_TRUE(fd.read(buf, 5).ok());
  EXPECT_TRUE(fd.recvfrom(buf, 5, nullptr).ok());
}

TEST_F(Poll, calls_that_a_signal_interrupts_are_made_again) {
  script.reads = {fails(Errno::intr), fails(Errno::intr), done(3)};
  EXPECT_EQ(fd.read(buf, 5).n, 3u);
  script.writes = {fails(Errno::intr), done(3)};
  EXPECT_EQ(fd.write("abc", 3).n, 3u);
}

TEST_F(Poll, accept_goes_on_after_a_connection_that_was_given_up) {
  script.accepts = {fails(Errno::connaborted), fails(Errno::connaborted), done(42)};
  EXPECT_EQ(fd.accept(nullptr).n, 42u);
  script.accepts = {fails(Errno::mfile), done(42)};
  EXPECT_EQ(fd.accept(nullptr).no, Errno::mfile);
}

TEST_F(Poll, an_event_wakes_the_reader) {
  reader();
  EXPECT_EQ(installed->waiters(), 1u);
  EXPECT_EQ(event(Event::kOut, data()), 0u) << "it waits to read";
  answer_read(done(5));
  EXPECT_EQ(event(Event::kIn, data()), 1u);
  join();
  EXPECT_EQ(got.n, 5u);
  EXPECT_EQ(installed->waiters(), 0u);
}

TEST_F(Poll, an_event_wakes_the_writer) {
  writer();
  EXPECT_EQ(event(Event::kIn, data()), 0u) << "it waits to write";
  answer_write(done(10));
  EXPECT_EQ(event(Event::kOut, data()), 1u);
  join();
  EXPECT_EQ(put.n, 10u);
}

// Also without kIn or kOut: reader and writer then make their system calls, which report what has happened.
TEST_F(Poll, a_hang_up_wakes_both) {
  for (const u32 what : {Event::kHup, Event::kErr}) {
    got = put = IoResult{99};
    go([this] { got = fd.read(buf, sizeof(buf)); });
    go([this] { put = fd.write("0123456789", 10); });
    hosted::wait_until_parked(2);
    answer_read(fails(Errno::connreset));
    answer_write(fails(Errno::pipe));
    EXPECT_EQ(event(what, data()), 2u);
    join();
    EXPECT_FALSE(got.ok());
    EXPECT_EQ(put.no, Errno::pipe);
  }
}

TEST_F(Poll, the_end_of_the_peers_writing_wakes_the_reader) {
  reader();
  answer_read(done(0));
  EXPECT_EQ(event(Event::kRdhup, data()), 1u);
  join();
  EXPECT_EQ(got.err, IoErr::eof);
}

// An event that came before the last successful call tells nothing about the next one.
TEST_F(Poll, readiness_of_before_is_forgotten) {
  EXPECT_EQ(event(Event::kIn, data()), 0u);
  reader();  // sleeps: with the old readiness it would ask the kernel twice, and then sleep as well
  EXPECT_EQ(fd.pd->rg.load_relaxed() > kPdWait, true);
  answer_read(done(1));
  EXPECT_EQ(event(Event::kIn, data()), 1u);
  join();
  EXPECT_EQ(got.n, 1u);
  EXPECT_EQ(pollReset(fd.pd, PollMode::read), PollError::none);
  EXPECT_EQ(event(Event::kIn, data()), 0u);
  EXPECT_EQ(fd.pd->rg.load_relaxed(), kPdReady);
  EXPECT_EQ(pollReset(fd.pd, PollMode::read), PollError::none);
  EXPECT_EQ(fd.pd->rg.load_relaxed(), kPdNil);
}

TEST_F(Poll, a_deadline_ends_the_wait) {
  for (const PollMode mode : {PollMode::read, PollMode::both}) {
    (void)fd.set_deadline(1000, mode);
    reader();
    fire(fd.pd->rt);
    join();
    EXPECT_EQ(got.err, IoErr::timeout);
    EXPECT_EQ(fd.read(buf, 1).err, IoErr::timeout) << "the deadline stays";
    script.writes = {done(1)};
    EXPECT_EQ(fd.write("x", 1).err == IoErr::timeout, mode == PollMode::both);
    (void)fd.set_deadline(0, PollMode::both);
    script.reads = {done(1)};
    EXPECT_EQ(fd.read(buf, 1).n, 1u);
  }
}

TEST_F(Poll, a_deadline_for_writing_ends_writing_only) {
  (void)fd.set_deadline(1000, PollMode::write);
  (void)fd.set_deadline(2000, PollMode::read);
  writer();
  fire(fd.pd->wt);
  join();
  EXPECT_EQ(put.err, IoErr::timeout);
  script.reads = {done(1)};
  EXPECT_EQ(fd.read(buf, 1).n, 1u);
}

TEST_F(Poll, a_deadline_that_has_passed_wakes_at_once) {
  reader();
  (void)fd.set_deadline(-1, PollMode::read);
  join();
  EXPECT_EQ(got.err, IoErr::timeout);
  writer();
  (void)fd.set_deadline(-1, PollMode::write);
  join();
  EXPECT_EQ(put.err, IoErr::timeout);
  EXPECT_EQ(installed->waiters(), 0u);
}

// The timer of a deadline that was moved may be firing at this moment: it does nothing.
TEST_F(Poll, a_deadline_that_was_moved_does_not_fire) {
  for (const PollMode mode : {PollMode::read, PollMode::write, PollMode::both}) {
    (void)fd.set_deadline(1000, mode);
    const RtTimer was = mode == PollMode::write ? fd.pd->wt : fd.pd->rt;
    (void)fd.set_deadline(5000, mode);
    fire(was);
    script.reads = {done(1)};
    script.writes = {done(1)};
    EXPECT_EQ(fd.read(buf, 1).n, 1u);
    EXPECT_EQ(fd.write("x", 1).n, 1u);
    fire(mode == PollMode::write ? fd.pd->wt : fd.pd->rt);
    script.reads = {done(1)};
    script.writes = {done(1)};
    EXPECT_EQ(fd.read(buf, 1).err == IoErr::timeout, mode != PollMode::write);
    EXPECT_EQ(fd.write("x", 1).err == IoErr::timeout, mode != PollMode::read);
    (void)fd.set_deadline(0, PollMode::both);
  }
}

// The deadline fires, and is set anew before the goroutine that it has woken runs: the goroutine waits again.
TEST_F(Poll, a_wake_up_by_an_old_deadline_is_no_timeout) {
  (void)fd.set_deadline(1000, PollMode::read);
  reader();
  auto* sleeper = reinterpret_cast<G*>(fd.pd->rg.load_relaxed());
  fd.pd->rg.store_relaxed(
      kPdNil);  // as the deadline's unblock does; the time-out that it publishes is undone before the reader runs
  goready(sleeper);
  while (fd.pd->rg.load_relaxed() <= kPdWait && got.n == 99 && got.ok()) std::this_thread::yield();
  answer_read(done(4));
  (void)event(Event::kIn, data());
  join();
  EXPECT_TRUE(got.ok());
  EXPECT_EQ(got.n, 4u);
}

TEST_F(Poll, connect_goes_on_in_the_background) {
  FD c;
  c.sysfd = 9;
  for (const Errno e : {Errno::inprogress, Errno::already, Errno::intr}) {
    script.connects = {fails(e)};
    script.errors = {Errno::inprogress, Errno::ok, Errno::ok};
    script.peers = {false, true};
    const SockAddr to{};
    IoResult r{99};
    c.pd = nullptr;
    std::atomic<bool> over{false};
    go([&] {
      r = c.connect(&to, 0);
      over = true;
    });
    hosted::wait_until_parked(1);
    for (const u64 of_c = data(9); !over; std::this_thread::yield()) (void)event(Event::kOut, of_c);
    join();
    EXPECT_TRUE(r.ok());
    EXPECT_TRUE(script.errors.empty() && script.peers.empty()) << "it has gone on until there was a peer";
    pollUnblock(c.pd);
    pollClose(c.pd);
  }
}

TEST_F(Poll, connect_that_is_refused) {
  FD c;
  c.sysfd = 9;
  script.connects = {fails(Errno::connrefused)};
  const SockAddr to{};
  EXPECT_EQ(c.connect(&to, 0).no, Errno::connrefused);
  EXPECT_EQ(c.pd, nullptr);
  script.connects = {fails(Errno::inprogress)};
  script.errors = {Errno::timedout};
  IoResult r;
  go([&] { r = c.connect(&to, 0); });
  hosted::wait_until_parked(1);
  EXPECT_EQ(event(Event::kOut | Event::kErr, data(9)), 1u);
  join();
  EXPECT_EQ(r.no, Errno::timedout);
  pollUnblock(c.pd);
  pollClose(c.pd);
}

TEST_F(Poll, connects_deadline_is_not_the_connections) {
  FD c;
  c.sysfd = 9;
  const SockAddr to{};
  EXPECT_EQ(c.connect(&to, -1).err, IoErr::timeout);
  IoResult r;
  script.connects = {fails(Errno::inprogress), fails(Errno::inprogress)};
  go([&] { r = c.connect(&to, 1000); });
  hosted::wait_until_parked(1);
  fire(c.pd->wt);
  join();
  EXPECT_EQ(r.err, IoErr::timeout);
  pollUnblock(c.pd);
  pollClose(c.pd);

  go([&] { r = c.connect(&to, 1000); });
  hosted::wait_until_parked(1);
  EXPECT_EQ(event(Event::kOut, data(9)), 1u);
  join();
  EXPECT_TRUE(r.ok());
  EXPECT_EQ(c.pd->wt.when, 0) << "its timer runs on";
  EXPECT_EQ(c.pd->wd, 0);
  pollUnblock(c.pd);
  pollClose(c.pd);
}

TEST_F(Poll, close_ends_all_calls) {
  u32 ended = 0;
  std::mutex m;
  const auto call = [&](auto f) {
    go([&, f] {
      const IoResult r = f();
      const std::lock_guard l(m);
      if (r.err == IoErr::closing) ended++;
    });
  };
  for (u32 i = 0; i < 2; i++) {  // the second of each kind waits for its turn
    call([&] { return fd.read(buf, 1); });
    call([&] { return fd.write("x", 1); });
  }
  hosted::wait_until_parked(4);
  EXPECT_TRUE(fd.close().ok());
  EXPECT_EQ(script.closed, std::vector<i32>{7}) << "when close returns, the descriptor is the kernel's again";
  EXPECT_EQ(script.deleted, std::vector<i32>{7});
  join();
  EXPECT_EQ(ended, 4u);
  EXPECT_EQ(fd.close().err, IoErr::closing);
  EXPECT_EQ(fd.read(buf, 1).err, IoErr::closing);
  EXPECT_EQ(fd.pread(buf, 1, 0).err, IoErr::closing);
  EXPECT_EQ(fd.set_deadline(1, PollMode::both).err, IoErr::closing);
}

// A descriptor that the poller does not know: its calls block, and close does not wait for them.
TEST_F(Poll, close_of_a_descriptor_in_use) {
  EXPECT_TRUE(fd.mu.incref());
  pollUnblock(fd.pd);
  pollClose(fd.pd);
  fd.pd = nullptr;
  EXPECT_TRUE(fd.close().ok());
  EXPECT_TRUE(script.closed.empty()) << "a call uses it";
  fd.leave(fd.mu.decref());
  EXPECT_EQ(script.closed, std::vector<i32>{7});
}

TEST_F(Poll, events_of_an_earlier_use_are_dropped) {
  PollDesc* const pd = fd.pd;
  const u64 old = data();
  EXPECT_TRUE(fd.close().ok());
  FD again;
  again.sysfd = 7;
  ASSERT_EQ(again.init_poll(), Errno::ok);
  ASSERT_EQ(again.pd, pd) << "the one that has become free";
  EXPECT_NE(data(), old);
  EXPECT_EQ(event(Event::kIn | Event::kOut | Event::kErr, old), 0u);
  EXPECT_EQ(pd->rg.load_relaxed(), kPdNil);
  EXPECT_EQ(pd->wg.load_relaxed(), kPdNil);
  script.reads = {done(1)};
  EXPECT_EQ(again.read(buf, 1).n, 1u) << "the error was that of the earlier use";
  EXPECT_TRUE(again.close().ok());
}

TEST_F(Poll, a_deadline_of_an_earlier_use_does_not_fire) {
  (void)fd.set_deadline(1000, PollMode::read);
  (void)fd.set_deadline(2000, PollMode::write);
  const RtTimer rt = fd.pd->rt, wt = fd.pd->wt;
  EXPECT_TRUE(fd.close().ok());
  EXPECT_EQ(rt.when, 1000);
  FD again;
  again.sysfd = 7;
  ASSERT_EQ(again.init_poll(), Errno::ok);
  EXPECT_EQ(again.pd->rt.when, 0) << "close stops the timers";
  EXPECT_EQ(again.pd->wt.when, 0);
  (void)again.set_deadline(9000, PollMode::read);
  (void)again.set_deadline(8000, PollMode::write);
  fire(rt);
  fire(wt);
  script.reads = {done(1)};
  EXPECT_EQ(again.read(buf, 1).n, 1u);
  EXPECT_TRUE(again.close().ok());
}

// More than one block of PollDescs; each event finds its own.
TEST_F(Poll, many_descriptors) {
  constexpr u32 kMany = 200;
  std::vector<PollDesc*> pds;
  for (u32 i = 0; i < kMany; i++) {
    pds.push_back(pollOpen(static_cast<i32>(1000 + i)).pd);
    ASSERT_NE(pds.back(), nullptr);
  }
  for (u32 i = 0; i < kMany; i++) {
    EXPECT_EQ(event(Event::kIn, data(static_cast<i32>(1000 + i))), 0u);
    for (u32 k = 0; k < kMany; k++) ASSERT_EQ(pds[k]->rg.load_relaxed(), k <= i ? kPdReady : kPdNil) << i << " " << k;
  }
  for (PollDesc* pd : pds) {
    pollUnblock(pd);
    pollClose(pd);
  }
  // Each PollDesc that was closed is used again before a new one is made.
  std::vector<PollDesc*> again;
  for (u32 i = 0; i < kMany; i++) again.push_back(pollOpen(static_cast<i32>(i)).pd);
  std::sort(pds.begin(), pds.end());
  std::sort(again.begin(), again.end());
  EXPECT_EQ(pds, again);
  for (PollDesc* pd : again) {
    pollUnblock(pd);
    pollClose(pd);
  }
}

TEST_F(Poll, a_file_that_the_kernel_does_not_poll) {
  PollDesc* const spare = pollOpen(50).pd;
  pollUnblock(spare);
  pollClose(spare);
  script.adds = {fails(Errno::perm)};
  EXPECT_EQ(pollOpen(51).err, Errno::perm);
  PollDesc* const pd = pollOpen(52).pd;
  EXPECT_EQ(pd, spare) << "it is free again";
  pollUnblock(pd);
  pollClose(pd);
}

TEST_F(Poll, time_limits) {
  for (const auto& [ns, ms] : std::map<i64, i32>{
           {-1, -1}, {0, 0}, {1, 1}, {999999, 1}, {1000000, 1}, {2500000, 2}, {i64{1} << 60, 1000000000}}) {
    script.waits.clear();
    (void)poll(ns);
    EXPECT_EQ(script.waits, std::vector<i32>{ms}) << ns;
  }
  // A signal ends a wait: one that has a limit is not begun again, since the clock has gone on.
  script.waits.clear();
  script.polls = {fails(Errno::intr)};
  (void)poll(5000000);
  EXPECT_EQ(script.waits.size(), 1u);
  script.waits.clear();
  script.polls = {fails(Errno::intr), done(0)};
  (void)poll(-1);
  EXPECT_EQ(script.waits.size(), 2u);
  script.polls = {fails(Errno::badf)};
  EXPECT_THROW((void)poll(0), hosted::Thrown);
}

// A break wakes a thread that waits. Two breaks before it wakes are one; the next one counts again.
TEST_F(Poll, breaks) {
  constexpr u64 kBreak = 0xffffffff;
  netpollBreak();
  netpollBreak();
  EXPECT_EQ(script.breaks, 1u);
  script.events.push_back({kBreak, Event::kIn});
  EXPECT_EQ(poll(0), 0u);  // does not wait, so it leaves the break to a thread that does
  netpollBreak();
  EXPECT_EQ(script.breaks, 1u);
  script.events.push_back({kBreak, Event::kIn});
  EXPECT_EQ(poll(-1), 0u);
  netpollBreak();
  EXPECT_EQ(script.breaks, 2u);
  script.events.push_back({kBreak, Event::kIn});
  (void)poll(-1);
}

TEST_F(Poll, turns) {
  writer();
  IoResult second{99};
  go([&] { second = fd.write("abc", 3); });
  hosted::wait_until_parked(2);
  answer_write(done(10));
  answer_write(done(3));
  EXPECT_EQ(event(Event::kOut, data()), 1u);
  join();
  EXPECT_EQ(put.n, 10u);
  EXPECT_EQ(second.n, 3u);
  EXPECT_EQ(script.written, "0123456789abc");
}

}  // namespace
}  // namespace rt0
