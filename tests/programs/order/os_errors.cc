// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "net_show.h"

using namespace rt0;

#define DIR "/tmp/rt0_os_errors"

int main() {
  (void)os::remove(DIR "/a");
  (void)os::remove(DIR "/b");
  (void)os::remove(DIR);
  auto [none, err] = os::open("/nope");
  show("open", err);
  println(os::is_not_exist(err));
  show("notdir", os::open("/etc/passwd/x"));
  FixedText<301> longname;
  for (int i = 0; i < 300; i++) longname.put("n");
  show("long", os::open(longname));
  println(static_cast<bool>(os::open(StrArg("a\0b", 3)).err));
  show("mkdir", os::mkdir(DIR, 0755));
  show("mkdir", os::mkdir(DIR, 0755));
  auto [f, create_err] = os::create(DIR "/a");
  show("create", create_err);
  show("rmdir", os::remove(DIR));
  auto r = f.write("hello world");
  println(r.value);
  show("write", r);
  char buf[20];
  r = f.read(buf, sizeof(buf));
  println(r.value, r.err == io::eof);
  show("read", r);
  println(f.seek(6, os::SEEK_SET).value);
  r = f.read(buf, sizeof(buf));
  println(Bytes{buf, r.value});
  show("read", r);
  r = f.read_at(buf, sizeof(buf), 8);
  println(r.value);
  show("readat", r);
  show("readat", f.read_at(buf, sizeof(buf), -1));
  show("writeat", f.write_at("W", 1, 6));
  show("writeat", f.write_at("W", 1, -1));
  show("seek", f.seek(-1, os::SEEK_SET));
  show("truncate", f.truncate(7));
  const auto st = f.stat().value;
  println(st.size, st.is_dir, st.is_regular);
  show("deadline", f.set_deadline(now()));
  show("sync", f.sync());
  show("close", f.close());
  show("close", f.close());
  show("read", f.read(buf, sizeof(buf)));
  show("write", f.write(buf, sizeof(buf)));
  show("stat", f.stat());
  show("seek", f.seek(0, os::SEEK_SET));
  show("sync", f.sync());
  show("deadline", f.set_deadline(now()));
  auto [content, read_err] = os::read_file(DIR "/a");
  println(content);
  show("readfile", read_err);
  show("readfile", os::read_file(DIR));
  const os::Error excl = os::open_file(DIR "/a", os::O_RDWR | os::O_CREATE | os::O_EXCL, 0644).err;
  show("excl", excl);
  println(os::is_exist(excl));
  auto g = os::open_file(DIR "/a", os::O_WRONLY | os::O_APPEND, 0644).value;
  (void)g.write("more");
  show("writeat", g.write_at("x", 1, 0));
  show("read", g.read(buf, sizeof(buf)));
  (void)g.close();
  show("write", os::open(DIR "/a").value.write(buf, sizeof(buf)));
  show("rename", os::rename(DIR "/a", DIR "/b"));
  show("rename", os::rename(DIR "/a", DIR "/b"));
  show("rename", os::rename(DIR "/b", DIR));
  show("remove", os::remove(DIR "/a"));
  show("writefile", os::write_file(DIR "/b/x", "", 0644));
  show("remove", os::remove(DIR "/b"));
  show("chdir", os::chdir(DIR "/b"));
  show("stat", os::stat(DIR "/b"));
  show("lstat", os::lstat(DIR "/b"));
  show("remove", os::remove(DIR));
  os::File nothing;
  show("nil", nothing.read(buf, sizeof(buf)));
}
