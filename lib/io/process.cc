// Processes that the program starts. Go: os/exec_posix.go.
#include "lib/io/os_file.h"
#include "rt0/os.h"
#include "rt0/runtime.h"
#include "runtime/diag/fatal.h"
#include "sched/gmp.h"

namespace rt0::os {

using detail::ErrorMaker;
using detail::OsFile;
using detail::path_error;

Result<Process> start_process(StrArg name, const char* const* argv, const ProcAttr& attr) {
  Result<Process> out;
  const PathName path(name), dir(attr.dir);
  // Checked first, because spawn's error would not say whether the directory or the program is missing.
  if (attr.dir.len > 0 && dir.err == Errno::ok) {
    FileStat st;
    if (const SysResult there = kernel_io().stat(dir.text, true, &st); !there.ok()) {
      path_error(&out.err, "chdir", {attr.dir.ptr, attr.dir.len}, IoResult::sys(there.err));
      return out;
    }
  }
  SysResult r{0, path.err != Errno::ok ? path.err : dir.err};
  if (r.ok()) {
    Spawn s{};
    s.path = path.text;
    s.argv = const_cast<char* const*>(argv);
    s.envp = attr.env != nullptr ? attr.env : environ_of_program().ptr;
    s.dir = attr.dir.len > 0 ? dir.text : nullptr;
    for (i32 i = 0; i < 3; i++) {
      s.fds[i] = attr.files[i] ? attr.files[i].fd() : -1;
      // Makes it blocking: programs do not expect EAGAIN from a standard file.
      if (attr.files[i]) (void)OsFile::of(attr.files[i])->fd.set_blocking();
    }
    s.sigmask = m0.sigmask;  // the mask that this process was started with, not its present one
    s.ignored = u64{sigignored[1].load_relaxed()} << 32 | sigignored[0].load_relaxed();
    r = blocking_call([&] { return kernel_io().spawn(&s); });
  }
  if (r.ok()) out.value = Process(static_cast<int>(r.value));
  else path_error(&out.err, "fork/exec", {name.ptr, name.len}, IoResult::sys(r.err));
  return out;
}

Result<ProcessState> Process::wait() const {
  Result<ProcessState> out;
  i32 status = 0;
  const SysResult r = blocking_call([&] { return kernel_io().wait(pid_, false, &status); });
  if (r.ok()) out.value = {static_cast<int>(r.value), status};
  else ErrorMaker(out.err).put("wait: ").errno_reason(r.err);
  return out;
}

Error Process::signal(int sig) const { return os::kill(pid_, sig); }

}  // namespace rt0::os
