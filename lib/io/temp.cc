// Temporary files, and programs in $PATH. Go: os/tempfile.go, os/exec/lp_unix.go.
#include "lib/io/env.h"
#include "lib/io/error.h"
#include "rt0/exec.h"
#include "rt0/os.h"
#include "rt0/strconv.h"
#include "sched/rand.h"

namespace rt0 {

namespace os {

using rt0::detail::ErrorMaker;
using rt0::detail::path_error;

namespace {

constexpr int kTries = 10000;

// A path with a random number in it.
struct TempName {
  builtin::String before, after;
  Error err;

  TempName(StrArg dir, StrArg pattern, Str op) {
    usize star = pattern.len;
    for (usize i = 0; i < pattern.len; i++) {
      if (pattern.ptr[i] == '*') star = i;
      if (pattern.ptr[i] != '/') continue;
      ErrorMaker m(err);
      m.op(op).put(" ").put({pattern.ptr, pattern.len}).put(": ", true);
      m.reason("pattern contains path separator", Err::other);
      return;
    }
    before.append(dir.len > 0 ? dir : StrArg(temp_dir()));
    if (before.empty() || before[before.size() - 1] != '/') before.push('/');
    before.append({pattern.ptr, star});
    if (star < pattern.len) after.append({pattern.ptr + star + 1, pattern.len - star - 1});
  }
  builtin::String next() const {
    builtin::String s = before;
    return s.append(strconv::format_uint(static_cast<u32>(random64()), 10)).append(after), s;
  }
  Error none_free(Str op) const {
    builtin::String s = before;
    s.push('*').append(after);
    Error e;
    path_error(&e, op, {s.data(), s.size()}, IoResult::sys(Errno::exist));
    return e;
  }
};

}  // namespace

builtin::Text temp_dir() {
  const Str dir = env_text("TMPDIR");
  return dir.empty() ? builtin::Text("/tmp") : builtin::Text(dir.ptr, dir.len);
}

Result<File> create_temp(StrArg dir, StrArg pattern) {
  const TempName name(dir, pattern, "createtemp");
  if (name.err) return {{}, name.err};
  for (int i = 0; i < kTries; i++) {
    Result<File> f = open_file(name.next(), O_RDWR | O_CREATE | O_EXCL, 0600);
    if (!is_exist(f.err)) return f;
  }
  return {{}, name.none_free("createtemp")};
}

Result<builtin::String> mkdir_temp(StrArg dir, StrArg pattern) {
  const TempName name(dir, pattern, "mkdirtemp");
  if (name.err) return {{}, name.err};
  for (int i = 0; i < kTries; i++) {
    Result<builtin::String> out;
    out.value = name.next();
    out.err = mkdir(out.value, 0700);
    if (is_exist(out.err)) continue;
    if (is_not_exist(out.err)) {
      const Error e = stat(dir.len > 0 ? dir : StrArg(temp_dir())).err;
      if (is_not_exist(e)) out.err = e;
    }
    if (out.err) out.value = {};
    return out;
  }
  return {{}, name.none_free("mkdirtemp")};
}

}  // namespace os

namespace exec {

using errors::Err;
using errors::Error;
using rt0::detail::ErrorMaker;

namespace {

// exec: "file": why
Error exec_error(StrArg file, StrArg why, Err code) {
  Error e;
  const builtin::String name = strconv::quote(file);
  ErrorMaker m(e);
  m.op("exec").put(": ").put({name.data(), name.size()}).put(": ", true).reason({why.ptr, why.len}, code);
  return e;
}

// Why the path can't be executed; none if it can.
Error executable(StrArg file, StrArg path) {
  const errors::Result<os::FileInfo> st = os::stat(path);
  if (st.err) return exec_error(file, st.err.Error(), st.err.code());
  if (st.value.is_dir) return exec_error(file, "is a directory", Err::isdir);
  return (st.value.perm & 0111) != 0 ? Error() : exec_error(file, "permission denied", Err::acces);
}

}  // namespace

errors::Result<builtin::String> look_path(StrArg file) {
  bool slash = false;
  for (usize i = 0; i < file.len; i++) slash |= file.ptr[i] == '/';
  errors::Result<builtin::String> out;
  if (slash) {
    out.err = executable(file, file);
    if (!out.err) out.value.append(file);
    return out;
  }
  Str rest = os::env_text("PATH");
  const bool name = file.len > 0 && !(file == ".") && !(file == "..");
  while (name && !rest.empty()) {
    usize n = 0;
    while (n < rest.len && rest[n] != ':') n++;
    Str dir = rest.sub(0, n);
    // A colon at the end stands before an empty folder, which is the working directory.
    rest = n == rest.len ? Str() : n + 1 == rest.len ? Str(".") : rest.sub(n + 1);
    while (dir.len > 1 && dir[dir.len - 1] == '/') dir.len--;
    builtin::String path;
    if (!dir.empty() && dir != Str(".")) path.append({dir.ptr, dir.len});
    if (!path.empty() && path[path.size() - 1] != '/') path.push('/');
    path.append(file);
    if (executable(file, path)) continue;
    if (path[0] != '/')
      out.err = exec_error(file, "cannot run executable found relative to current directory", Err::dot);
    out.value = static_cast<builtin::String&&>(path);
    return out;
  }
  out.err = exec_error(file, "executable file not found in $PATH", Err::not_found);
  return out;
}

}  // namespace exec
}  // namespace rt0
