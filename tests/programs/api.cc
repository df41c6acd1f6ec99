// Parts of the public API that no other program calls: api WHAT. tests/cases/api_test.py has Go's output for each.
#include <rt0/rt0.h>

#include "words.h"

using namespace rt0;

namespace {

char big[16 << 20];

void sockets() {
  auto [l, err] = net::listen("tcp", "127.0.0.1:0");
  if (err) return println(err);
  const net::Addr at = l.addr();
  fmt::println(net::dial_timeout("tcp", at.text, Duration(1)).err);
  auto [a, dial_err] = net::dial_timeout("tcp", at.text, seconds(10));
  fmt::println(dial_err);
  auto [b, accept_err] = l.accept();
  fmt::println(a.set_no_delay(false), a.set_no_delay(true));
  (void)a.set_write_deadline(now().add(ms(50)));
  const auto most = a.write(big, sizeof(big));
  fmt::println(most.value > 0, most.value < sizeof(big), most.err);
  (void)a.set_write_deadline(now().add(-seconds(1)));
  const auto none = a.write(big, sizeof(big));
  fmt::println(none.value, none.err);
  (void)a.set_write_deadline({});
  fmt::println(a.close_read());
  const auto end = a.read(big, 10);
  fmt::println(end.value, end.err, end.err == io::eof);
  auto [p, packet_err] = net::listen_packet("udp", "127.0.0.1:0");
  (void)p.set_write_deadline(now().add(-seconds(1)));
  const auto late = p.write_to(big, 10, p.local_addr());
  fmt::println(late.value, late.err);
  (void)p.set_write_deadline({});
  const auto sent = p.write_to(big, 10, p.local_addr());
  fmt::println(sent.value, sent.err);
  fmt::println(a.fd() >= 0);
  (void)a.close();
  fmt::println(a.fd());
  fmt::println(a.set_no_delay(true));
  fmt::println(a.close_read());
  fmt::println(a.set_write_deadline({}));
  fmt::println(net::dial_timeout("tcp", at.text, Duration(-1)).err);
}

// Select cases that are made at run time, over as many channels as the program wants, with and without a default case.
void cases() {
  Chan<int> c[8];
  SelectCase all[10];
  int got = 0;
  for (int i = 0; i < 8; i++) {
    c[i] = Chan<int>(1);
    all[i] = recv_case(c[i], &got);
  }
  all[8] = default_case();
  Selected s = select_cases(all, 9);
  fmt::println(s.index, s.ok, got);  // no channel is ready
  for (int i = 0; i < 8; i++) {
    c[i].send(10 * i);
    s = select_cases(all, 8);
    fmt::println(s.index, s.ok, got);
  }
  c[3].close();
  s = select_cases(all, 8);
  fmt::println(s.index, s.ok, got);
  int out = 7;
  all[3] = send_case(c[5], &out);
  all[5] = {};
  s = select_cases(all, 5);
  fmt::println(s.index, s.ok, c[5].recv());
  go([&] { c[6].send(66); });
  all[3] = recv_case<int>(Chan<int>());  // nil: never ready
  s = select_cases(all + 6, 1);
  fmt::println(s.index, s.ok, got);
  fmt::println(select_cases({default_case()}).index);
  func([&] {
    Defer d([] { fmt::println(recover()); });
    (void)select_cases({default_case(), default_case()});
  });
}

// Uses a file "f" in the working directory.
void files() {
  auto [f, err] = os::create("f");
  fmt::println(err, f.write("0123456789").value);
  fmt::println(f.seek(0, 3).err, f.seek(0, -1).err);
  char b[10];
  fmt::println(f.read_at(b, 0, 5).err, f.read_at(b, 0, 100).err);
  { const os::File copy = f; }  // the file stays open as long as one of its handles lives
  fmt::println(f.stat().value.size, f.read_at(b, 10, 4).value, StrArg(b, 6));
}

}  // namespace

int main(int, char** argv) {
  const char* what = argv[1];
  if (same(what, "files")) files();
  if (same(what, "sockets")) sockets();
  if (same(what, "cases")) cases();
  if (same(what, "context")) fmt::println(!context::todo().err(), context::todo().done() == nullptr);
  if (same(what, "stack")) print_stack();
  if (same(what, "who")) {
    fmt::println(os::getuid());
    fmt::println(os::getwd().value);
    fmt::println(os::hostname().value);
  }
}
