// Child processes: their status, their output through a pipe, their environment, directory and death; and that other
// goroutines go on while one waits for a child.
#include <rt0/rt0.h>

using namespace rt0;
using rt0::errors::Result;

namespace {

const char* kShell = "/bin/sh";

void show(const char* what, const Result<os::ProcessState>& r) {
  if (r.err) println(what, r.err);
  else println(what, "code", r.value.exit_code(), "signal", r.value.signal());
}

Result<os::Process> shell(const char* script, const os::ProcAttr& attr = os::ProcAttr()) {
  const char* const argv[] = {"sh", "-c", script, nullptr};
  return os::start_process(kShell, argv, attr);
}

void output(const char* what, const char* script, os::ProcAttr attr) {
  auto [ends, err] = os::pipe();
  if (err) panic(err);
  attr.files[1] = ends.w;
  auto [p, start_err] = shell(script, attr);
  (void)ends.w.close();
  if (start_err) panic(start_err);
  char buf[256];
  size_t n = 0;
  for (;;) {
    auto [got, read_err] = ends.r.read(buf + n, sizeof(buf) - 1 - n);
    if (read_err) break;
    n += got;
  }
  buf[n] = '\0';
  print(what, ": ", static_cast<const char*>(buf));
  show(what, p.wait());
}

}  // namespace

int main() {
  show("three", shell("exit 3").value.wait());
  show("killed", shell("kill -TERM $$").value.wait());
  const char* const argv[] = {"nothing", nullptr};
  println(os::start_process("/no/such/program", argv).err);
  println(os::start_process("/etc/passwd", argv).err);
  os::ProcAttr attr;
  char greeting[] = "GREETING=hello";
  char* const env[] = {greeting, nullptr};
  attr.env = env;
  attr.dir = "/";
  output("env and dir", "echo $GREETING from $(pwd)", attr);
  attr.dir = "/no/such/dir";
  println(shell("exit 0", attr).err);

  int ticks = 0;
  bool stop = false;
  WaitGroup wg;
  wg.go([&] {
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
      sleep(ms(5));
      ticks++;
    }
  });
  show("slept", shell("sleep 0.2").value.wait());
  __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
  wg.wait();
  println("others went on", ticks >= 5);
  auto [p, err] = shell("exec sleep 100");
  println("kill", p.kill());
  show("it", p.wait());
  show("again", p.wait());

  // A change of the environment reaches the children that are started later, except those that get one of their own.
  (void)os::setenv("GREETING", "changed");
  (void)os::unsetenv("GOMAXPROCS");
  os::ProcAttr inherits;
  output("changed", "echo $GREETING, GOMAXPROCS=$GOMAXPROCS", inherits);
  inherits.env = env;
  output("its own", "echo $GREETING", inherits);
  os::clearenv();
  inherits.env = nullptr;
  output("cleared", "echo ${GREETING-none}", inherits);
}
