// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "net_show.h"

using namespace rt0;

int main() {
  const char* const path = "/tmp/rt0_net_unix.sock";
  (void)os::remove(path);
  auto [l, err] = net::listen("unix", path);
  show("listen", err);
  show("twice", net::listen("unix", path));
  auto [c, dial_err] = net::dial("unix", path);
  show("dial", dial_err);
  auto s = l.accept().value;
  println(c.local_addr(), c.remote_addr(), s.local_addr(), s.remote_addr());
  (void)c.write("ping");
  char buf[10];
  println(Bytes{buf, s.read(buf, sizeof(buf)).value});
  (void)s.set_read_deadline(now());
  show("deadline", s.read(buf, sizeof(buf)));
  (void)s.set_read_deadline(Time{});
  (void)c.close_write();
  println(s.read(buf, sizeof(buf)).err == io::eof);
  (void)s.write("pong");
  println(Bytes{buf, c.read(buf, sizeof(buf)).value});
  (void)s.close();
  show("eof", c.read(buf, sizeof(buf)));
  show("pipe", c.write(buf, sizeof(buf)));
  (void)l.close();
  show("unlinked", os::stat(path));
  show("dial", net::dial("unix", path));

  auto [al, aerr] = net::listen("unix", "@rt0-net-unix");
  show("abstract", aerr);
  println(al.addr());
  println(net::dial("unix", "@rt0-net-unix").value.remote_addr());
  (void)al.close();

  const char* const gram = "/tmp/rt0_net_unixgram.sock";
  (void)os::remove(gram);
  auto [p, perr] = net::listen_packet("unixgram", gram);
  show("unixgram", perr);
  auto [d, derr] = net::dial("unixgram", gram);
  show("dial", derr);
  (void)d.write("datagram");
  println(Bytes{buf, p.read_from(buf, sizeof(buf)).value.n});
  (void)p.set_read_deadline(now());
  show("timeout", p.read_from(buf, sizeof(buf)));
  (void)p.close();
  (void)os::remove(gram);
}
