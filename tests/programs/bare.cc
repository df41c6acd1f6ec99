// What a program can do in a root folder that has nothing but the program: no /proc, no /dev, no /sys, no /etc, no
// /tmp. tests/cases/bare_test.py has the output.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

void show(const char* what, const errors::Error& err) { fmt::println(what, err); }

// Many goroutines and a memory limit: sysmon needs to know how much memory is in use, but there is no /proc to say it.
void goroutines() {
  (void)set_memory_limit(int64_t{64} << 20);
  WaitGroup all;
  atomic::Int64 sum;
  for (int i = 1; i <= 2000; i++) {
    all.go([&sum, i] {
      sleep(ms(60));
      sum.add(i);
    });
  }
  all.wait();
  fmt::println("goroutines", sum.load());
}

void network() {
  auto [listener, err] = net::listen("tcp", "localhost:0");
  show("listen", err);
  go([l = listener] {
    auto [conn, accept_err] = l.accept();
    char buf[16];
    auto [n, read_err] = conn.read(buf, sizeof(buf));
    (void)conn.write(buf, n);
  });
  auto [conn, dial_err] = net::dial("tcp", listener.addr());
  show("dial", dial_err);
  (void)conn.write("there and back");
  bufio::Scanner answer(conn);
  if (answer.scan()) fmt::println(answer.text());
  show("no such host:", net::dial("tcp", "example.invalid:80").err);
  fmt::println("zone", !net::listen("tcp", "[::1%lo]:0").err);
}

void files() {
  const char* const missing[] = {"/proc/self/statm", "/dev/null", "/etc/hosts"};
  for (const char* const path : missing) show("open:", os::open(path).err);
  fmt::println("no temporary folder", os::create_temp("", "x*").err.is(io::Err::noent));
  auto [f, err] = os::create_temp("/", "x*");
  show("file", err);
  (void)f.write("x");
  fmt::println("size", f.stat().value.size, os::remove(f.name()));
  fmt::println(exec::look_path("sh").err);
  fmt::println("in", os::getwd().value);
  fmt::println("name", !os::hostname().err);
}

void child(const char* self) {
  const char* const argv[] = {self, "child", nullptr};
  auto [p, err] = os::start_process(self, argv);
  show("start", err);
  if (!err) fmt::println("child", p.wait().value.exit_code());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && StrArg(argv[1]) == "child") return 7;
  files();
  network();
  goroutines();
  if (argc > 1) child(argv[1]);
  func([] {
    const Defer d([] { fmt::println("recovered:", recover()); });
    volatile int* volatile p = nullptr;
    (void)*p;
  });
  panic("the end");
}
