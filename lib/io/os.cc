// Go: os/file.go, file_unix.go, pipe2_unix.go. Differs from Go: names of more than 4095 bytes are refused here, not by
// the kernel.
#include "rt0/os.h"
#include "lib/io/os_file.h"
#include "mem/malloc.h"

namespace rt0 {

namespace os {

using detail::ErrorMaker;
using detail::OsFile;
using detail::path_error;

namespace {

constexpr Str text_of(StrArg s) { return {s.ptr, s.len}; }

// Calls f with the path. Returns the error "op path: why" if that fails.
template <class F>
Error on_path(Str op, StrArg path, F f) {
  const PathName name(path);
  SysResult r{0, name.err};
  if (r.ok()) r = blocking_call([&] { return f(name.text); });
  Error e;
  if (!r.ok()) path_error(&e, op, text_of(path), IoResult::sys(r.err));
  return e;
}

Result<FileInfo> stat_path(Str op, StrArg path, bool follow) {
  Result<FileInfo> out;
  FileStat st;
  out.err = on_path(op, path, [&](const char* p) { return kernel_io().stat(p, follow, &st); });
  if (!out.err) out.value = info_of(st);
  return out;
}

// The poller can wait for pipes and the like, but not for regular files and directories, which are not offered to it.
// nonblock: fd is non-blocking already, and becomes blocking if the poller does not take it.
File file_of(i32 fd, StrArg name, bool nonblock) {
  OsFile* f = OsFile::make(fd, text_of(name));
  FileStat st;
  if (!kernel_io().fstat(fd, &st).ok() || st.type == FileType::regular || st.type == FileType::directory)
    return OsFile::handle(f);
  const bool polled = f->fd.init_poll() == Errno::ok;
  if (polled || nonblock) (void)kernel_io().set_nonblock(fd, polled);
  return OsFile::handle(f);
}

}  // namespace

Result<File> open_file(StrArg name, unsigned flags, unsigned perm) {
  Result<File> out;
  kernel_io().raise_nofile();
  i32 fd = -1;
  out.err = on_path("open", name, [&](const char* p) {
    const SysResult r = kernel_io().open(p, flags, perm);
    fd = static_cast<i32>(r.value);
    return r;
  });
  if (out.err) return out;
  out.value = file_of(fd, name, false);
  OsFile::of(out.value)->append = (flags & O_APPEND) != 0;
  return out;
}
Result<File> open(StrArg name) { return open_file(name, O_RDONLY, 0); }
Result<File> create(StrArg name) { return open_file(name, O_RDWR | O_CREATE | O_TRUNC, 0666); }

// The standard files are used as they were handed over: made non-blocking here, they would be so for every process that
// shares them. There is one object for each, so that its users take turns, and all of them see when it has been closed.
namespace {
constinit OsFile standard_files[] = {OsFile::standard(0, "/dev/stdin"), OsFile::standard(1, "/dev/stdout"),
                                     OsFile::standard(2, "/dev/stderr")};
File standard(OsFile& f) {
  (void)f.handles.add_relaxed(1);  // relaxed: the object's own handle, the first one, is never released
  return OsFile::handle(&f);
}
}  // namespace
File stdin_() { return standard(standard_files[0]); }
File stdout_() { return standard(standard_files[1]); }
File stderr_() { return standard(standard_files[2]); }

Result<Pipe> pipe() {
  Result<Pipe> out;
  kernel_io().raise_nofile();
  i32 fds[2];
  const SysResult r = kernel_io().pipe(fds, true);
  if (!r.ok()) {
    ErrorMaker m(out.err);
    m.op("pipe2").put(": ", true).errno_reason(r.err);
    return out;
  }
  out.value.r = file_of(fds[0], "|0", true);
  out.value.w = file_of(fds[1], "|1", true);
  return out;
}

Result<Content> read_file(StrArg name) {
  Result<Content> out;
  Result<File> f = open(name);
  if (f.err) {
    out.err = f.err;
    return out;
  }
  // As many bytes as the file's size says, and one more, in which the end shows. Files of /proc have size 0 and more
  // bytes than that.
  const Result<FileInfo> st = f.value.stat();
  usize cap = max<usize>(st.err ? 0 : static_cast<usize>(st.value.size) + 1, 512), n = 0;
  char* p = static_cast<char*>(mallocgc(cap, 1));
  for (;;) {
    if (p == nullptr) {
      path_error(&out.err, "read", text_of(name), IoResult::sys(Errno::nomem));
      return out;
    }
    const Result<size_t> r = f.value.read(p + n, cap - n);
    n += r.value;
    if (r.err) {
      if (!(r.err == io::eof)) out.err = r.err;
      break;
    }
    if (n < cap) continue;
    char* bigger = static_cast<char*>(mallocgc(cap *= 2, 1));
    if (bigger != nullptr) __builtin_memcpy(bigger, p, n);
    heap_free(p);
    p = bigger;
  }
  OsFile::give(&out.value, p, n);
  return out;
}

Error write_file(StrArg name, StrArg data, unsigned perm) {
  Result<File> f = open_file(name, O_WRONLY | O_CREATE | O_TRUNC, perm);
  if (f.err) return f.err;
  const Result<size_t> r = f.value.write(data);
  const Error c = f.value.close();
  return r.err ? r.err : c;
}

// The path may be a file's or a directory's, so both calls are tried. If both fail, the error is rmdir's; but if that
// says that the path is no directory, it is unlink's.
Error remove(StrArg path) {
  return on_path("remove", path, [](const char* p) {
    const SysResult file = kernel_io().unlink(p);
    if (file.ok()) return file;
    const SysResult dir = kernel_io().rmdir(p);
    return dir.ok() || dir.err != Errno::notdir ? dir : file;
  });
}
Error mkdir(StrArg path, unsigned perm) {
  return on_path("mkdir", path, [&](const char* p) { return kernel_io().mkdir(p, perm); });
}
Error chdir(StrArg path) {
  return on_path("chdir", path, [](const char* p) { return kernel_io().chdir(p); });
}
Result<FileInfo> stat(StrArg path) { return stat_path("stat", path, true); }
Result<FileInfo> lstat(StrArg path) { return stat_path("lstat", path, false); }

// Go: os.LinkError.
Error rename(StrArg from, StrArg to) {
  const PathName a(from), b(to);
  SysResult r{0, a.err != Errno::ok ? a.err : b.err};
  // Go refuses a directory as the target by itself, with this error, without asking the kernel.
  FileStat st;
  if (r.ok() && kernel_io().stat(b.text, false, &st).ok() && st.type == FileType::directory) {
    FileStat sf;
    const SysResult f = kernel_io().stat(a.text, false, &sf);
    if (!f.ok()) r = f.err == Errno::notdir ? SysResult{0, Errno::noent} : f;
    else if (sf.ino != st.ino || sf.dev != st.dev || text_of(from) == text_of(to)) r = {0, Errno::exist};
  }
  if (r.ok()) r = blocking_call([&] { return kernel_io().rename(a.text, b.text); });
  Error e;
  if (!r.ok()) {
    ErrorMaker m(e);
    m.op("rename").put(" ").put(text_of(from)).put(" ").put(text_of(to)).put(": ", true).errno_reason(r.err);
  }
  return e;
}

Result<FixedText<4096>> getwd() {
  Result<FixedText<4096>> out;
  const SysResult r = kernel_io().getcwd(out.value.text, sizeof(out.value.text));
  if (r.ok() && r.value > 0) {
    out.value.len = r.value - 1;
  } else {
    ErrorMaker m(out.err);
    m.op("getwd").put(": ", true).errno_reason(r.err);
  }
  return out;
}
Result<FixedText<65>> hostname() {
  Result<FixedText<65>> out;
  const SysResult r = kernel_io().hostname(out.value.text, sizeof(out.value.text));
  out.value.len = cstr(out.value.text).len;
  if (!r.ok()) {
    ErrorMaker m(out.err);
    m.op("uname").put(": ", true).errno_reason(r.err);
  }
  return out;
}

// Not tail calls: the functions of the kernel's table have no frames, and a loop of such calls spends all its time in
// them, so preemption would find no frame whose return it could divert (sched/preempt.h).
int getpid() {
  const int id = kernel_io().getpid();
  compiler_barrier();
  return id;
}
int getppid() {
  const int id = kernel_io().getppid();
  compiler_barrier();
  return id;
}
int getuid() {
  const int id = kernel_io().getuid();
  compiler_barrier();
  return id;
}
// Go: Process.Signal, which has a text of its own for a process that does not exist.
Error kill(int pid, int sig) {
  const SysResult r = kernel_io().kill(pid, static_cast<u32>(sig));
  Error e;
  if (static_cast<i32>(r.err) == static_cast<i32>(Err::srch))
    ErrorMaker(e).reason("os: process already finished", Err::srch);
  else if (!r.ok()) ErrorMaker(e).errno_reason(r.err);
  return e;
}

}  // namespace os
}  // namespace rt0
