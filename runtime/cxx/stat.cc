// C's stat, by which libraries ask whether a file exists and what it is: rt0::os::stat in the C library's struct. Only
// the kind, the permissions, the size and the time of the last change are filled in; the rest is 0. Linked only into
// programs that use it; compiled with the C library's header, because the struct differs between ISAs.
#include <errno.h>
#include <sys/stat.h>

#include "rt0/os.h"

namespace {

template <class Stat>
int fill(const rt0::errors::Result<rt0::os::FileInfo>& facts, Stat* to) {
  if (facts.err) {
    const bool none = facts.err.is(rt0::errors::Err::noent), denied = facts.err.is(rt0::errors::Err::acces);
    errno = none ? ENOENT : denied ? EACCES : EIO;
    return -1;
  }
  const rt0::os::FileInfo& f = facts.value;
  constexpr long long kSecond = 1000000000;
  *to = {};
  to->st_mode = f.perm | (f.is_dir       ? S_IFDIR
                          : f.is_regular ? S_IFREG
                          : f.is_symlink ? S_IFLNK
                          : f.is_pipe    ? S_IFIFO
                          : f.is_socket  ? S_IFSOCK
                                         : S_IFCHR);
  to->st_size = static_cast<decltype(to->st_size)>(f.size);
  to->st_mtim.tv_sec = static_cast<decltype(to->st_mtim.tv_sec)>(f.mod_time_ns / kSecond);
  to->st_mtim.tv_nsec = static_cast<decltype(to->st_mtim.tv_nsec)>(f.mod_time_ns % kSecond);
  return 0;
}

}  // namespace

extern "C" {
int stat(const char* name, struct stat* to) noexcept { return fill(rt0::os::stat(rt0::StrArg(name)), to); }
int lstat(const char* name, struct stat* to) noexcept { return fill(rt0::os::lstat(rt0::StrArg(name)), to); }
int stat64(const char* name, struct stat64* to) noexcept { return fill(rt0::os::stat(rt0::StrArg(name)), to); }
int lstat64(const char* name, struct stat64* to) noexcept { return fill(rt0::os::lstat(rt0::StrArg(name)), to); }
}
