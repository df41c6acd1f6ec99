// The kernel's second answer about a directory is an error: what it said before comes with the error, and what it says
// afterwards with the next call. dir_errors N: the entries are asked for N at a time, all at once if N is 0.
#include "kernel_iface/kernel_io.h"

#include <rt0/rt0.h>

using namespace rt0;  // NOLINT: as programs do

namespace {

int reads = 0;

}  // namespace

// In place of the runtime's.
const KernelIo& rt0::kernel_io() {
  static constinit KernelIo table{};
  if (table.read_dir == nullptr) {
    table = linux_kernel_io;
    table.read_dir = [](i32 fd, void* p, usize n) {
      return ++reads == 2 ? SysResult{0, Errno::io} : linux_kernel_io.read_dir(fd, p, n);
    };
  }
  return table;
}

int main(int, char** argv) {
  const auto [dir, err] = os::mkdir_temp("", "rt0_dir_errors*");
  for (char c = 'a'; c <= 'c'; c++) {
    builtin::String name(dir);
    name.append("/").push(c);
    (void)os::write_file(name, "", 0644);
  }
  {
    const os::File f = os::open(dir).value;
    for (int i = 0; i < 3; i++) {
      const auto entries = f.read_dir(argv[1][0] - '0');
      builtin::String names;
      for (const os::DirEntry& e : entries.value) names.append(e.name()).push(' ');
      fmt::println(names, entries.err.is(Err::io), entries.err.is(Err::eof), !entries.err);
    }
  }
  fmt::println(err, os::remove_all(dir));
}
