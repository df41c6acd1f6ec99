// Rows of the twin test: sockets and pollers. See twin.h.
#include "twin.h"

using namespace rt0;
using namespace twin;

namespace {

void opt(const char* what, i32 fd, SockOpt o) {
  i32 v = -1;
  const SysResult r = k().getsockopt(fd, o, &v);
  if (!r.ok()) return say(what, r);
  line(what, v);
}
void set(const char* what, i32 fd, SockOpt o, i32 v) { done(what, k().setsockopt(fd, o, v)); }
// A port that no socket has.
SockAddr nobody(SockType t) {
  const i32 fd = sock(AddrFamily::ip4, t);
  (void)bind(fd, ip4(0));
  const SockAddr a = name_of(fd);
  (void)k().close(fd);
  return a;
}
i32 unix_listener(const char* name, SockType t = SockType::stream) {
  const i32 l = sock(AddrFamily::unix_, t);
  (void)bind(l, named(name));
  (void)k().listen(l, 4);
  return l;
}
void say_path(const char* what, const char* path) {
  FileStat st = {};
  const SysResult r = k().stat(path, true, &st);
  if (!r.ok()) return say(what, r);
  line(what, "type", static_cast<unsigned>(st.type));
}

// Rows that are run for connections of several kinds: TCP, unix streams and mostly seqpacket.
void fresh(AddrFamily f, SockType t) {
  const i32 s = sock(f, t);
  ready("ready", s);
  say_read("read", s);
  say("send", send(s, "x"));
  say_peer("peer", s);
  say_name("name", s);
  done("accept", k().accept(s, nullptr));
  if (f == AddrFamily::unix_) done("listen", k().listen(s, 1));
  FileStat st = {};
  (void)k().fstat(s, &st);
  line("fstat", static_cast<unsigned>(st.type));
}
void talk(const Pair& p) {
  ready("ready", p.a);
  say_read("read", p.b);
  say("send", send(p.a, "hello"));
  settle();
  ready("ready with bytes", p.b);
  say_read("a part", p.b, 2);
  say_read("the rest", p.b);
  say_read("no more", p.b);
  say("read of nothing", k().read(p.b, bytes, 0));
  say("send of nothing", send(p.a, ""));
  say("pread", k().pread(p.a, bytes, 1, 0));
  done("truncate", k().truncate(p.a, 1));
  done("listen", k().listen(p.a, 1));
}
void closes(const Pair& p) {
  (void)send(p.a, "bye");
  (void)k().close(p.a);
  settle();
  ready("ready", p.b);
  say_read("read", p.b);
  say_read("then", p.b);
  say_read("and then", p.b);
  say("send", send(p.b, "x"));
  settle();
  say("send again", send(p.b, "x"));
  say_read("read", p.b);
  ready("ready", p.b);
  say_error("error", p.b);
}
void closes_unread(const Pair& p) {
  (void)send(p.a, "unread");
  (void)send(p.b, "read");
  settle();
  (void)k().close(p.b);
  settle();
  ready("ready", p.a);
  say_read("read", p.a);
  say_read("then", p.a);
  say_read("and then", p.a);
  say("send", send(p.a, "x"));
  ready("ready at the end", p.a);
}
void closes_unread_write(const Pair& p) {
  (void)send(p.a, "unread");
  settle();
  (void)k().close(p.b);
  settle();
  say("send", send(p.a, "x"));
  say("again", send(p.a, "x"));
  say_read("read", p.a);
}
void shut_write(const Pair& p) {
  (void)send(p.a, "last");
  done("shutdown", k().shutdown(p.a, Shut::write));
  settle();
  ready("ready", p.a);
  ready("the peer", p.b);
  say("send", send(p.a, "x"));
  say_read("the peer reads", p.b);
  say_read("then", p.b);
  say("the peer sends", send(p.b, "more"));
  settle();
  say_read("read", p.a);
  done("again", k().shutdown(p.a, Shut::write));
}
void shut_read(const Pair& p) {
  (void)send(p.b, "before");
  settle();
  done("shutdown", k().shutdown(p.a, Shut::read));
  settle();
  ready("ready", p.a);
  ready("the peer", p.b);
  say_read("read", p.a);
  say_read("then", p.a);
  say("the peer sends", send(p.b, "after"));
  settle();
  say_read("read", p.a);
  say_read("then", p.a);
  say("send", send(p.a, "x"));
  settle();
  say_read("the peer reads", p.b);
  say_error("the peer's error", p.b);
}
void shut_both(const Pair& p) {
  (void)send(p.b, "before");
  settle();
  done("shutdown", k().shutdown(p.a, Shut::both));
  settle();
  ready("ready", p.a);
  ready("the peer", p.b);
  say_read("read", p.a);
  say_read("then", p.a);
  say("send", send(p.a, "x"));
  say("the peer sends", send(p.b, "x"));
  settle();
  say("the peer sends again", send(p.b, "x"));
  say_read("the peer reads", p.b);
  say_read("read at the end", p.a);
  done("shutdown of the peer", k().shutdown(p.b, Shut::both));
}
void shut_by_both(const Pair& p) {
  done("one end", k().shutdown(p.a, Shut::write));
  settle();
  done("the other", k().shutdown(p.b, Shut::write));
  settle();
  ready("ready", p.a);
  say_read("read", p.a);
  say("send", send(p.a, "x"));
  say_peer("peer", p.a);
  done("write again", k().shutdown(p.a, Shut::write));
  done("read again", k().shutdown(p.b, Shut::read));
}
void shut_then_closed(const Pair& p) {
  done("write", k().shutdown(p.a, Shut::write));
  (void)k().close(p.b);
  settle();
  done("again", k().shutdown(p.a, Shut::write));
  say_read("read", p.a);
  ready("ready", p.a);
}
void fills(const Pair& p, usize n) {
  static char read[100000];
  usize sent = 0;
  SysResult r = {};
  fill(n + 251);
  for (int i = 0; i < 40 && r.ok(); i++) {
    r = k().sendto(p.a, bytes + sent % 251, n, nullptr);
    sent += r.ok() ? r.value : 0;
    sleep(ms(1));
  }
  line("more than 150,000 fit", sent > 150000, "and not 20 million", sent < 20000000);
  done("at the end", r);
  Poller e;
  e.add(p.a);
  e.say("full");
  usize got = 0;
  bool right = true;
  for (;;) {
    const SysResult g = k().read(p.b, read, sizeof(read));
    if (!g.ok()) break;
    right = right && are_from(got, read, g.value);
    got += g.value;
    if (got < sent) sleep(us(200));
  }
  line("all are read", got == sent, "as sent", right);
  settle();
  e.say("read");
  say("send", send(p.a, "x"));
}
void edges(const Pair& p) {
  Poller e;
  e.add(p.b);
  e.say("new");
  e.say("nothing new");
  (void)send(p.a, "abc");
  settle();
  e.say("bytes");
  e.say("nothing new");
  (void)k().read(p.b, bytes, 1);
  e.say("a part read");
  (void)send(p.a, "d");
  settle();
  e.say("another byte");
  (void)k().shutdown(p.a, Shut::write);
  settle();
  e.say("the end");
  (void)k().close(p.a);
  settle();
  e.say("closed");
}
void levels(const Pair& p) {
  Poller e;
  e.add(p.b, false);
  e.say("new");
  (void)send(p.a, "abc");
  settle();
  e.say("bytes");
  e.say("still");
  (void)k().read(p.b, bytes, 100);
  e.say("read");
  (void)k().close(p.a);
  settle();
  e.say("closed");
  e.say("still");
}
constexpr SockType kStream = SockType::stream, kDgram = SockType::dgram, kSeq = SockType::seqpacket;
Pair unix_pair() { return pair_of(kStream); }
Pair seq_pair() { return pair_of(kSeq); }

void listener_closed(bool is_unix) {
  const i32 l = is_unix ? unix_listener("@twin-pending") : listener();
  const SockAddr to = name_of(l);
  const i32 c = is_unix ? unix_stream() : tcp4();
  done("connect", connect(c, to));
  settle();
  (void)k().close(l);
  settle();
  ready("ready", c);
  say_read("read", c);
  say_read("then", c);
  say("send", send(c, "x"));
  const i32 d = is_unix ? unix_stream() : tcp4();
  done("another", connect(d, to));
  settle();
  if (!is_unix) say_error("its error", d);
}

void listener_shut(bool is_unix, Shut how) {
  const i32 l = is_unix ? unix_listener("@twin-shut") : listener();
  const SockAddr to = name_of(l);
  const i32 c = is_unix ? unix_stream() : tcp4();
  (void)connect(c, to);
  settle();
  done("shutdown", k().shutdown(l, how));
  settle();
  ready("the listener", l);
  ready("one that was not accepted", c);
  const SysResult r = k().accept(l, nullptr);
  done("accept", r);
  done("accept again", k().accept(l, nullptr));
  const i32 d = is_unix ? unix_stream() : tcp4();
  done("connect", connect(d, to));
  settle();
  if (!is_unix) say_error("its error", d);
  (void)k().close(l);
}

const Row kRows[] = {
    {"tcp: fresh", [] { fresh(AddrFamily::ip4, kStream); }},
    {"unix: fresh", [] { fresh(AddrFamily::unix_, kStream); }},
    {"seqpacket: fresh", [] { fresh(AddrFamily::unix_, kSeq); }},
    {"tcp: talk", [] { talk(tcp_pair()); }},
    {"unix: talk", [] { talk(unix_pair()); }},
    {"tcp: the peer closes", [] { closes(tcp_pair()); }},
    {"unix: the peer closes", [] { closes(unix_pair()); }},
    {"seqpacket: the peer closes", [] { closes(seq_pair()); }},
    {"tcp: closed with unread bytes", [] { closes_unread(tcp_pair()); }},
    {"unix: closed with unread bytes", [] { closes_unread(unix_pair()); }},
    {"seqpacket: closed with unread bytes", [] { closes_unread(seq_pair()); }},
    {"tcp: closed with unread bytes, then a write", [] { closes_unread_write(tcp_pair()); }},
    {"unix: closed with unread bytes, then a write", [] { closes_unread_write(unix_pair()); }},
    {"seqpacket: closed with unread bytes, then a write", [] { closes_unread_write(seq_pair()); }},
    {"tcp: shutdown for writing", [] { shut_write(tcp_pair()); }},
    {"unix: shutdown for writing", [] { shut_write(unix_pair()); }},
    {"seqpacket: shutdown for writing", [] { shut_write(seq_pair()); }},
    {"tcp: shutdown for reading", [] { shut_read(tcp_pair()); }},
    {"unix: shutdown for reading", [] { shut_read(unix_pair()); }},
    {"seqpacket: shutdown for reading", [] { shut_read(seq_pair()); }},
    {"tcp: shutdown for both", [] { shut_both(tcp_pair()); }},
    {"unix: shutdown for both", [] { shut_both(unix_pair()); }},
    {"seqpacket: shutdown for both", [] { shut_both(seq_pair()); }},
    {"tcp: shut by both ends", [] { shut_by_both(tcp_pair()); }},
    {"unix: shut by both ends", [] { shut_by_both(unix_pair()); }},
    {"tcp: shut, then closed by the peer", [] { shut_then_closed(tcp_pair()); }},
    {"unix: shut, then closed by the peer", [] { shut_then_closed(unix_pair()); }},
    {"tcp: full", [] { fills(tcp_pair(), 300000); }},
    {"unix: full", [] { fills(unix_pair(), 100000); }},
    {"tcp: edges", [] { edges(tcp_pair()); }},
    {"unix: edges", [] { edges(unix_pair()); }},
    {"seqpacket: edges", [] { edges(seq_pair()); }},
    {"tcp: levels", [] { levels(tcp_pair()); }},
    {"unix: levels", [] { levels(unix_pair()); }},
    {"tcp: a full one, and a reader that reads little",
     [] {
       const Pair p = tcp_pair();
       while (k().sendto(p.a, bytes, 300000, nullptr).ok()) {}
       sleep(ms(5));
       while (k().sendto(p.a, bytes, 300000, nullptr).ok()) sleep(ms(1));
       say("full", k().sendto(p.a, bytes, 1, nullptr));
       Poller e;
       e.add(p.a);
       e.say("full");
       (void)k().read(p.b, bytes, 1);
       settle();
       e.say("one byte is read");
     }},

    {"tcp: connect",
     [] {
       const i32 l = listener(), c = tcp4();
       ready("the listener", l);
       done("accept", k().accept(l, nullptr));
       done("connect", connect(c, name_of(l)));
       settle();
       ready("the listener then", l);
       ready("connected", c);
       say_error("error", c);
       done("connect again", connect(c, name_of(l)));
       done("and again", connect(c, name_of(l)));
       say_name("name", c);
       say_peer("peer", c);
       SockAddr from;
       const SysResult r = k().accept(l, &from);
       say_addr("accepted from", r, from);
       say_name("the server's name", fd_of(r));
       say_peer("the server's peer", fd_of(r));
     }},
    {"tcp: connect is refused",
     [] {
       const i32 c = tcp4();
       const SockAddr to = nobody(kStream);
       done("connect", connect(c, to));
       settle();
       ready("ready", c);
       say_error("error", c);
       say_peer("peer", c);
       say_read("read", c);
       say("send", send(c, "x"));
       done("again", connect(c, to));
       done("once more", connect(c, to));
       settle();
       done("that one's result", connect(c, to));
     }},
    {"tcp: connect is refused, and a read tells",
     [] {
       const i32 c = tcp4();
       (void)connect(c, nobody(kStream));
       settle();
       say_read("read", c);
       say_read("then", c);
     }},
    {"tcp: a socket is used before it is connected",
     [] {
       // The queue is full, so there is no answer.
       const i32 l = listener(0), a = tcp4(), b = tcp4();
       (void)connect(a, name_of(l));
       settle();
       done("connect", connect(b, name_of(l)));
       settle();
       ready("ready", b);
       say_read("read", b);
       say("send", send(b, "x"));
       say_peer("peer", b);
       done("connect again", connect(b, name_of(l)));
       done("shutdown", k().shutdown(b, Shut::both));
       ready("then", b);
     }},
    {"tcp: backlog overflow",
     [] {
       const i32 l = listener(1);
       i32 c[3];
       for (i32& fd : c) {
         fd = tcp4();
         done("connect", connect(fd, name_of(l)));
         settle();
         ready("ready", fd);
       }
       done("accept", k().accept(l, nullptr));
       settle();
       ready("the last one has not been answered", c[2]);
       sleep(ms(1500));
       ready("it has asked again", c[2]);
       done("accept", k().accept(l, nullptr));
       done("accept", k().accept(l, nullptr));
       done("accept", k().accept(l, nullptr));
     }},
    {"tcp: a larger backlog later",
     [] {
       const i32 l = listener(0), a = tcp4(), b = tcp4();
       (void)connect(a, name_of(l));
       settle();
       done("listen", k().listen(l, 5));
       done("connect", connect(b, name_of(l)));
       settle();
       ready("ready", b);
     }},
    {"tcp: connect to the wildcard",
     [] {
       const i32 l = tcp4(), c = tcp4();
       (void)bind(l, ip4(0, 0));
       (void)k().listen(l, 2);
       say_name("the listener", l);
       done("connect", connect(c, ip4(name_of(l).port, 0)));
       settle();
       say_peer("peer", c);
       say_name("name", c);
       SockAddr from;
       const SysResult r = k().accept(l, &from);
       say_addr("accepted from", r, from);
       say_name("the server's name", fd_of(r));
     }},
    {"tcp: connect to another loopback address",
     [] {
       const i32 l = tcp4(), c = tcp4(), d = tcp4();
       (void)bind(l, ip4(0, 3));
       (void)k().listen(l, 2);
       done("connect", connect(c, name_of(l)));
       settle();
       say_error("error", c);
       say_name("name", c);
       done("the same port at 127.0.0.1", connect(d, ip4(name_of(l).port)));
       settle();
       say_error("error", d);
     }},
    {"tcp6: an IPv4 client of a socket for both",
     [] {
       const i32 l = sock(AddrFamily::ip6, kStream), c = tcp4(), d = sock(AddrFamily::ip6, kStream);
       done("bind", bind(l, ip6(0, true)));
       (void)k().listen(l, 2);
       done("connect", connect(c, ip4(name_of(l).port)));
       settle();
       SockAddr from;
       SysResult r = k().accept(l, &from);
       say_addr("accepted from", r, from);
       say_name("the server's name", fd_of(r));
       done("connect by IPv6", connect(d, ip6(name_of(l).port)));
       settle();
       r = k().accept(l, &from);
       say_addr("accepted from", r, from);
     }},
    {"tcp6: only IPv6",
     [] {
       const i32 l = sock(AddrFamily::ip6, kStream), c = tcp4();
       set("set", l, SockOpt::ipv6_only, 1);
       opt("get", l, SockOpt::ipv6_only);
       (void)bind(l, ip6(0, true));
       set("after bind", l, SockOpt::ipv6_only, 0);
       (void)k().listen(l, 2);
       done("connect", connect(c, ip4(name_of(l).port)));
       settle();
       say_error("error", c);
     }},
    {"tcp: addresses of other families",
     [] {
       done("bind", bind(tcp4(), ip6(0)));
       done("connect", connect(tcp4(), ip6(1)));
       done("ip6: bind", bind(sock(AddrFamily::ip6, kStream), ip4(0)));
       done("ip6: connect", connect(sock(AddrFamily::ip6, kStream), ip4(1)));
       done("unix: connect", connect(unix_stream(), ip4(1)));
     }},
    {"tcp: bind",
     [] {
       const i32 a = tcp4(), b = tcp4(), c = tcp4();
       done("bind", bind(a, ip4(0)));
       done("again", bind(a, ip4(0)));
       done("the same port", bind(b, name_of(a)));
       done("another address", bind(c, ip4(name_of(a).port, 2)));
       done("not ours", bind(b, [] {
              SockAddr x = ip4(0);
              x.ip[0] = 192, x.ip[1] = 0, x.ip[2] = 2;
              return x;
            }()));
       say_name("name", a);
     }},
    {"tcp: bind with SO_REUSEADDR",
     [] {
       const i32 a = tcp4(), b = tcp4(), c = tcp4();
       const i32 all[] = {a, b, c};
       for (const i32 fd : all) set("set", fd, SockOpt::reuse_addr, 7);
       opt("get", a, SockOpt::reuse_addr);
       done("bind", bind(a, ip4(0)));
       done("the same port", bind(b, name_of(a)));
       done("listen", k().listen(a, 1));
       done("the other, too", k().listen(b, 1));
       done("bind while one listens", bind(c, name_of(a)));
     }},
    {"tcp: listen again while a connection lives",
     [] {
       for (int reuse = 0; reuse < 2; reuse++) {
         const i32 l = tcp4(), m = tcp4();
         if (reuse != 0) {
           (void)k().setsockopt(l, SockOpt::reuse_addr, 1);
           (void)k().setsockopt(m, SockOpt::reuse_addr, 1);
         }
         (void)bind(l, ip4(0));
         (void)k().listen(l, 2);
         const SockAddr at = name_of(l);
         const i32 c = tcp4();
         (void)connect(c, at);
         settle();
         const i32 s = fd_of(k().accept(l, nullptr));
         (void)k().close(l);
         done(reuse != 0 ? "bind, with SO_REUSEADDR" : "bind", bind(m, at));
         if (reuse != 0) done("listen", k().listen(m, 1));
         (void)k().close(s);
       }
     }},
    {"tcp: listen without bind",
     [] {
       const i32 l = tcp4();
       done("listen", k().listen(l, 1));
       say_name("name", l);
       done("bind", bind(l, ip4(0)));
     }},
    {"tcp: a listener is no connection",
     [] {
       const i32 l = listener();
       say_read("read", l);
       say("send", send(l, "x"));
       done("connect", connect(l, name_of(l)));
       say_peer("peer", l);
     }},
    {"tcp: the listener closes", [] { listener_closed(false); }},
    {"unix: the listener closes", [] { listener_closed(true); }},
    {"tcp: shutdown of a listener", [] { listener_shut(false, Shut::both); }},
    {"tcp: shutdown of a listener for reading", [] { listener_shut(false, Shut::read); }},
    {"tcp: shutdown of a listener for writing", [] { listener_shut(false, Shut::write); }},
    {"unix: shutdown of a listener", [] { listener_shut(true, Shut::both); }},
    {"unix: shutdown of a listener for writing", [] { listener_shut(true, Shut::write); }},
    {"tcp: shutdown of a listener wakes",
     [] {
       const i32 l = listener();
       Poller p;
       p.add(l);
       p.say("before");
       (void)k().shutdown(l, Shut::both);
       p.say("after");
     }},
    {"shutdown of what is not connected",
     [] {
       done("tcp", k().shutdown(tcp4(), Shut::both));
       done("udp", k().shutdown(udp4(), Shut::read));
       done("unix", k().shutdown(unix_stream(), Shut::both));
       done("unixgram", k().shutdown(unix_dgram(), Shut::write));
       done("a pipe", k().shutdown(pipe_of().a, Shut::both));
       done("no descriptor", k().shutdown(999999, Shut::both));
     }},
    {"tcp: an edge for who connects",
     [] {
       const i32 l = listener(), c = tcp4();
       (void)connect(c, name_of(l));
       Poller p;
       p.add(c);
       settle();
       p.say("connected", 100);
       Poller q;
       const i32 d = tcp4();
       (void)connect(d, nobody(kStream));
       q.add(d);
       settle();
       q.say("refused", 100);
     }},

    {"unix: connect",
     [] {
       const i32 l = unix_listener("s1"), c = unix_stream();
       done("connect", connect(c, named("s1")));
       done("again", connect(c, named("s1")));
       say_name("name", c);
       say_peer("peer", c);
       SockAddr from;
       const SysResult r = k().accept(l, &from);
       say_addr("accepted from", r, from);
       say_name("the server's name", fd_of(r));
       say_peer("the server's peer", fd_of(r));
       (void)k().close(fd_of(r));
       say_peer("peer, when it has closed", c);
       done("connect of the listener", connect(l, named("s1")));
     }},
    {"unix: a client with a name",
     [] {
       const i32 l = unix_listener("@twin-named"), c = unix_stream();
       (void)bind(c, named("@twin-client"));
       (void)connect(c, named("@twin-named"));
       SockAddr from;
       const SysResult r = k().accept(l, &from);
       say_addr("accepted from", r, from);
       say_peer("peer", fd_of(r));
     }},
    {"unix: backlog overflow",
     [] {
       const i32 l = unix_stream();
       (void)bind(l, named("@twin-backlog"));
       (void)k().listen(l, 1);
       for (int i = 0; i < 4; i++) done("connect", connect(unix_stream(), named("@twin-backlog")));
       done("accept", k().accept(l, nullptr));
       done("connect", connect(unix_stream(), named("@twin-backlog")));
     }},
    {"unix: paths",
     [] {
       const i32 l = unix_listener("s2");
       say_path("stat", "s2");
       say_path("stat, said otherwise", "././/s2");
       done("open", k().open("s2", open_flag::read, 0));
       done("exclusive", k().open("s2", open_flag::write | open_flag::create | open_flag::excl, 0644));
       done("mkdir", k().mkdir("s2", 0755));
       done("rmdir", k().rmdir("s2"));
       done("chdir", k().chdir("s2"));
       done("bind", bind(unix_stream(), named("s2")));
       (void)k().close(l);
       say_path("stat, closed", "s2");
       done("bind, closed", bind(unix_stream(), named("s2")));
       done("connect, closed", connect(unix_stream(), named("s2")));
       done("unlink", k().unlink("s2"));
       say_path("stat", "s2");
       done("bind", bind(unix_stream(), named("s2")));
     }},
    {"unix: a path that is removed while it is listened to",
     [] {
       (void)unix_listener("s3");
       done("unlink", k().unlink("s3"));
       done("connect", connect(unix_stream(), named("s3")));
       (void)unix_listener("s3");
       done("to a second one", connect(unix_stream(), named("s3")));
     }},
    {"unix: a path that is renamed",
     [] {
       const i32 l = unix_listener("s4");
       done("rename", k().rename("s4", "s5"));
       done("connect to the old", connect(unix_stream(), named("s4")));
       done("connect to the new", connect(unix_stream(), named("s5")));
       say_name("the name", l);
       (void)k().close(fd_of(k().open("plain", open_flag::write | open_flag::create, 0644)));
       done("a file onto it", k().rename("plain", "s5"));
       say_path("stat", "s5");
       done("connect", connect(unix_stream(), named("s5")));
       done("unlink", k().unlink("s5"));
     }},
    {"unix: paths that lead nowhere",
     [] {
       (void)k().close(fd_of(k().open("plain", open_flag::write | open_flag::create, 0644)));
       done("connect to a file", connect(unix_stream(), named("plain")));
       done("bind to a file", bind(unix_stream(), named("plain")));
       done("connect to nothing", connect(unix_stream(), named("none")));
       done("connect to nothing in nothing", connect(unix_stream(), named("none/x")));
       done("bind to nothing in nothing", bind(unix_stream(), named("none/x")));
       done("bind in a file", bind(unix_stream(), named("plain/x")));
       done("connect to a directory", connect(unix_stream(), named(".")));
       done("connect to an abstract name", connect(unix_stream(), named("@twin-none")));
     }},
    {"unix: abstract names",
     [] {
       const i32 l = unix_listener("@twin-abstract");
       say_name("name", l);
       done("again", bind(unix_stream(), named("@twin-abstract")));
       done("connect", connect(unix_stream(), named("@twin-abstract")));
       (void)k().close(l);
       done("connect, closed", connect(unix_stream(), named("@twin-abstract")));
       done("bind, closed", bind(unix_stream(), named("@twin-abstract")));
     }},
    {"unix: the wrong type",
     [] {
       (void)unix_listener("@twin-stream");
       const i32 d = unix_dgram();
       (void)bind(d, named("@twin-dgram"));
       done("stream to dgram", connect(unix_stream(), named("@twin-dgram")));
       done("dgram to stream", connect(unix_dgram(), named("@twin-stream")));
       say("sendto", send_to(unix_dgram(), "x", named("@twin-stream")));
       done("seqpacket to stream", connect(sock(AddrFamily::unix_, kSeq), named("@twin-stream")));
       done("listen on dgram", k().listen(d, 1));
       done("accept on dgram", k().accept(d, nullptr));
       done("the same abstract name for another type", bind(unix_stream(), named("@twin-dgram")));
       (void)unix_listener("s6");
       done("dgram to a stream's path", connect(unix_dgram(), named("s6")));
       say("sendto", send_to(unix_dgram(), "x", named("s6")));
       (void)k().unlink("s6");
     }},
    {"unix: an address for a stream",
     [] {
       const Pair p = unix_pair();
       say("connected", send_to(p.a, "x", named("@twin-none")));
       say("fresh", send_to(unix_stream(), "x", named("@twin-none")));
     }},
    {"unix: a pair has no names",
     [] {
       const Pair p = unix_pair();
       say_name("name", p.a);
       say_peer("peer", p.a);
       done("connect", connect(p.a, named("@twin-none")));
     }},

    {"seqpacket: packets",
     [] {
       const i32 l = unix_listener("@twin-seq", kSeq), c = sock(AddrFamily::unix_, kSeq);
       done("connect", connect(c, named("@twin-seq")));
       const i32 s = fd_of(k().accept(l, nullptr));
       say("send", send(c, "abc"));
       say("send", send(c, "defg"));
       say("send of nothing", send(c, ""));
       say("send", send(c, "h"));
       say_read("read", s);
       say_read("a part", s, 2);
       say_read("the empty one", s);
       say_read("the last", s);
       say_read("no more", s);
       say("too long", k().sendto(c, bytes, 300000, nullptr));
       say("long", k().sendto(c, bytes, 150000, nullptr));
       say("read", k().read(s, bytes, sizeof(bytes)));
       say_recv("recvfrom", s);
     }},
    {"seqpacket: many packets",
     [] {
       const Pair p = seq_pair();
       int n = 0;
       SysResult r = send(p.a, "x");
       while (r.ok() && n < 5000) n++, r = send(p.a, "x");
       done("in the end", r);
       line("more than 50", n > 50, "but not 5,000", n < 5000);
       Poller e;
       e.add(p.a);
       e.say("full");
       while (k().read(p.b, bytes, 10).ok()) {}
       e.say("all read");
     }},

    {"unixgram: packets",
     [] {
       const i32 a = unix_dgram(), b = unix_dgram();
       (void)bind(b, named("@twin-g1"));
       ready("ready", b);
       say("send", send_to(a, "abc", named("@twin-g1")));
       say("send of nothing", send_to(a, "", named("@twin-g1")));
       ready("ready then", b);
       say_recv("from one without a name", b);
       say_recv("the empty one", b);
       say_recv("no more", b);
       (void)bind(a, named("@twin-g2"));
       (void)send_to(a, "named", named("@twin-g1"));
       say_recv("from one with a name", b, 3);
       say_recv("the rest is lost", b);
       say("without an address", send(a, "x"));
       say_peer("peer", a);
     }},
    {"unixgram: sizes",
     [] {
       const i32 a = unix_dgram(), b = unix_dgram();
       (void)bind(b, named("@twin-g3"));
       const SockAddr to = named("@twin-g3");
       say("150,000 bytes", k().sendto(a, bytes, 150000, &to));
       say("300,000 bytes", k().sendto(a, bytes, 300000, &to));
       set("a smaller buffer", a, SockOpt::sndbuf, 5000);
       say("9,968 bytes", k().sendto(a, bytes, 9968, &to));
       say("9,969 bytes", k().sendto(a, bytes, 9969, &to));
     }},
    {"unixgram: a full queue",
     [] {
       const i32 a = unix_dgram(), b = unix_dgram();
       (void)bind(b, named("@twin-g4"));
       (void)connect(a, named("@twin-g4"));
       SysResult r = {};
       for (int i = 0; i < 2000 && r.ok(); i++) r = send(a, "x");
       done("in the end", r);
       Poller e;
       e.add(a);
       e.say("full");
       say_read("read", b);
       e.say("read");
     }},
    {"unixgram: the receiver is gone",
     [] {
       const i32 a = unix_dgram(), b = unix_dgram();
       (void)bind(b, named("@twin-g5"));
       done("connect", connect(a, named("@twin-g5")));
       say_peer("peer", a);
       (void)k().close(b);
       say("send", send(a, "x"));
       say("again", send(a, "x"));
       say("by address", send_to(a, "x", named("@twin-g5")));
       say("to a path", send_to(a, "x", named("none")));
     }},
    {"unixgram: connected to another",
     [] {
       const i32 a = unix_dgram(), b = unix_dgram(), c = unix_dgram();
       (void)bind(a, named("@twin-g6"));
       (void)bind(b, named("@twin-g7"));
       (void)connect(a, named("@twin-g7"));
       say("send to it", send_to(c, "x", named("@twin-g6")));
       done("connect to it", connect(c, named("@twin-g6")));
       say("its peer may", send_to(b, "x", named("@twin-g6")));
     }},
    {"unixgram: a pair",
     [] {
       const Pair p = pair_of(kDgram);
       say("send", send(p.a, "abc"));
       say_recv("receive", p.b);
       say_name("name", p.a);
       (void)send(p.a, "left");
       (void)k().close(p.a);
       say_recv("what is left", p.b);
       say_recv("then", p.b);
       say("send", send(p.b, "x"));
       ready("ready", p.b);
     }},
    {"unixgram: shutdown",
     [] {
       const Pair p = pair_of(kDgram);
       done("for writing", k().shutdown(p.a, Shut::write));
       say("send", send(p.a, "x"));
       done("for reading", k().shutdown(p.b, Shut::read));
       say_read("read", p.b);
       ready("ready", p.b);
       say("send back", send(p.b, "x"));
       const Pair q = pair_of(kDgram);
       (void)k().shutdown(q.b, Shut::read);
       say("send to it", send(q.a, "x"));
     }},
    {"unixgram: a path again",
     [] {
       const i32 a = unix_dgram();
       (void)bind(a, named("g8"));
       say_path("stat", "g8");
       (void)k().close(a);
       done("bind again", bind(unix_dgram(), named("g8")));
       done("connect", connect(unix_dgram(), named("g8")));
     }},

    {"udp: packets",
     [] {
       const i32 a = udp4(), b = udp4();
       ready("fresh", a);
       say_read("read", a);
       say_name("name", a);
       (void)bind(b, ip4(0));
       say("send", send_to(a, "abc", name_of(b)));
       say("send of nothing", send_to(a, "", name_of(b)));
       say("send", send_to(a, "defgh", name_of(b)));
       settle();
       ready("ready", b);
       say_recv("receive", b);
       say_recv("the empty one", b);
       say_recv("a part", b, 2);
       say_recv("no more", b);
       say_name("the sender's name", a);
       say("without an address", send(a, "x"));
       say_peer("peer", a);
       done("listen", k().listen(a, 1));
       done("accept", k().accept(a, nullptr));
     }},
    {"udp: the sender's address",
     [] {
       const i32 w = udp4(), b = udp4(), c = udp4(), d = udp4();
       (void)bind(w, ip4(0, 0));
       (void)bind(b, ip4(0));
       (void)bind(c, ip4(0, 5));
       SockAddr from;
       (void)send_to(w, "x", name_of(b));
       settle();
       say_addr("from the wildcard", k().recvfrom(b, bytes, 10, &from), from);
       (void)send_to(w, "x", name_of(c));
       settle();
       say_addr("from the wildcard, to 127.0.0.5", k().recvfrom(c, bytes, 10, &from), from);
       (void)send_to(c, "x", name_of(b));
       settle();
       say_addr("from 127.0.0.5", k().recvfrom(b, bytes, 10, &from), from);
       (void)send_to(d, "x", ip4(name_of(w).port, 0));
       settle();
       say_addr("to the wildcard", k().recvfrom(w, bytes, 10, &from), from);
     }},
    {"udp: IPv4 and IPv6",
     [] {
       const i32 a = udp4(), b = sock(AddrFamily::ip6, kDgram), c = sock(AddrFamily::ip6, kDgram);
       (void)bind(b, ip6(0, true));
       SockAddr from;
       say("send", send_to(a, "x", ip4(name_of(b).port)));
       settle();
       say_addr("from IPv4", k().recvfrom(b, bytes, 10, &from), from);
       say("answer", send_to(b, "y", from));
       settle();
       say_addr("from both", k().recvfrom(a, bytes, 10, &from), from);
       say("send by IPv6", send_to(c, "x", ip6(name_of(b).port)));
       settle();
       say_addr("from IPv6", k().recvfrom(b, bytes, 10, &from), from);
       say("IPv6 from an IPv4 socket", send_to(a, "x", ip6(name_of(b).port)));
     }},
    {"udp: sizes",
     [] {
       const i32 a = udp4(), b = udp4(), c = sock(AddrFamily::ip6, kDgram);
       (void)bind(b, ip4(0));
       (void)bind(c, ip6(0));
       const SockAddr to = name_of(b), to6 = name_of(c);
       say("65,507 bytes", k().sendto(a, bytes, 65507, &to));
       say("65,508 bytes", k().sendto(a, bytes, 65508, &to));
       settle();
       say("receive", k().read(b, bytes, sizeof(bytes)));
       say("IPv6: 65,527 bytes", k().sendto(c, bytes, 65527, &to6));
       say("IPv6: 65,528 bytes", k().sendto(c, bytes, 65528, &to6));
     }},
    {"udp: refused",
     [] {
       const i32 a = udp4();
       const SockAddr to = nobody(kDgram);
       say("send without connect", send_to(a, "x", to));
       settle();
       ready("ready", a);
       done("connect", connect(a, to));
       Poller p;
       p.add(a);
       p.say("new");
       say("send", send(a, "x"));
       settle();
       p.say("refused");
       say_read("read", a);
       say_read("then", a);
       say("send", send(a, "x"));
       settle();
       say("send tells", send(a, "x"));
       settle();
       say_error("error", a);
       say_error("then", a);
     }},
    {"udp: a reader that waits is told of a refusal",
     [] {
       auto gone = net::listen_packet("udp4", "127.0.0.1:0").value;
       auto to = gone.local_addr();
       (void)gone.close();
       auto c = net::dial("udp4", to).value;
       WaitGroup wg;
       wg.go([&] {
         char b[8];
         line("refused", c.read(b, 8).err.is(Err::connrefused));
       });
       sleep(ms(5));
       (void)c.write("x");
       wg.wait();
     }},
    {"udp: connected",
     [] {
       const i32 a = udp4(), b = udp4(), c = udp4();
       (void)bind(b, ip4(0));
       (void)bind(c, ip4(0));
       done("connect", connect(a, name_of(b)));
       say_name("name", a);
       say_peer("peer", a);
       (void)send_to(c, "stranger", name_of(a));
       (void)send_to(b, "peer", name_of(a));
       settle();
       say_recv("only the peer is heard", a);
       say_recv("then", a);
       say("to another one", send_to(a, "x", name_of(c)));
       settle();
       say_recv("it comes", c);
       done("connect to another", connect(a, name_of(c)));
       say("send", send(a, "y"));
       settle();
       say_recv("it comes", c);
     }},
    {"udp: connected to the wildcard",
     [] {
       const i32 a = udp4(), b = udp4();
       (void)bind(b, ip4(0, 0));
       done("connect", connect(a, ip4(name_of(b).port, 0)));
       say_peer("peer", a);
       say("send", send(a, "x"));
       settle();
       say_recv("it comes", b);
     }},
    {"udp: ports",
     [] {
       const i32 a = udp4(), b = udp4(), c = udp4(), d = udp4();
       (void)bind(a, ip4(0));
       done("the same", bind(b, name_of(a)));
       (void)k().setsockopt(c, SockOpt::reuse_addr, 1);
       done("only one with SO_REUSEADDR", bind(c, name_of(a)));
       done("of TCP", bind(tcp4(), name_of(a)));
       say("to port 0", send_to(d, "x", ip4(0)));
     }},
    {"udp: shutdown",
     [] {
       const i32 a = udp4(), b = udp4();
       (void)bind(b, ip4(0));
       (void)connect(a, name_of(b));
       (void)connect(b, name_of(a));
       done("for writing", k().shutdown(a, Shut::write));
       say("send", send(a, "x"));
       ready("ready", a);
       done("for reading", k().shutdown(b, Shut::read));
       say_read("read", b);
       ready("ready", b);
     }},
    {"udp: what is too much is lost",
     [] {
       const i32 a = udp4(), b = udp4();
       set("the smallest buffer", b, SockOpt::rcvbuf, 1);
       opt("its size", b, SockOpt::rcvbuf);
       (void)bind(b, ip4(0));
       const SockAddr to = name_of(b);
       for (int i = 0; i < 50; i++) (void)k().sendto(a, bytes, 500, &to);
       settle();
       int n = 0;
       while (k().read(b, bytes, 1000).ok()) n++;
       line("some come", n > 0, "not all", n < 50);
     }},

    {"options: of TCP",
     [] {
       const i32 s = tcp4();
       opt("no_delay", s, SockOpt::no_delay);
       set("set", s, SockOpt::no_delay, 5);
       opt("no_delay", s, SockOpt::no_delay);
       opt("keep_alive", s, SockOpt::keep_alive);
       set("set", s, SockOpt::keep_alive, 5);
       opt("keep_alive", s, SockOpt::keep_alive);
       set("keep_idle", s, SockOpt::keep_idle, 15);
       opt("keep_idle", s, SockOpt::keep_idle);
       set("keep_idle, 0", s, SockOpt::keep_idle, 0);
       set("keep_idle, 40,000", s, SockOpt::keep_idle, 40000);
       set("keep_interval", s, SockOpt::keep_interval, 20);
       opt("keep_interval", s, SockOpt::keep_interval);
       opt("broadcast", s, SockOpt::broadcast);
       set("ipv6_only", s, SockOpt::ipv6_only, 1);
       set("error", s, SockOpt::error, 1);
       opt("error", s, SockOpt::error);
     }},
    {"options: of others",
     [] {
       set("udp, no_delay", udp4(), SockOpt::no_delay, 1);
       set("udp, keep_idle", udp4(), SockOpt::keep_idle, 1);
       opt("udp, ipv6_only", udp4(), SockOpt::ipv6_only);
       opt("udp, no_delay", udp4(), SockOpt::no_delay);
       opt("tcp, ipv6_only", tcp4(), SockOpt::ipv6_only);
       set("unix, ipv6_only", unix_dgram(), SockOpt::ipv6_only, 1);
       set("unix, keep_alive", unix_stream(), SockOpt::keep_alive, 1);
       set("udp, broadcast", udp4(), SockOpt::broadcast, 1);
       set("a pipe", pipe_of().a, SockOpt::reuse_addr, 1);
       set("no descriptor", 999999, SockOpt::reuse_addr, 1);
     }},
    {"options: buffers",
     [] {
       const i32 s = unix_dgram();
       set("rcvbuf", s, SockOpt::rcvbuf, 10000);
       opt("rcvbuf", s, SockOpt::rcvbuf);
       set("sndbuf", s, SockOpt::sndbuf, 10000);
       opt("sndbuf", s, SockOpt::sndbuf);
       set("rcvbuf, small", s, SockOpt::rcvbuf, 1);
       opt("rcvbuf", s, SockOpt::rcvbuf);
       set("sndbuf, small", s, SockOpt::sndbuf, 1);
       opt("sndbuf", s, SockOpt::sndbuf);
       const i32 t = tcp4();
       set("tcp, rcvbuf", t, SockOpt::rcvbuf, 20000);
       opt("tcp, rcvbuf", t, SockOpt::rcvbuf);
     }},
    {"options: a small buffer holds little",
     [] {
       const Pair p = unix_pair();
       set("set", p.a, SockOpt::sndbuf, 5000);
       const SysResult r = k().sendto(p.a, bytes, 200000, nullptr);
       line("not all", r.ok() && r.value < 100000, "some", r.value >= 2000);
     }},
    {"options: of a listener are its connections'",
     [] {
       const i32 l = listener(), c = tcp4();
       (void)k().setsockopt(l, SockOpt::keep_alive, 1);
       (void)k().setsockopt(l, SockOpt::keep_idle, 44);
       (void)connect(c, name_of(l));
       settle();
       const i32 s = fd_of(k().accept(l, nullptr));
       opt("keep_alive", s, SockOpt::keep_alive);
       opt("keep_idle", s, SockOpt::keep_idle);
     }},
    {"sockets: seqpacket is for unix only", [] { done("socket", k().socket(AddrFamily::ip4, kSeq)); }},
    {"sockets: a duplicate keeps a connection open",
     [] {
       const Pair p = tcp_pair();
       const i32 d = fd_of(k().dup(p.a));
       (void)k().close(p.a);
       settle();
       say_read("read", p.b);
       (void)k().close(d);
       settle();
       say_read("read", p.b);
     }},

    {"poller: what can't be watched",
     [] {
       Poller p;
       const i32 f = fd_of(k().open("plain", open_flag::write | open_flag::create, 0644));
       done("a file", k().poll_add(p.fd, f, 0, true));
       done("a directory", k().poll_add(p.fd, fd_of(k().open(".", open_flag::read, 0)), 0, true));
       done("/dev/null", k().poll_add(p.fd, fd_of(k().open("/dev/null", open_flag::read, 0)), 0, true));
       done("no descriptor", k().poll_add(p.fd, 999999, 0, true));
       done("itself", k().poll_add(p.fd, p.fd, 0, true));
       const i32 e = fd_of(k().eventfd());
       done("in no poller", k().poll_add(e, e, 0, true));
       done("in no descriptor", k().poll_add(999999, e, 0, true));
     }},
    {"poller: twice, and not at all",
     [] {
       Poller p;
       const i32 e = fd_of(k().eventfd());
       done("add", k().poll_add(p.fd, e, 0, true));
       done("again", k().poll_add(p.fd, e, 0, false));
       done("a duplicate", k().poll_add(p.fd, fd_of(k().dup(e)), 0, true));
       done("del", k().poll_del(p.fd, e));
       done("again", k().poll_del(p.fd, e));
       done("no descriptor", k().poll_del(p.fd, 999999));
     }},
    {"poller: wait",
     [] {
       Poller p;
       PollEvent ev[4];
       say("nothing", k().poll_wait(p.fd, ev, 4, 0));
       say("room for none", k().poll_wait(p.fd, ev, 0, 0));
       say("no poller", k().poll_wait(fd_of(k().eventfd()), ev, 4, 0));
       say("no descriptor", k().poll_wait(999999, ev, 4, 0));
       say_read("read of a poller", p.fd);
       say("write", k().write(p.fd, "x", 1));
     }},
    {"poller: a descriptor that is closed is gone",
     [] {
       Poller p;
       const i32 e = fd_of(k().eventfd()), d = fd_of(k().dup(e));
       p.add(e);
       p.say("new");
       (void)k().close(e);
       const u64 one = 1;
       (void)k().write(d, &one, 8);
       p.say("a duplicate keeps it");
       (void)k().close(d);
       p.say("now it is gone");
     }},
    {"poller: several descriptors, in turn",
     [] {
       Poller p;
       i32 e[3];
       const u64 one = 1;
       for (u32 i = 0; i < 3; i++) {
         e[i] = fd_of(k().eventfd());
         p.add(e[i], false, i);
       }
       (void)k().write(e[2], &one, 8);
       (void)k().write(e[0], &one, 8);
       (void)k().write(e[1], &one, 8);
       PollEvent ev[4];
       for (int round = 0; round < 3; round++) {
         const SysResult r = k().poll_wait(p.fd, ev, 2, 0);
         line("two of three", static_cast<int>(r.value), static_cast<int>(ev[0].data), static_cast<int>(ev[1].data));
       }
     }},
    {"poller: the ends of a pipe",
     [] {
       const Pair p = pipe_of();
       Poller r, w;
       r.add(p.a);
       w.add(p.b);
       r.say("reader, new");
       w.say("writer, new");
       (void)k().write(p.b, "abc", 3);
       r.say("reader, bytes");
       (void)k().read(p.a, bytes, 1);
       r.say("reader, a part read");
       w.say("writer, a part read");
       (void)k().write(p.b, "d", 1);
       r.say("reader, another");
       (void)k().read(p.a, bytes, 10);
       (void)k().write(p.b, bytes, 65536);
       r.say("reader, full");
       w.say("writer, full");
       (void)k().read(p.a, bytes, 8192);
       w.say("writer, room");
       (void)k().close(p.b);
       r.say("reader, closed");
     }},
    {"poller: a reader of a pipe closes",
     [] {
       const Pair p = pipe_of();
       Poller w;
       w.add(p.b);
       w.say("new");
       (void)k().close(p.a);
       w.say("closed");
     }},
    {"poller: a listener's edges",
     [] {
       const i32 l = listener();
       Poller p;
       p.add(l);
       p.say("new");
       const i32 a = tcp4(), b = tcp4();
       (void)connect(a, name_of(l));
       settle();
       p.say("one");
       p.say("nothing new");
       (void)connect(b, name_of(l));
       settle();
       p.say("two");
       (void)k().accept(l, nullptr);
       p.say("one is accepted");
     }},
    {"poller: a wait that another goroutine ends",
     [] {
       auto [l, err] = net::listen("tcp", "127.0.0.1:0");
       WaitGroup wg;
       wg.go([&, listening = l] {
         auto [c, e] = listening.accept();
         char b[8];
         auto got = c.read(b, 8);
         line("accepted", e);
         line("read", static_cast<unsigned long long>(got.value), got.err);
         line("then", c.read(b, 8).err);
       });
       sleep(ms(2));
       auto [c, e] = net::dial("tcp", l.addr());
       sleep(ms(2));
       (void)c.write("abc");
       sleep(ms(2));
       (void)c.close();
       wg.wait();
       line("dial", e, err);
     }},
    {"api: a refused dial",
     [] {
       auto [l, err] = net::listen("tcp", "127.0.0.1:0");
       const auto at = l.addr();
       (void)l.close();
       line("refused", net::dial("tcp", at).err.is(Err::connrefused), err);
     }},
    {"api: a listener closed under accept",
     [] {
       auto [l, err] = net::listen("tcp", "127.0.0.1:0");
       WaitGroup wg;
       wg.go([&, listening = l] { line("accept", listening.accept().err.is(Err::closed)); });
       sleep(ms(2));
       (void)l.close();
       wg.wait();
       line("listen", err);
     }},
    {"api: deadlines",
     [] {
       auto p = net::socketpair().value;
       char b[8];
       line("set", p.a.set_read_deadline(now().add(ms(3))));
       line("read", p.a.read(b, 8).err.is(Err::timeout));
       line("set", p.a.set_read_deadline(Time()));
       (void)p.b.write("abc");
       line("read", static_cast<unsigned long long>(p.a.read(b, 8).value));
       line("set", p.a.set_write_deadline(now().add(ms(3))));
       line("write", p.a.write(bytes, 900000).err.is(Err::timeout));
     }},
    {"api: unixpacket",
     [] {
       auto [l, err] = net::listen("unixpacket", "@twin-packet");
       line("listen", err);
       auto [c, e] = net::dial("unixpacket", "@twin-packet");
       line("dial", e);
       auto [s, e2] = l.accept();
       line("accept", e2);
       (void)c.write("abc");
       (void)c.write("de");
       char b[8];
       line("read", static_cast<unsigned long long>(s.read(b, 8).value));
       line("read into 1 byte", static_cast<unsigned long long>(s.read(b, 1).value));
       (void)c.close();
       line("the end", s.read(b, 8).err);
     }},
    {"api: unixgram again",
     [] {
       auto [a, err] = net::listen_packet("unixgram", "ug");
       line("listen", err);
       (void)a.close();
       auto [b, e] = net::listen_packet("unixgram", "ug");
       line("again", e);
       (void)os::remove("ug");
     }},
};

}  // namespace

int main() { return run(kRows); }
