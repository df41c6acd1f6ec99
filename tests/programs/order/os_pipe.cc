// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "net_show.h"

using namespace rt0;

namespace {
char big[1 << 20];
char piece[70000];
}  // namespace

int main() {
  auto [p, err] = os::pipe();
  os::File r = p.r, w = p.w;
  p = os::Pipe{};
  show("pipe", err);
  println(r.name(), w.name());
  Done done;
  char buf[10] = {};
  go([&] {
    auto got = r.read(buf, sizeof(buf));
    println(Bytes{buf, got.value});
    show("read", got);
    done.done();
  });
  sleep(ms(10));
  (void)w.write("abc");
  done.wait();
  (void)r.set_read_deadline(now().add(ms(10)));
  show("deadline", r.read(buf, sizeof(buf)));
  (void)r.set_read_deadline(Time{});
  Done written;
  go([&] {
    auto got = w.write(big, sizeof(big));
    println(got.value);
    show("write", got);
    (void)w.close();
    written.done();
  });
  size_t total = 0;
  for (;;) {
    auto [n, e] = r.read(piece, sizeof(piece));
    total += n;
    if (!e) continue;
    println(e == io::eof);
    break;
  }
  written.wait();
  println(total);
  show("eof again", r.read(buf, sizeof(buf)));
  show("close", r.close());
  show("closed", r.read(buf, sizeof(buf)));

  p = os::pipe().value;
  (void)p.r.close();
  show("epipe", p.w.write("x"));
  (void)p.w.close();
  p = os::pipe().value;
  go([&] {
    show("woken", p.r.read(buf, sizeof(buf)));
    done.done();
  });
  sleep(ms(10));
  (void)p.r.close();
  done.wait();
  (void)p.w.close();
  p = os::pipe().value;
  go([&] {
    auto got = p.w.write(big, 100000);
    println(got.value);
    show("woken", got);
    done.done();
  });
  sleep(ms(10));
  (void)p.w.close();
  done.wait();
  (void)p.w.set_write_deadline(now());
  show("write", p.w.write(buf, sizeof(buf)));
  show("seek", p.r.seek(0, os::SEEK_SET));
}
