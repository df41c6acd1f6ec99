// What a program inherits from its parent and the kernel. The first argument chooses: see tests/cases/host_test.py.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

bool is(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}
int number(const char* s) {
  int n = 0;
  for (; *s != '\0'; s++) n = n * 10 + (*s - '0');
  return n;
}

// Waits until a signal ends the program.
void wait_for_the_end() {
  fmt::println("ready");
  sleep(seconds(20));
}

// A loop without calls runs on the only P; main goes on only if the loop is preempted.
void preempt() {
  (void)set_gomaxprocs(1);
  go([] {
    for (;;) __asm__ volatile("");
  });
  sleep(ms(20));
  fmt::println("main goes on");
  exit(0);
}

void nil_pointer() {
  const int r = func([] {
    RT0_RECOVER_RETURN(7);
    const Defer d([] {
      if (Recovered r = recover()) fmt::println("recovered:", r);
    });
    volatile int* volatile p = nullptr;
    return *p;
  });
  fmt::println("r", r);
}

int run(const char* const* argv, const os::ProcAttr& attr = os::ProcAttr()) {
  auto [p, err] = os::start_process(argv[0], argv, attr);
  if (err) {
    fmt::println("start:", err);
    return -1;
  }
  auto [st, wait_err] = p.wait();
  if (wait_err) fmt::println("wait:", wait_err);
  return st.exit_code();
}
int shell(const char* script) {
  const char* const argv[] = {"/bin/sh", "-c", script, nullptr};
  return run(argv);
}

// Opens n files, or as many as possible, and shows the limit of a child process.
void open_files(int n) {
  int opened = 0;
  os::File* files = new os::File[2000];
  for (; opened < n; opened++) {
    auto [f, err] = os::open("/etc/passwd");
    if (err) {
      fmt::println(err);
      break;
    }
    files[opened] = f;
  }
  fmt::println("opened", opened);
  if (opened == n) (void)shell("ulimit -Sn");
}

void read_stdin() {
  static char b[65536];
  size_t total = 0;
  const os::File in = os::stdin_();
  for (;;) {
    auto [n, err] = in.read(b, sizeof b);
    total += n;
    if (err == io::eof) break;
    if (err) {
      fmt::println("read:", err);
      return;
    }
  }
  fmt::println("read", total);
}

// Lines of 40 bytes; the functions write n of them.
constexpr char kLine[] = "012345678901234567890123456789012345678\n";
void write_file(int n) {
  const os::File out = os::stdout_();
  for (int i = 0; i < n; i++)
    if (auto [done, err] = out.write(Text{kLine, 40}); err) {
      println("write:", err);
      exit(1);
    }
}
void print_lines(int n) {
  for (int i = 0; i < n; i++) fmt::println(Text{kLine, 39});
}
void println_lines(int n) {
  for (int i = 0; i < n; i++) println(Text{kLine, 39});
}

// Goroutines write to a stream that is never read. Other goroutines must go on, and stopping the world must work.
void blocked(const char* how) {
  const int procs = gomaxprocs_now();
  for (int i = 0; i < procs; i++)
    go([how] {
      for (;;) {
        if (is(how, "stderr")) println(Text{kLine, 39});
        else if (is(how, "file")) (void)os::stdout_().write(Text{kLine, 40});
        else fmt::println(Text{kLine, 39});
      }
    });
  sleep(ms(200));
  (void)set_gomaxprocs(procs + 1);  // stops the world
  if (is(how, "stderr")) fmt::println("main goes on");
  else println("main goes on");
  exit(0);
}

void stats() {
  auto [st, err] = os::stat("/etc/passwd");
  println("stat", err, st.is_regular, st.size > 0, st.mod_time_ns > 0);
  println("write", os::write_file("a", "x", 0640));
  println("rename", os::rename("a", "b"));
  println("rename onto a directory", os::rename("b", "."));
  auto [f, open_err] = os::open("b");
  println("open", open_err);
  auto [fst, fstat_err] = f.stat();
  println("fstat", fstat_err, fst.size, fst.perm, fst.is_regular);
  auto [lst, lstat_err] = os::lstat("/proc/self/exe");
  println("lstat", lstat_err, lst.is_symlink, os::stat("/proc/self/exe").value.is_symlink);
  println("stamp", os::stat("stamp").value.mod_time_ns);
  auto [kept, kept_err] = os::open_file("stamp", os::O_RDWR | os::O_CREATE, 0640);
  println("kept", kept_err, kept.stat().value.size);
  auto [ends, pipe_err] = os::pipe();
  println("pipe", pipe_err);
  (void)ends.r.set_read_deadline(now().add(ms(20)));
  char b[1];
  println("read", ends.r.read(b, 1).err);
  println("connect", net::dial("tcp", "127.0.0.1:1").err.is(net::Err::connrefused));
  const char* const argv[] = {"/bin/true", nullptr};
  println("child", run(argv));
}

