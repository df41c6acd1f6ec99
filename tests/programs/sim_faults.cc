// Programs that go on after errors, as careful programs do: sim_faults WHAT. Under the faults of the simulated kernel
// they must print what they print without faults, except for the words that tests/cases/faults_test.py names; an error
// that the fault does not cause ends them.
#include <rt0/rt0.h>

#include "words.h"

using namespace rt0;

namespace {

constexpr Err kNobufs = static_cast<Err>(105);

// Errors that come from a shortage, and that do not last.
bool shortage(const Error& e) {
  return e.is(Err::mfile) || e.is(Err::nfile) || e.is(kNobufs) || e.is(Err::nospc) || e.is(Err::io);
}
// A connection broke.
bool broken(const Error& e) {
  return e.is(Err::connreset) || e.is(Err::pipe) || e.is(Err::timedout) || e.is(Err::connaborted) || e.is(Err::eof);
}

// Calls f until it succeeds. Its errors may be those of a shortage, and of broken connections if `may_break`.
template <class F>
auto again(F f, bool may_break = false) {
  auto r = f();
  for (int tries = 1; r.err; tries++) {
    if (tries == 2000) panic("it never succeeds");
    if (!shortage(r.err) && !(may_break && broken(r.err))) {
      fmt::println("an error that the fault does not bring:", r.err);
      exit(1);
    }
    sleep(us(200));
    r = f();
  }
  return r;
}
template <class F>
auto as_result(F f) {
  struct Outcome {
    Error err;
  };
  return Outcome{f()};
}

unsigned char byte_at(size_t i) { return static_cast<unsigned char>(i * 7 + i / 251); }

// Datagrams with a number each. Prints what is true of those that the receiver has got.
void udp() {
  constexpr int kMany = 60;
  auto to = again([] { return net::listen_packet("udp", "127.0.0.1:0"); }).value;
  auto from = again([] { return net::listen_packet("udp", "127.0.0.1:0"); }).value;
  int times[kMany] = {}, last = -1, came = 0, strange = 0;
  bool ordered = true;
  WaitGroup wg;
  wg.go([&] {
    for (;;) {
      char b[16];
      (void)to.set_read_deadline(now().add(ms(50)));
      auto got = to.read_from(b, sizeof(b));
      if (got.err.is(Err::timeout)) return;
      if (got.err) panic("read_from");
      const int n = got.value.n == 2 && b[1] == 'x' ? b[0] : -1;
      if (n < 0 || n >= kMany) strange++;
      else if (times[n]++ == 0) came++;
      if (n < last) ordered = false;
      last = n;
    }
  });
  for (int i = 0; i < kMany; i++) {
    const char b[2] = {static_cast<char>(i), 'x'};
    (void)again([&] { return from.write_to(b, 2, to.local_addr()); });
    if (i % 4 == 3) sleep(us(300));
  }
  wg.wait();
  bool once = true;
  for (const int n : times) once = once && n <= 1;
  fmt::println("all came", came == kMany, "most came", came > kMany / 3, "once", once, "ordered", ordered, "strange",
               strange);
}

// A server echoes what its clients send. A client whose connection breaks begins again.
void tcp() {
  constexpr int kClients = 4;
  constexpr size_t kBytes = 20000;
  auto l = again([] { return net::listen("tcp", "127.0.0.1:0"); }).value;
  atomic::Int32 rounds, broke;
  Chan<Unit> over(0);
  go([=] {
    for (;;) {
      auto [c, err] = l.accept();
      if (err.is(Err::closed)) break;
      if (err) {
        if (!shortage(err)) panic("accept");
        sleep(ms(1));
        continue;
      }
      go([c = c] {
        char b[3000];
        for (;;) {
          auto got = c.read(b, sizeof(b));
          if (got.err) break;
          if (c.write(b, got.value).err) break;
        }
        (void)c.close();
      });
    }
    over.close();
  });
  // True if all bytes have come back, in their order.
  auto talk = [&](const net::Conn& c) {
    WaitGroup wg;
    wg.go([&] {
      static unsigned char all[kBytes];
      for (size_t i = 0; i < kBytes; i++) all[i] = byte_at(i);
      for (size_t at = 0; at < kBytes; at += kBytes / 10) {
        auto put = c.write(all + at, kBytes / 10);
        if (put.err && !broken(put.err) && !put.err.is(Err::closed)) panic("write");
        if (put.err) return;
      }
    });
    size_t n = 0;
    while (n < kBytes) {
      unsigned char b[1500];
      auto got = c.read(b, sizeof(b));
      if (got.err) {
        if (!broken(got.err)) panic("read");
        break;
      }
      for (size_t i = 0; i < got.value; i++)
        if (b[i] != byte_at(n + i)) panic("a byte is not the one that was sent");
      n += got.value;
    }
    (void)c.close();
    wg.wait();
    return n == kBytes;
  };
  WaitGroup clients;
  for (int i = 0; i < kClients; i++)
    clients.go([&] {
      for (int tries = 0; tries < 300; tries++) {
        auto c = again([&] { return net::dial("tcp", l.addr()); }, true).value;
        if (talk(c)) {
          rounds.add(1);
          return;
        }
        broke.add(1);
      }
      panic("no connection lives long enough");
    });
  clients.wait();
  (void)l.close();
  (void)over.recv();
  fmt::println("clients", rounds.load(), "nothing broke", broke.load() == 0);
}

// A file is written in pieces and read back. A write that fails is done again at the same offset.
void files() {
  constexpr size_t kBytes = 6000, kPiece = 500;
  unsigned char data[kBytes];
  for (size_t i = 0; i < kBytes; i++) data[i] = byte_at(i);
  (void)again([] { return as_result([&] { return os::mkdir("folder", 0755); }); });
  auto f = again([] { return os::create("folder/new"); }).value;
  bool no_error = true;
  for (size_t at = 0; at < kBytes;) {
    auto put = f.write_at(data + at, kPiece, static_cast<int64_t>(at));
    at += put.value;
    if (!put.err) continue;
    no_error = false;
    if (!shortage(put.err)) panic("write_at");
  }
  (void)again([&] { return as_result([&] { return f.sync(); }); });
  (void)again([&] { return as_result([&] { return f.truncate(kBytes - 1); }); });
  (void)f.close();
  (void)again([] { return as_result([&] { return os::rename("folder/new", "folder/file"); }); });
  auto r = again([] { return os::open("folder/file"); }).value;
  unsigned char back[kBytes + 1];
  size_t n = 0;
  for (;;) {
    auto got = r.read_at(back + n, sizeof(back) - n, static_cast<int64_t>(n));
    n += got.value;
    if (got.err.is(Err::eof)) break;
    if (got.err && !shortage(got.err)) panic("read_at");
    if (got.err) no_error = false;
  }
  bool same = n == kBytes - 1;
  for (size_t i = 0; i < n; i++) same = same && back[i] == data[i];
  (void)again([] { return as_result([&] { return os::remove("folder/file"); }); });
  (void)again([] { return as_result([&] { return os::remove("folder"); }); });
  fmt::println("bytes", static_cast<unsigned long long>(n), "same", same, "no write failed", no_error);
}

// Timers and deadlines go by the monotonic clock, which nobody can set.
void clock() {
  bool long_enough = true, forwards = true, wall_goes_on = true;
  for (int i = 0; i < 20; i++) {
    const Time before = now();
    sleep(ms(2));
    const Duration d = since(before);
    long_enough = long_enough && d >= ms(2);
    forwards = forwards && d < seconds(60);
    const int64_t wall = now().unix_nano() - before.unix_nano();
    wall_goes_on = wall_goes_on && wall >= 0 && wall < 60 * int64_t{1000000000};
  }
  auto p = again([] { return os::pipe(); }).value;
  (void)p.r.set_read_deadline(now().add(ms(5)));
  char b;
  const Time before = now();
  const bool timeout = p.r.read(&b, 1).err.is(Err::timeout);
  const Duration waited = since(before);
  int ticks = 0;
  const Ticker t = new_ticker(ms(3));
  for (; ticks < 5; ticks++) (void)t.c().recv();
  fmt::println("slept long enough", long_enough, "time goes on", forwards, "deadline", timeout && waited < seconds(60),
               "ticks", ticks, "wall clock goes on", wall_goes_on);
}

}  // namespace

int main(int argc, char** argv) {
  const char* what = argc == 2 ? argv[1] : "";
  if (same(what, "udp")) udp();
  else if (same(what, "tcp")) tcp();
  else if (same(what, "files")) files();
  else if (same(what, "clock")) clock();
  else panic("udp, tcp, files or clock is wanted");
}
