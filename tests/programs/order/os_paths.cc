// env: GOMAXPROCS=1 PATH=/tmp/rt0_os_paths/1:/tmp/rt0_os_paths/2:/tmp/rt0_os_paths/no:/tmp/rt0_os_paths/3:/usr/bin:/bin
// exec::look_path takes the first program of that name, in the order of $PATH
#include <rt0/rt0.h>

namespace exec = rt0::exec;
namespace fmt = rt0::fmt;
namespace os = rt0::os;

#define DIR "/tmp/rt0_os_paths"

int main() {
  // Several of these may run at once, and all make the same files; so none removes any.
  constexpr const char* kFolders[] = {DIR "/1/dir", DIR "/2", DIR "/3"};
  for (const char* dir : kFolders) fmt::println(os::mkdir_all(dir, 0755));
  constexpr const char* kPrograms[] = {DIR "/1/both", DIR "/3/both", DIR "/2/text", DIR "/3/text",
                                       DIR "/2/dir",  DIR "/3/dir",  DIR "/3/last"};
  for (const char* file : kPrograms) fmt::println(os::write_file(file, "", 0755));
  fmt::println(os::write_file(DIR "/1/text", "", 0644));
  constexpr const char* kNames[] = {"both", "text", "dir", "last", "none"};
  for (const char* name : kNames) {
    const auto p = exec::look_path(name);
    fmt::println(p.value, p.err);
  }
}
