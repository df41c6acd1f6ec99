// Rows of the twin test: files, descriptors, pipes, eventfds, clocks, signals, processes. See twin.h.
#include "sched/syscall.h"
#include "twin.h"

using namespace rt0;
using namespace twin;

namespace {

namespace fl = open_flag;
i32 open(const char* path, u32 flags) { return fd_of(k().open(path, flags, 0644)); }
void say_size(const char* what, const char* path) {
  FileStat st = {};
  const SysResult r = k().stat(path, true, &st);
  if (!r.ok()) return say(what, r);
  line(what, "type", static_cast<unsigned>(st.type), "size",
       st.type == FileType::directory ? 0 : static_cast<unsigned long long>(st.size), "perm", st.perm);
}
void say_fstat(const char* what, i32 fd) {
  FileStat st = {};
  const SysResult r = k().fstat(fd, &st);
  if (!r.ok()) return say(what, r);
  line(what, "type", static_cast<unsigned>(st.type), "size", static_cast<unsigned long long>(st.size), "perm", st.perm);
}
void seek(const char* what, i32 fd, i64 off, Seek whence) {
  i64 at = -1;
  const SysResult r = k().seek(fd, off, whence, &at);
  if (!r.ok()) return say(what, r);
  line(what, "at", static_cast<long long>(at));
}

const Row kRows[] = {
    {"file: a path that is not there",
     [] {
       done("open", k().open("none", fl::read, 0));
       say_size("stat", "none");
       done("unlink", k().unlink("none"));
     }},
    {"file: made, written, read",
     [] {
       const i32 fd = open("f", fl::read | fl::write | fl::create);
       say("write", k().write(fd, "hello", 5));
       say_read("read at its end", fd);
       seek("seek", fd, 1, Seek::set);
       say_read("read", fd, 3);
       say_fstat("fstat", fd);
       (void)k().close(fd);
       say_size("stat", "f");
     }},
    {"file: exclusive", [] { done("open", k().open("f", fl::write | fl::create | fl::excl, 0644)); }},
    {"file: only for reading, only for writing",
     [] {
       const i32 r = open("f", fl::read), w = open("f", fl::write);
       say("write", k().write(r, "x", 1));
       say("read", k().read(w, bytes, 1));
       say("pwrite", k().pwrite(r, "x", 1, 0));
       say("pread", k().pread(w, bytes, 1, 0));
     }},
    {"file: at an offset",
     [] {
       const i32 fd = open("f", fl::read | fl::write);
       say("pread", k().pread(fd, bytes, 10, 3));
       say("pread behind the end", k().pread(fd, bytes, 10, 100));
       say("pread before the beginning", k().pread(fd, bytes, 10, -1));
       say("pwrite behind the end", k().pwrite(fd, "x", 1, 9));
       say_fstat("fstat", fd);
       say_read("the position has not changed", fd);
     }},
    {"file: append",
     [] {
       const i32 fd = open("f", fl::write | fl::append);
       say("write", k().write(fd, "yz", 2));
       seek("position", fd, 0, Seek::cur);
       say_size("stat", "f");
     }},
    {"file: seek",
     [] {
       const i32 fd = open("f", fl::read);
       seek("from the end", fd, -2, Seek::end);
       seek("further", fd, 100, Seek::cur);
       seek("before the beginning", fd, -1, Seek::set);
       say_read("read behind the end", fd);
     }},
    {"file: truncate",
     [] {
       const i32 fd = open("f", fl::read | fl::write);
       done("shorter", k().truncate(fd, 2));
       done("longer", k().truncate(fd, 6));
       done("negative", k().truncate(fd, -1));
       say_read("read", fd);
       done("sync", k().sync(fd));
       const i32 r = open("f", fl::read);
       done("one for reading", k().truncate(r, 0));
     }},
    {"file: opened with trunc",
     [] {
       (void)open("f", fl::write | fl::trunc);
       say_size("stat", "f");
     }},
    {"directory: made twice",
     [] {
       done("mkdir", k().mkdir("d", 0755));
       done("again", k().mkdir("d", 0755));
       say_size("stat", "d");
     }},
    {"directory: opened, read, written",
     [] {
       const i32 fd = open("d", fl::read);
       say("read", k().read(fd, bytes, 10));
       done("for writing", k().open("d", fl::write, 0));
       done("a file as one", k().open("f", fl::read | fl::directory, 0));
     }},
    {"directory: removed",
     [] {
       (void)open("d/x", fl::write | fl::create);
       done("not empty", k().rmdir("d"));
       done("unlink", k().unlink("d/x"));
       done("unlink of a directory", k().unlink("d"));
       done("empty", k().rmdir("d"));
       done("a file", k().rmdir("f"));
     }},
    {"file: a file as a directory",
     [] {
       done("open", k().open("f/x", fl::read, 0));
       done("mkdir", k().mkdir("f/x", 0755));
     }},
    {"file: rename",
     [] {
       done("to a new name", k().rename("f", "g"));
       say_size("the old name", "f");
       say_size("the new name", "g");
       done("of nothing", k().rename("none", "h"));
       (void)k().mkdir("d", 0755);
       done("a file onto a directory", k().rename("g", "d"));
       done("a directory onto a file", k().rename("d", "g"));
       (void)k().rmdir("d");
     }},
    {"directory: chdir",
     [] {
       (void)k().mkdir("d", 0755);
       done("to a directory", k().chdir("d"));
       say_size("a file from there", "../g");
       done("back", k().chdir(".."));
       done("to a file", k().chdir("g"));
       done("to nothing", k().chdir("none"));
       say("a buffer too small for the name", k().getcwd(bytes, 1));
     }},
    {"file: a long name",
     [] {
       static char name[400];
       for (char& c : name) c = 'n';
       name[300] = '\0';
       done("open", k().open(name, fl::read, 0));
     }},
    {"file: /dev/null, /dev/zero, /dev/full",
     [] {
       const i32 null = open("/dev/null", fl::read | fl::write), zero = open("/dev/zero", fl::read),
                 full = open("/dev/full", fl::write);
       say_read("read of null", null);
       say("write to null", k().write(null, "abc", 3));
       say_read("read of zero", zero, 3);
       say("write to full", k().write(full, "abc", 3));
     }},
    {"descriptor: a closed one",
     [] {
       const i32 fd = open("g", fl::read);
       done("close", k().close(fd));
       done("again", k().close(fd));
       say("read", k().read(fd, bytes, 1));
       say("write", k().write(fd, bytes, 1));
       done("dup", k().dup(fd));
       say("flag", k().get_nonblock(fd));
       say_fstat("fstat", fd);
       seek("seek", fd, 0, Seek::set);
       done("listen", k().listen(fd, 1));
       done("-1", k().close(-1));
     }},
    {"descriptor: the lowest number",
     [] {
       const i32 a = open("g", fl::read), b = open("g", fl::read), c = open("g", fl::read);
       (void)k().close(a);
       (void)k().close(b);
       const i32 d = open("g", fl::read), e = fd_of(k().eventfd());
       line("the first that is free", d == a, "then the next", e == b);
       (void)k().close(c);
       (void)k().close(d);
       (void)k().close(e);
     }},
    {"descriptor: dup shares the position",
     [] {
       const i32 a = open("g", fl::read | fl::write);
       (void)k().write(a, "0123456789", 10);
       const i32 b = fd_of(k().dup(a));
       seek("seek", a, 4, Seek::set);
       say_read("the other", b, 3);
       (void)k().close(a);
       say_read("the other, after close", b, 3);
     }},
    {"descriptor: 2,000 of them",
     [] {
       k().raise_nofile();
       static i32 fds[2000];
       int n = 0;
       for (i32& fd : fds) n += (fd = fd_of(k().eventfd())) >= 0;
       line("made", n);
       for (const i32 fd : fds) (void)k().close(fd);
     }},
    {"descriptor: the non-blocking flag",
     [] {
       const Pair p = pipe_of(false);
       say("of a pipe", k().get_nonblock(p.a));
       done("set", k().set_nonblock(p.a, true));
       say("then", k().get_nonblock(p.a));
       say("of the other end", k().get_nonblock(p.b));
       say("of an eventfd", k().get_nonblock(fd_of(k().eventfd())));
       say("of a socket", k().get_nonblock(tcp4()));
     }},

    {"pipe: empty, then not",
     [] {
       const Pair p = pipe_of();
       say_read("empty", p.a);
       say("write", k().write(p.b, "abcdef", 6));
       say_read("a part", p.a, 4);
       say_read("the rest", p.a);
       say_read("empty again", p.a);
     }},
    {"pipe: the wrong ends",
     [] {
       const Pair p = pipe_of();
       say_read("read", p.b);
       say("write", k().write(p.a, "x", 1));
     }},
    {"pipe: the writer closes",
     [] {
       const Pair p = pipe_of();
       (void)k().write(p.b, "abc", 3);
       (void)k().close(p.b);
       ready("with bytes", p.a);
       say_read("what is there", p.a);
       say_read("then the end", p.a);
       ready("at the end", p.a);
     }},
    {"pipe: the reader closes",
     [] {
       const Pair p = pipe_of();
       ready("before", p.b);
       (void)k().close(p.a);
       say("write", k().write(p.b, "x", 1));
       say("write of nothing", k().write(p.b, "", 0));
       ready("after", p.b);
     }},
    {"pipe: closed while another thread reads",
     [] {
       i32 fds[2], other[2];
       done("pipe", k().pipe(fds, false));
       WaitGroup wg;
       SysResult waited;
       wg.go([&] {
         auto read = [&] { return k().read(fds[0], bytes, 100); };
         waited = in_syscall(read);
       });
       settle();
       done("close", k().close(fds[0]));
       done("another pipe", k().pipe(other, false));
       say("write", k().write(fds[1], "late", 4));
       wg.wait();
       say("the read that waited", waited);
       say("write when the read is over", k().write(fds[1], "x", 1));
       (void)k().close(fds[1]);
       (void)k().close(other[0]);
       (void)k().close(other[1]);
     }},
    {"pipe: nothing read, nothing written",
     [] {
       const Pair p = pipe_of();
       say("read", k().read(p.a, bytes, 0));
       say("write", k().write(p.b, bytes, 0));
     }},
    {"pipe: full",
     [] {
       const Pair p = pipe_of();
       say("65,536 bytes", k().write(p.b, bytes, 65536));
       say("one more", k().write(p.b, bytes, 1));
       ready("full", p.b);
       say("a page out", k().read(p.a, bytes, 4096));
       ready("then", p.b);
       say("a page in", k().write(p.b, bytes, 4096));
       say("full again", k().write(p.b, bytes, 4096));
     }},
    {"pipe: more than it holds",
     [] {
       const Pair p = pipe_of();
       fill(100000);
       say("write", k().write(p.b, bytes, 100000));
       const SysResult r = k().read(p.a, bytes + 100000, 100000);
       say("read", r);
       line("as written", r.ok() && are_from(0, bytes + 100000, r.value));
     }},
    {"pipe: PIPE_BUF bytes are one piece",
     [] {
       const Pair p = pipe_of();
       (void)k().write(p.b, bytes, 61440);
       say("4096 into 4096", k().write(p.b, bytes, 4096));
       say("2 into none", k().write(p.b, bytes, 2));
     }},
    {"pipe: not a file",
     [] {
       const Pair p = pipe_of();
       seek("seek", p.a, 0, Seek::cur);
       say("pread", k().pread(p.a, bytes, 1, 0));
       say("pwrite", k().pwrite(p.b, bytes, 1, 0));
       done("truncate", k().truncate(p.b, 0));
       done("sync", k().sync(p.a));
       say_fstat("fstat", p.a);
       done("listen", k().listen(p.a, 1));
       say("send", send(p.b, "x"));
     }},
    {"pipe: a duplicate keeps it open",
     [] {
       const Pair p = pipe_of();
       const i32 d = fd_of(k().dup(p.b));
       (void)k().close(p.b);
       say_read("read", p.a);
       say("write", k().write(d, "x", 1));
       (void)k().close(d);
       say_read("read", p.a);
       say_read("read at the end", p.a);
     }},
    {"pipe: a reader that waits",
     [] {
       auto p = os::pipe().value;
       WaitGroup wg;
       wg.go([&] {
         char b[8];
         line("read", static_cast<unsigned long long>(p.r.read(b, 8).value));
       });
       sleep(ms(2));
       (void)p.w.write("abc");
       wg.wait();
       wg.go([&] {
         char b[8];
         line("read at the end", p.r.read(b, 8).err);
       });
       sleep(ms(2));
       (void)p.w.close();
       wg.wait();
     }},
    {"pipe: a writer that waits",
     [] {
       auto p = os::pipe().value;
       WaitGroup wg;
       fill(200000);
       wg.go([&] { line("written", static_cast<unsigned long long>(p.w.write(bytes, 200000).value)); });
       usize got = 0;
       while (got < 200000) got += p.r.read(bytes + 200000 + got, 70000).value;
       wg.wait();
       line("read", static_cast<unsigned long long>(got), "as written", are_from(0, bytes + 200000, got));
     }},
    {"pipe: closed under a reader",
     [] {
       auto p = os::pipe().value;
       WaitGroup wg;
       wg.go([&] {
         char b[8];
         line("read", p.r.read(b, 8).err);
       });
       sleep(ms(2));
       (void)p.r.close();
       wg.wait();
       line("write", p.w.write("x").err);
     }},
    {"pipe: a deadline",
     [] {
       auto p = os::pipe().value;
       line("set", p.r.set_deadline(now().add(ms(2))));
       char b[8];
       line("read", p.r.read(b, 8).err);
     }},

    {"eventfd: counts",
     [] {
       const i32 e = fd_of(k().eventfd());
       u64 n = 3;
       say("read of 0", k().read(e, &n, 8));
       (void)k().write(e, &n, 8);
       (void)k().write(e, &n, 8);
       say("read", k().read(e, &n, 8));
       line("value", static_cast<unsigned long long>(n));
       say("again", k().read(e, &n, 8));
     }},
    {"eventfd: sizes",
     [] {
       const i32 e = fd_of(k().eventfd());
       u64 n[2] = {1, 1};
       say("write 7", k().write(e, n, 7));
       say("write 8", k().write(e, n, 8));
       say("read 7", k().read(e, n, 7));
       say("read 8", k().read(e, n, 8));
       say_fstat("fstat", e);
       seek("seek", e, 5, Seek::set);
     }},
    {"eventfd: the largest values",
     [] {
       const i32 e = fd_of(k().eventfd());
       u64 n = ~u64{0};
       say("write 2^64 - 1", k().write(e, &n, 8));
       n = ~u64{0} - 1;
       say("write 2^64 - 2", k().write(e, &n, 8));
       ready("then", e);
       n = 1;
       say("one more", k().write(e, &n, 8));
       n = 0;
       say("0 more", k().write(e, &n, 8));
       say("read", k().read(e, &n, 8));
       ready("then", e);
     }},
    {"eventfd: a read wakes writers",
     [] {
       const i32 e = fd_of(k().eventfd());
       u64 n = ~u64{0} - 1;
       (void)k().write(e, &n, 8);
       Poller p;
       p.add(e);
       p.say("full");
       p.say("nothing new");
       (void)k().read(e, &n, 8);
       p.say("after a read");
     }},
    {"eventfd: a write wakes readers, also of 0",
     [] {
       const i32 e = fd_of(k().eventfd());
       Poller p;
       p.add(e);
       p.say("new");
       u64 n = 1;
       (void)k().write(e, &n, 8);
       p.say("after a write");
       (void)k().write(e, &n, 8);
       p.say("after a second one");
       n = 0;
       (void)k().write(e, &n, 8);
       p.say("after one of 0");
     }},

    {"clock: goes on",
     [] {
       const i64 a = kernel->nanotime(), b = kernel->nanotime();
       line("not back", b >= a);
       const i64 w = kernel->walltime();
       line("after 2009", w > 1230000000 * i64{1000000000});
     }},
    {"clock: a sleep is long enough",
     [] {
       const i64 a = kernel->nanotime();
       sleep(ms(5));
       const i64 b = kernel->nanotime();
       line("at least", b - a >= 5000000, "not an hour", b - a < 3600 * i64{1000000000});
       const i64 c = kernel->nanotime();
       kernel->usleep(300);
       line("usleep", kernel->nanotime() - c >= 300000);
     }},
    {"clock: both go on together",
     [] {
       const i64 m = kernel->nanotime(), w = kernel->walltime();
       sleep(ms(5));
       const i64 dm = kernel->nanotime() - m, dw = kernel->walltime() - w;
       line("alike", dw - dm < 2000000000 && dm - dw < 2000000000);
     }},
    {"clock: a poll that nothing ends",
     [] {
       Poller p;
       const i64 a = kernel->nanotime();
       p.say("poll", 4);
       line("long enough", kernel->nanotime() - a >= 3900000);
     }},
    {"clock: timers in order",
     [] {
       Chan<int> c(4);
       for (int n = 0; n < 3; n++)
         go([=] {
           const int i = 1 + (n + 2) % 3;
           sleep(ms(4 * i));
           c.send(i);
         });
       const int a = c.recv(), b = c.recv(), d = c.recv();
       line(a, b, d);
     }},
    {"clock: a futex that nothing wakes",
     [] {
       Atomic<u32> word{1};
       const i64 a = kernel->nanotime();
       kernel->futexsleep(&word, 1, 2000000);
       line("long enough", kernel->nanotime() - a >= 1900000);
       const i64 b = kernel->nanotime();
       kernel->futexsleep(&word, 2, i64{3600} * 1000000000);
       line("another value: at once", kernel->nanotime() - b < i64{60} * 1000000000);
     }},

    {"signals: kill",
     [] {
       done("the process itself, signal 0", k().kill(k().getpid(), 0));
       done("a signal that there is not", k().kill(k().getpid(), 65));
       done("a process that there is not", k().kill(0x3fffffff, 0));
       done("SIGURG", k().kill(k().getpid(), 23));
       done("SIGWINCH, which does nothing", k().kill(k().getpid(), 28));
     }},
    {"signals: SIGPIPE does not end a program",
     [] {
       const Pair p = pipe_of();
       (void)k().close(p.a);
       say("write", k().write(p.b, "x", 1));
       line("it goes on");
     }},
    {"processes: none to wait for",
     [] {
       i32 status = 0;
       say("wait", k().wait(-1, true, &status));
       say("for a number", k().wait(1234567, true, &status));
     }},
    {"processes: numbers",
     [] {
       line("its own", k().getpid() > 0, "the main thread's", k().getpid() == static_cast<i32>(kernel->getpid()));
     }},
    {"processes: a name for the machine",
     [] {
       char b[100] = {};
       done("hostname", k().hostname(b, sizeof(b)));
       line("not empty", b[0] != '\0');
     }},
    // Known to differ: the simulation has this one process only.
    {"processes: start",
     [] {
       const char* const argv[] = {"/bin/true", nullptr};
       auto [p, err] = os::start_process("/bin/true", argv);
       line("refused", static_cast<bool>(err), err);
       if (!err) (void)p.wait();
     }},
};

}  // namespace

int main() { return run(kRows); }
