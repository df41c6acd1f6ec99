// Rows of a twin test: a program prints the same lines on Linux and on the simulated kernel. tests/cases/twin_test.py
// runs it on both and compares row by row. Rows call the kernel's table, below the public API, so that each error
// number is seen.
#pragma once

#include "kernel_iface/kernel.h"
#include "kernel_iface/kernel_io.h"
#include "rt0/rt0.h"

namespace twin {

using namespace rt0;

inline const char* row_name = "";

template <class... T>
void line(const T&... what) {
  fmt::println(row_name, "|", what...);
}

// Prints what a call has returned.
inline void say(const char* what, const SysResult& r) {
  if (r.ok()) line(what, "ok", static_cast<unsigned long long>(r.value));
  else line(what, "error", static_cast<int>(r.err), errno_text_all(r.err));
}
// The same without the value, for calls that return a descriptor or no value.
inline void done(const char* what, const SysResult& r) {
  if (r.ok()) line(what, "ok");
  else say(what, r);
}

inline const KernelIo& k() { return kernel_io(); }
inline i32 fd_of(const SysResult& r) { return r.ok() ? static_cast<i32>(r.value) : -1; }
// Waits until what has been sent has arrived.
inline void settle() { sleep(ms(3)); }

inline char bytes[1 << 20];

// The byte at this offset of a long text that a row writes. If a part is written twice or left out, all bytes after it
// are in the wrong places.
inline char byte_at(usize offset) { return static_cast<char>(offset % 251); }
inline void fill(usize n) {
  for (usize i = 0; i < n; i++) bytes[i] = byte_at(i);
}
inline bool are_from(usize offset, const char* p, usize n) {
  for (usize i = 0; i < n; i++)
    if (p[i] != byte_at(offset + i)) return false;
  return true;
}

inline void say_read(const char* what, i32 fd, usize n = 100) {
  const SysResult r = k().read(fd, bytes, n);
  if (!r.ok()) return say(what, r);
  char text[17] = {};
  for (usize i = 0; i < r.value && i < 16; i++) text[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '.';
  line(what, "ok", static_cast<unsigned long long>(r.value), static_cast<const char*>(text));
}
inline void say_recv(const char* what, i32 fd, usize n = 100) {
  SockAddr from;
  const SysResult r = k().recvfrom(fd, bytes, n, &from);
  if (!r.ok()) return say(what, r);
  line(what, "ok", static_cast<unsigned long long>(r.value), "from family", static_cast<unsigned>(from.family));
}

inline void say_events(const char* what, u32 ev) {
  char text[32] = {};
  usize n = 0;
  auto put = [&](bool on, const char* name) {
    if (!on) return;
    if (n > 0) text[n++] = '+';
    while (*name != '\0') text[n++] = *name++;
  };
  put((ev & PollEvent::kIn) != 0, "in");
  put((ev & PollEvent::kOut) != 0, "out");
  put((ev & PollEvent::kHup) != 0, "hup");
  put((ev & PollEvent::kRdhup) != 0, "rdhup");
  put((ev & PollEvent::kErr) != 0, "err");
  line(what, "ready for", n > 0 ? static_cast<const char*>(text) : "nothing");
}

// A poller in which a row watches descriptors.
struct Poller {
  i32 fd = fd_of(k().poll_create());
  ~Poller() { (void)k().close(fd); }
  Poller() = default;
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  void add(i32 what, bool edge = true, u64 data = 0) { (void)k().poll_add(fd, what, data, edge); }
  // Prints the events that the poller reports now.
  void say(const char* what, i32 timeout_ms = 0) {
    PollEvent ev[8];
    const SysResult r = k().poll_wait(fd, ev, 8, timeout_ms);
    if (!r.ok()) return twin::say(what, r);
    if (r.value == 0) return say_events(what, 0);
    for (usize i = 0; i < r.value; i++) say_events(what, ev[i].events);
  }
};
// Prints what a descriptor is ready for.
inline void ready(const char* what, i32 fd) {
  Poller p;
  p.add(fd);
  p.say(what);
}

inline SockAddr ip4(u16 port, u8 last = 1) {
  SockAddr a;
  a.family = AddrFamily::ip4;
  a.port = port;
  if (last != 0) a.ip[0] = 127, a.ip[3] = last;
  return a;
}
inline SockAddr ip6(u16 port, bool any = false) {
  SockAddr a;
  a.family = AddrFamily::ip6;
  a.port = port;
  a.ip[15] = any ? 0 : 1;
  return a;
}
// A path; "@x": an abstract name.
inline SockAddr named(const char* s) {
  SockAddr a;
  a.family = AddrFamily::unix_;
  while (s[a.path_len] != '\0') {
    a.path[a.path_len] = s[a.path_len];
    a.path_len++;
  }
  if (a.path_len > 0 && a.path[0] == '@') a.path[0] = '\0';
  return a;
}
inline SockAddr name_of(i32 fd) {
  SockAddr a;
  (void)k().getsockname(fd, &a);
  return a;
}
// Prints an address without its port, which the kernel chooses.
inline void say_addr(const char* what, const SysResult& r, const SockAddr& a) {
  if (!r.ok()) return say(what, r);
  char text[120] = {};
  if (a.family == AddrFamily::unix_) {
    for (u32 i = 0; i < a.path_len; i++) text[i] = a.path[i] == '\0' ? '@' : a.path[i];
    return line(what, "unix", static_cast<const char*>(text));
  }
  if (a.family == AddrFamily::none) return line(what, "none");
  const usize n = a.family == AddrFamily::ip4 ? 4 : 16;
  for (usize i = 0; i < n; i++) {
    text[2 * i] = "0123456789abcdef"[a.ip[i] >> 4];
    text[2 * i + 1] = "0123456789abcdef"[a.ip[i] & 15];
  }
  line(what, n == 4 ? "ip4" : "ip6", static_cast<const char*>(text), a.port == 0 ? "no port" : "a port");
}
inline void say_name(const char* what, i32 fd) {
  SockAddr a;
  const SysResult r = k().getsockname(fd, &a);
  say_addr(what, r, a);
}
inline void say_peer(const char* what, i32 fd) {
  SockAddr a;
  const SysResult r = k().getpeername(fd, &a);
  say_addr(what, r, a);
}

inline i32 sock(AddrFamily f, SockType t) { return fd_of(k().socket(f, t)); }
inline i32 tcp4() { return sock(AddrFamily::ip4, SockType::stream); }
inline i32 udp4() { return sock(AddrFamily::ip4, SockType::dgram); }
inline i32 unix_stream() { return sock(AddrFamily::unix_, SockType::stream); }
inline i32 unix_dgram() { return sock(AddrFamily::unix_, SockType::dgram); }
inline SysResult bind(i32 fd, const SockAddr& a) { return k().bind(fd, &a); }
inline SysResult connect(i32 fd, const SockAddr& a) { return k().connect(fd, &a); }
inline SysResult send(i32 fd, const char* s) { return k().sendto(fd, s, __builtin_strlen(s), nullptr); }
inline SysResult send_to(i32 fd, const char* s, const SockAddr& a) {
  return k().sendto(fd, s, __builtin_strlen(s), &a);
}
inline i32 listener(i32 backlog = 8) {
  const i32 l = tcp4();
  (void)bind(l, ip4(0));
  (void)k().listen(l, backlog);
  return l;
}
inline void say_error(const char* what, i32 fd) {
  i32 e = 0;
  const SysResult r = k().getsockopt(fd, SockOpt::error, &e);
  if (!r.ok()) return say(what, r);
  line(what, e, e != 0 ? errno_text_all(static_cast<Errno>(e)) : "no error");
}

struct Pair {
  i32 a = -1, b = -1;
  void close_both() const {
    (void)k().close(a);
    (void)k().close(b);
  }
};
inline Pair pair_of(SockType t) {
  i32 fds[2] = {-1, -1};
  (void)k().socketpair(t, fds);
  return {fds[0], fds[1]};
}
inline Pair pipe_of(bool nonblock = true) {
  i32 fds[2] = {-1, -1};
  (void)k().pipe(fds, nonblock);
  return {fds[0], fds[1]};
}
inline Pair tcp_pair() {
  const i32 l = listener();
  Pair p;
  p.a = tcp4();
  (void)connect(p.a, name_of(l));
  settle();
  (void)connect(p.a, name_of(l));  // reports that p.a is connected now
  p.b = fd_of(k().accept(l, nullptr));
  (void)k().close(l);
  return p;
}

struct Row {
  const char* name;
  void (*run)();
};
template <usize kN>
int run(const Row (&rows)[kN]) {
  for (const Row& r : rows) {
    row_name = r.name;
    r.run();
  }
  return 0;
}

}  // namespace twin
