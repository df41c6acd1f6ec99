// env: GOMAXPROCS=1 PATH=/tmp/rt0_os_dirs/empty:/tmp/rt0_os_dirs/bin/:/usr/bin:/bin TMPDIR=/tmp/rt0_os_dirs
// os: directories, temporary files; exec::look_path
#include <rt0/rt0.h>

namespace errors = rt0::errors;
namespace exec = rt0::exec;
namespace fmt = rt0::fmt;
namespace os = rt0::os;
using errors::Error;
using errors::Result;
using rt0::StrArg;
using rt0::builtin::String;

#define DIR "/tmp/rt0_os_dirs"

namespace {

void show(const Result<os::DirEntries>& r) {
  String line;
  for (const os::DirEntry& e : r.value) {
    line.append(e.name()).append(e.is_dir() ? " true " : " false ");
    line.append(e.type() == os::EntryType::regular ? "true " : "false ");
    line.append(e.type() == os::EntryType::symlink ? "true, " : "false, ");
  }
  os::stdout_().write(line);
  fmt::println(r.value.size(), r.err);
}

bool has_prefix(StrArg s, StrArg prefix) { return s.len >= prefix.len && StrArg(s.ptr, prefix.len) == prefix; }
bool has_suffix(StrArg s, StrArg suffix) {
  return s.len >= suffix.len && StrArg(s.ptr + s.len - suffix.len, suffix.len) == suffix;
}

void temp(StrArg pattern, StrArg before, StrArg after) {
  auto [f, err] = os::create_temp("", pattern);
  String start(DIR "/");
  start.append(before);
  const String name(f.name());
  fmt::println(err, has_prefix(name, start), has_suffix(name, after), f.stat().value.perm == 0600);
  f.write("x");
  f.close();
  fmt::println(os::remove(name));
}

void temps() {
  temp("x", "x", "");
  temp("x*.txt", "x", ".txt");
  temp("*", "", "");
  temp("", "", "");
  const auto d = os::mkdir_temp(DIR, "d*");
  const auto st = os::stat(d.value);
  fmt::println(d.err, st.value.is_dir, st.value.perm == 0700, os::remove(d.value));
  fmt::println(os::mkdir_temp("/nope", "x*").err);
  fmt::println(os::mkdir_temp("", "a/x*").err);
  fmt::println(os::create_temp("", "a/x*").err);
  fmt::println(os::temp_dir());
}

void paths() {
  (void)os::write_file(DIR "/bin/prog", "", 0755);
  (void)os::write_file(DIR "/bin/text", "", 0644);
  constexpr const char* kFiles[] = {
      "prog", "text", "nope", DIR "/bin/prog", DIR "/bin/text", DIR "/bin", DIR "/nope", "", ".", "..", "a/b"};
  for (const char* x : kFiles) {
    const auto p = exec::look_path(x);
    fmt::println(p.value, p.err, errors::is(p.err, exec::err_not_found), errors::is(p.err, exec::err_dot));
  }
  (void)os::chdir(DIR);
  const auto p = exec::look_path("bin/prog");
  fmt::println(p.value, p.err);
}

void lists() {
  show(os::read_dir(DIR "/a/b"));
  show(os::read_dir(DIR "/a"));
  const auto l = os::read_dir(DIR "/a/b/c");
  fmt::println(l.value.size(), l.err, l.value[0].name(), l.value[1].name(), l.value[2].name(), l.value[99].name(),
               l.value[299].name());
  const auto st = l.value[5].info();
  fmt::println(st.value.size, st.value.is_dir, st.err);
  (void)os::remove(DIR "/a/b/c/0");
  fmt::println(l.value[0].info().err);
  fmt::println(os::read_dir(DIR "/a/b/a").err);
  fmt::println(os::read_dir(DIR "/nope").err);
  os::File f = os::open(DIR "/a/b/a").value;
  show(f.read_dir(-1));
  show(f.read_dir(1));
  f.close();
  show(f.read_dir(1));
  f = os::open(DIR "/a/b/c").value;
  size_t n = 0;
  for (;;) {
    const auto batch = f.read_dir(100);
    n += batch.value.size();
    if (!batch.err) continue;
    fmt::println(n, batch.value.size(), batch.err, batch.err == rt0::io::eof);
    break;
  }
  show(f.read_dir(0));
  show(f.read_dir(1));
  f.close();
}

}  // namespace

int main() {
  (void)os::remove_all(DIR);
  const Error a = os::mkdir_all(DIR "/a/b//c/", 0755), b = os::mkdir_all(DIR "/a/b", 0755);
  fmt::println(a, b, os::mkdir_all(DIR "/bin/.", 0755));
  constexpr const char* kNames[] = {"b.txt", "a.txt", "B", "\u00e9", "a", "aa/..", "c"};
  for (const char* name : kNames) {
    String path(DIR "/a/b/");
    (void)os::write_file(path.append(name), "text", 0644);
  }
  for (int i = 0; i < 300; i++) {
    String path(DIR "/a/b/c/");
    (void)os::write_file(path.append(rt0::strconv::itoa(i)), "", 0644);
  }
  lists();
  fmt::println(os::mkdir_all(DIR "/a/b/a", 0755));
  fmt::println(os::mkdir_all(DIR "/a/b/a/x/y", 0755));
  fmt::println(os::mkdir_all("", 0755));
  temps();
  paths();
  const Error dot = os::remove_all(DIR "/a/."), none = os::remove_all("/nope/x"),
              not_dir = os::remove_all(DIR "/a/b/a/x");
  fmt::println(dot, none, not_dir, os::remove_all(""));
  const Error file = os::remove_all(DIR "/a/b/a"), all = os::remove_all(DIR);
  fmt::println(file, all);
  fmt::println(os::stat(DIR).err);
}