// Reads from a pipe with no descriptor left for the poller.
void pipe_without_poller() {
  os::File* files = new os::File[64];
  int n = 0;
  for (; n < 64; n++) {
    auto [f, err] = os::open("/etc/passwd");
    if (err) break;
    files[n] = f;
  }
  (void)files[n - 1].close();
  (void)files[n - 2].close();
  auto [ends, err] = os::pipe();
  if (err) panic(err);
  go([w = ends.w] {
    sleep(ms(50));
    auto [done, write_err] = w.write("x");
    fmt::println("written", done, write_err);
  });
  char b[4];
  auto [got, read_err] = ends.r.read(b, 4);
  fmt::println("read", got, read_err);
  sleep(ms(100));
}

// Starts a child from a process that has this many MB in memory: the shortest of ten times, in microseconds.
void big_fork(int mb) {
  const size_t n = static_cast<size_t>(mb) << 20;
  char* p = static_cast<char*>(operator new(n));
  for (size_t i = 0; i < n; i += 4096) p[i] = 1;
  const char* const argv[] = {"/bin/true", nullptr};
  long long best = 1000000000;
  for (int i = 0; i < 10; i++) {
    const Time t = now();
    auto [child, err] = os::start_process("/bin/true", argv);
    const long long us = since(t).microseconds();
    if (err) panic(err);
    (void)child.wait();
    if (us < best) best = us;
  }
  fmt::println("us", best);
}

// The parent's end of a pipe is non-blocking; the child's end must be blocking.
void child_writes_much() {
  auto [ends, err] = os::pipe();
  if (err) panic(err);
  os::ProcAttr attr;
  attr.files[1] = ends.w;
  const char* const argv[] = {"/bin/sh", "-c", "sleep 0.1; head -c 1000000 /dev/zero", nullptr};
  auto [p, start_err] = os::start_process(argv[0], argv, attr);
  if (start_err) panic(start_err);
  (void)ends.w.close();
  static char b[65536];
  size_t total = 0;
  sleep(ms(300));
  for (;;) {
    auto [n, read_err] = ends.r.read(b, sizeof b);
    total += n;
    if (read_err) break;
  }
  fmt::println("child wrote", total, "status", p.wait().value.exit_code());
}

void burst(int n) {
  WaitGroup wg;
  for (int i = 0; i < n; i++) wg.go([] { gosched(); });
  wg.wait();
}
// Starts the same program as a child, with the same environment.
void with_child(const char* self) {
  burst(2000);
  const char* const argv[] = {self, "burst", nullptr};
  const int status = run(argv);
  burst(2000);
  fmt::println("child", status);
}

// Dials a port without a listener, until a connection leads to itself.
void dial_self(int tries, const char* address) {
  int connected = 0;
  for (int i = 0; i < tries && connected == 0; i++)
    if (auto [c, err] = net::dial("tcp", address); !err) {
      fmt::println(i, c.local_addr(), c.remote_addr());
      connected++;
    }
  fmt::println("connected to itself", connected);
}

bool has(Text s, const char* what) {
  for (size_t i = 0; i < s.len; i++) {
    size_t k = 0;
    while (what[k] != '\0' && i + k < s.len && s.ptr[i + k] == what[k]) k++;
    if (what[k] == '\0') return true;
  }
  return false;
}

