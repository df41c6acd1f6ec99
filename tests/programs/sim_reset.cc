// A client and a server exchange bytes until one of them gets a connection reset, or until they are done.
#include <rt0/rt0.h>

using namespace rt0;
using rt0::errors::Err;
using rt0::errors::Error;

namespace {
// Sends and receives n bytes, one at a time. Returns false if the connection broke; panics at any other error.
template <class C>
bool talk(const C& c, int n, bool first) {
  for (int i = 0; i < n; i++) {
    char byte = 'x';
    for (int turn = 0; turn < 2; turn++) {
      const Error& e = (turn == 0) == first ? c.write(&byte, 1).err : c.read(&byte, 1).err;
      if (!e) continue;
      if (e == io::eof || e.is(Err::connreset) || e.is(Err::pipe)) return false;
      panic("another error than a reset");
    }
  }
  return true;
}
}  // namespace

int main() {
  auto [l, err] = net::listen("tcp", "127.0.0.1:0");
  if (err) panic("listen");
  Chan<bool> ended(0);
  go([&] {
    auto [c, refused] = l.accept();
    if (refused) panic("accept");
    ended.send(talk(c, 20, false));
    (void)c.close();
  });
  auto [c, refused] = net::dial("tcp", l.addr().c_str());
  if (refused) panic("dial");
  const bool mine = talk(c, 20, true);
  (void)c.close();
  const bool his = ended.recv();
  println("client", mine, "server", his);
}
