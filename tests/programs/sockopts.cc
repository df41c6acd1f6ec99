// The options that sockets have when a program gets them, and after it has set them. The values are those of Go 1.26.
#include "kernel_iface/kernel_io.h"

#include <rt0/rt0.h>

using namespace rt0;  // NOLINT: as programs do

namespace {

int option(int fd, SockOpt opt) {
  i32 value = 0;
  return kernel_io().getsockopt(fd, opt, &value).ok() ? value : -1;
}

void show(StrArg what, int fd, bool tcp) {
  fmt::println(what, "keep_alive", option(fd, SockOpt::keep_alive), "reuse_addr", option(fd, SockOpt::reuse_addr));
  if (!tcp) return;
  fmt::println("  no_delay", option(fd, SockOpt::no_delay), "idle", option(fd, SockOpt::keep_idle), "interval",
               option(fd, SockOpt::keep_interval));
}

}  // namespace

int main() {
  auto listener = net::listen("tcp", "127.0.0.1:0").value;
  show("listener", listener.fd(), true);
  auto dialed = net::dial("tcp", listener.addr()).value;
  show("dialed", dialed.fd(), true);
  auto accepted = listener.accept().value;
  show("accepted", accepted.fd(), true);
  fmt::println(dialed.set_no_delay(false));
  show("set", dialed.fd(), true);
  auto packets = net::listen_packet("udp", "127.0.0.1:0").value;
  show("packets", packets.fd(), false);
  fmt::println("broadcast", option(packets.fd(), SockOpt::broadcast));
  builtin::String address("@rt0-sockopts-");
  address.append(strconv::itoa(os::getpid()));  // several may run at once
  auto local = net::listen("unix", address).value;
  show("unix listener", local.fd(), false);
  show("unix dialed", net::dial("unix", address).value.fd(), false);
}