// Zones, ports and hosts that are barely valid, or not valid.
void addresses() {
  const char* const zones[] = {"4294967297", "4294967298", "99999999999999999999", "1x", "nope", "lo", ""};
  const char* const ports[] = {"+", "-", "+0", "-80", "+-1", "65536"};
  for (const char* zone : zones) {
    FixedText<64> a;
    a.put("[::1%");
    a.put(zone);
    a.put("]:0");
    fmt::println("zone", zone, !net::listen("tcp", a).err);
  }
  FixedText<80> longest, too_long_zone;
  for (int i = 0; i < 64; i++) longest.put("z"), too_long_zone.put("z");
  too_long_zone.put("z");
  const FixedText<80> zones_[] = {longest, too_long_zone};
  for (const FixedText<80>& zone : zones_) {
    FixedText<80> host;
    host.put("::1%");
    host.put(zone);
    fmt::println(net::dial("tcp", net::join_host_port(host, "1")).err);
  }
  for (const char* port : ports) {
    auto [l, err] = net::listen("tcp", net::join_host_port("127.0.0.1", port));
    const Text said{err.data(), err.size()};
    if (err) fmt::println("port", port, has(said, "invalid port") ? "invalid port" : "unknown port");
    else fmt::println("port", port, 0);
  }
  static char host[600];
  for (char& c : host) c = 'h';
  const auto long_ = net::join_host_port({host, 200}, "8080"), too_long = net::join_host_port({host, 600}, "8080");
  fmt::println("long", net::dial("tcp", long_).err.is(net::Err::unknown_host), long_.len, long_.text + 200);
  fmt::println("octal", net::dial("tcp", "127.0.0.01:1").err.is(net::Err::unknown_host));
  fmt::println("too long", net::dial("tcp", too_long).err.is(net::Err::unknown_host), too_long.text + too_long.len - 4);
}

// /etc/hosts has two addresses for `two`: each is tried, in order, and if none works the first error is returned.
void two_addresses() {
  fmt::println(net::dial("tcp", "two:1").err);
  auto [l, listen_err] = net::listen("tcp", "127.0.0.3:2");
  auto [c, err] = net::dial("tcp", "two:2");
  fmt::println(listen_err, err);
  if (!err) fmt::println(c.remote_addr().text);
}

// The text of an address without its port.
Text host_of(const net::AddrText& a) {
  size_t n = a.len;
  while (n > 0 && a.text[n - 1] != ':') n--;
  return {a.text, n};
}

// Listens at each host, dials it, and sends a datagram from it to itself.
void link_local(char** hosts) {
  for (; *hosts != nullptr; hosts++) {
    const auto any_port = net::join_host_port(*hosts, "0");
    auto [l, listen_err] = net::listen("tcp", any_port);
    const net::Addr at = l.addr();
    char digits[8];
    size_t n = sizeof(digits);
    for (int p = at.port; p > 0; p /= 10) digits[--n] = static_cast<char>('0' + p % 10);
    auto [c, dial_err] = net::dial("tcp", net::join_host_port(*hosts, {digits + n, sizeof(digits) - n}));
    fmt::println(*hosts, host_of(at.text), host_of(c.remote_addr().text), listen_err, dial_err);
    auto [u, udp_err] = net::listen_packet("udp", any_port);
    auto [sent, send_err] = u.write_to("x", 1, u.local_addr());
    char byte;
    auto [packet, read_err] = u.read_from(&byte, 1);
    fmt::println(sent, host_of(packet.from.text), udp_err, send_err, read_err);
    (void)l.close();
    const Error refused = net::dial("tcp", net::join_host_port(*hosts, "1")).err;
    fmt::println(refused);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 9;
  const char* what = argv[1];
  const int n = argc > 2 ? number(argv[2]) : 0;
  if (is(what, "wait")) wait_for_the_end();
  else if (is(what, "preempt")) preempt();
  else if (is(what, "nil")) nil_pointer();
  else if (is(what, "spawn")) fmt::println("code", shell("exit 3"));
  else if (is(what, "shell")) fmt::println("code", shell(argv[2]));
  else if (is(what, "open")) open_files(n);
  else if (is(what, "stdin")) read_stdin();
  else if (is(what, "write")) write_file(n);
  else if (is(what, "print")) print_lines(n);
  else if (is(what, "println")) println_lines(n);
  else if (is(what, "blocked")) blocked(argv[2]);
  else if (is(what, "stats")) stats();
  else if (is(what, "pipe")) pipe_without_poller();
  else if (is(what, "fork")) big_fork(n);
  else if (is(what, "child-writes")) child_writes_much();
  else if (is(what, "burst")) burst(50);
  else if (is(what, "child")) with_child(argv[0]);
  else if (is(what, "dial")) dial_self(n, argv[3]);
  else if (is(what, "addresses")) addresses();
  else if (is(what, "two_addresses")) two_addresses();
  else if (is(what, "link_local")) link_local(argv + 2);
  else if (is(what, "exec")) (void)run(argv + 2);
  else if (is(what, "abort")) (void)os::kill(os::getpid(), 6), sleep(seconds(1));
  else return 9;
  return 0;
}
