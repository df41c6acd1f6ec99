// Go's package os: files, pipes, the process. Errors are values.
//
//   auto [f, err] = os::open("/etc/hostname");
//   if (err) { fmt::println(err); return 1; }      // open /etc/hostname: no such file or directory
//   char buf[64];
//   auto [n, rerr] = f.read(buf, sizeof(buf));
#pragma once

#include "rt0/error.h"
#include "rt0/text.h"
#include "rt0/time.h"

namespace rt0::os {

using errors::Err;
using errors::Error;
using errors::Result;

// Flags of open_file.
inline constexpr unsigned O_RDONLY = 1, O_WRONLY = 2, O_RDWR = 3, O_APPEND = 4, O_CREATE = 8, O_EXCL = 16, O_SYNC = 32,
                          O_TRUNC = 64;
// The values of seek's argument whence.
#ifndef SEEK_SET  // a C library's header has them, as macros and with the same values
inline constexpr int SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2;
#endif

struct FileInfo {
  uint64_t size;
  unsigned perm;  // 0644 and the like
  bool is_dir, is_regular, is_symlink, is_pipe, is_socket;
  int64_t mod_time_ns;  // since 1970
};

namespace detail {
struct OsFile;
struct DirReader;
}  // namespace detail

enum class EntryType : unsigned { unknown, regular, directory, symlink, pipe, socket, char_device, block_device };

// An entry of a directory. Go: os.DirEntry.
class DirEntry {
 public:
  const builtin::String& name() const { return name_; }
  bool is_dir() const { return type_ == EntryType::directory; }
  EntryType type() const { return type_; }
  // Facts about the file now, of a symbolic link those of the link. Err::noent: it is not there any more.
  Result<FileInfo> info() const;

 private:
  friend struct detail::DirReader;
  builtin::String name_, dir_;
  EntryType type_ = EntryType::unknown;
};

// Entries in the order of their names' bytes. The object owns them.
class DirEntries {
 public:
  DirEntries() = default;
  DirEntries(const DirEntries&) = delete;
  DirEntries(DirEntries&& o) noexcept : p_(o.p_), n_(o.n_) { o.p_ = nullptr, o.n_ = 0; }
  DirEntries& operator=(DirEntries&& o) noexcept {
    DirEntry* const p = p_;
    const size_t n = n_;
    p_ = o.p_, n_ = o.n_;
    o.p_ = p, o.n_ = n;
    return *this;
  }
  ~DirEntries();

  size_t size() const { return n_; }
  const DirEntry& operator[](size_t i) const { return p_[i]; }
  const DirEntry* begin() const { return p_; }
  const DirEntry* end() const { return p_ + n_; }

 private:
  friend struct detail::DirReader;
  DirEntry* p_ = nullptr;
  size_t n_ = 0;
};

// A file, shared by its copies. Several goroutines may use it at once. It is closed by close(), or when the last copy
// is destroyed.
class File {
 public:
  File() = default;
  File(const File& o);
  File(File&& o) noexcept : f_(o.f_) { o.f_ = nullptr; }
  File& operator=(File o) noexcept {
    detail::OsFile* t = f_;
    f_ = o.f_;
    o.f_ = t;
    return *this;
  }
  ~File();

  explicit operator bool() const { return f_ != nullptr; }
  const char* name() const;
  int fd() const;  // -1 if closed

  // Reads at most n bytes into p; 0 with io::eof at the end of the file.
  Result<size_t> read(void* p, size_t n) const;
  // Writes all n bytes, or returns an error and the number of bytes written before it.
  Result<size_t> write(const void* p, size_t n) const;
  Result<size_t> write(StrArg s) const { return write(s.ptr, s.len); }
  // Read or write all n bytes at the offset off, or return an error and the number of bytes before it.
  Result<size_t> read_at(void* p, size_t n, int64_t off) const;
  Result<size_t> write_at(const void* p, size_t n, int64_t off) const;
  // Sets the position of the next read or write: off bytes from the start (whence SEEK_SET), from the present position
  // (SEEK_CUR) or from the end (SEEK_END). Returns the new position, as bytes from the start.
  Result<int64_t> seek(int64_t off, int whence) const;
  Result<FileInfo> stat() const;
  // Makes the file `size` bytes long; added bytes are zero.
  Error truncate(int64_t size) const;
  // Of a directory: its next n entries, fewer at the end, and io::eof if there are none; n <= 0: all that are left, and
  // no error at the end. The first call reads the whole directory and sorts it by name: the order is the
  // same on every file system. Go: File.ReadDir.
  Result<DirEntries> read_dir(ptrdiff_t n) const;
  // Returns when all written bytes are on the disk.
  Error sync() const;
  // Calls that wait on the file end with Err::closed, and so does each later call.
  Error close() const;

  // For pipes and the like: reads and writes that are not done at the time t end with "i/o timeout"; at once if t has
  // passed. Time{}: no deadline. For other files the error is Err::no_deadline.
  Error set_deadline(time::Time t) const;
  Error set_read_deadline(time::Time t) const;
  Error set_write_deadline(time::Time t) const;

 private:
  friend struct detail::OsFile;
  detail::OsFile* f_ = nullptr;
};

// Opens a file for reading. An error has the form "open <name>: no such file or directory"; is(Err::noent) tests it.
Result<File> open(StrArg name);
// Opens a file for reading and writing, and empties it; if it does not exist, makes it with permissions 0666 less the
// umask.
Result<File> create(StrArg name);
// flags: O_RDONLY, O_WRONLY or O_RDWR, with any of the others above. perm: permissions, less the umask, if the file is
// made.
Result<File> open_file(StrArg name, unsigned flags, unsigned perm);
// Standard input, output, error.
File stdin_();
File stdout_();
File stderr_();

struct Pipe {
  File r, w;
};
// Makes a pipe: bytes that are written to w are read from r. r reads io::eof when w is closed.
Result<Pipe> pipe();

// The content of a file. The object owns the memory.
class Content {
 public:
  Content() = default;
  Content(const Content&) = delete;
  Content(Content&& o) noexcept : p_(o.p_), n_(o.n_) { o.p_ = nullptr, o.n_ = 0; }
  Content& operator=(Content&& o) noexcept;
  ~Content();
  const char* data() const { return p_; }
  size_t size() const { return n_; }

 private:
  friend struct detail::OsFile;
  char* p_ = nullptr;
  size_t n_ = 0;
};
// Reads a whole file. With an error, the value has the bytes before the error.
Result<Content> read_file(StrArg name);
// Makes the file, with permissions perm less the umask, or empties it if it exists; then writes all of data.
Error write_file(StrArg name, StrArg data, unsigned perm);

// Removes a file or an empty directory.
Error remove(StrArg path);
// Makes one directory, whose parent must exist. perm: its permissions, less the umask.
Error mkdir(StrArg path, unsigned perm);
// Makes a directory and the parents that are missing, all with permissions perm less the umask. No error if it exists.
Error mkdir_all(StrArg path, unsigned perm);
// Removes a file, or a directory with all that is in it; does not follow symbolic links. No error if it does not exist.
// Goes on after an error, and returns the first one. Paths in it of more than 4,095 bytes are an error here.
Error remove_all(StrArg path);
// The entries of a directory, sorted by name. Go: os.ReadDir.
Result<DirEntries> read_dir(StrArg name);
// $TMPDIR, or /tmp.
builtin::Text temp_dir();
// Makes a file that was not there, readable and writable by the user only, and opens it for both. Its name is the
// pattern with a random number in the place of the last "*", or at the end. dir: where; "": temp_dir(). The program
// removes it. Go: os.CreateTemp.
Result<File> create_temp(StrArg dir, StrArg pattern);
// The same with a directory; returns its path. Go: os.MkdirTemp.
Result<builtin::String> mkdir_temp(StrArg dir, StrArg pattern);
// Renames a file or directory; it replaces a file at `to`, if there is one.
Error rename(StrArg from, StrArg to);
// Facts about the file at the path. For a symbolic link lstat returns those of the link, stat those of its target.
Result<FileInfo> stat(StrArg path);
Result<FileInfo> lstat(StrArg path);
// Changes the working directory of the whole process.
Error chdir(StrArg path);
// The path of the working directory; the machine's name.
Result<FixedText<4096>> getwd();
Result<FixedText<65>> hostname();

// Sets a variable of the environment: getenv and all functions that read it find the new value from now on, and
// processes that are started get it. The settings of the runtime (GOMAXPROCS, GODEBUG, …) are read at the start only.
// The error is "setenv: invalid argument" (Err::inval) for an empty name, or one with "=" or NUL, or a value with NUL.
// Old values are not freed, because a pointer from getenv may lead to them.
Error setenv(StrArg key, StrArg value);
// Removes a variable; there is no error if it is not set.
Error unsetenv(StrArg key);
// Removes all variables.
void clearenv();

namespace detail {
builtin::String expand(StrArg s, void (*put)(const void* value, StrArg name, builtin::String* to), const void* value);
}  // namespace detail

// s with value(name) in the place of each $name and ${name}. A name is letters, digits and "_", or one of the shell's
// special names (one digit, or one of *#$@!?-). Go: os.Expand.
template <class F>
builtin::String expand(StrArg s, const F& value) {
  return detail::expand(
      s,
      [](const void* f, StrArg name, builtin::String* to) {
        const auto& text = (*static_cast<const F*>(f))(name);
        to->append(text);
      },
      &value);
}
// The same with the values of the environment, "" for what is not set. Go: os.ExpandEnv.
builtin::String expand_env(StrArg s);

// The numbers of this process, of its parent process and of its user.
int getpid();
int getppid();
int getuid();
// Sends the signal, by its number, to the process; 0 only tests whether the process exists. Err::srch if it does not.
Error kill(int pid, int sig);

// How a process ended. Go: os.ProcessState.
struct ProcessState {
  int pid = 0;
  int status = 0;  // the kernel's wait status

  bool exited() const { return (status & 0x7f) == 0; }
  int exit_code() const { return exited() ? status >> 8 & 0xff : -1; }
  int signal() const { return exited() ? 0 : status & 0x7f; }  // the signal that ended it, or 0
  bool success() const { return status == 0; }
};

// A process that start_process has started. Go: os.Process.
class Process {
 public:
  Process() = default;
  explicit Process(int pid) : pid_(pid) {}
  int pid() const { return pid_; }
  // Waits until the process ends; other goroutines go on meanwhile. To be called once.
  Result<ProcessState> wait() const;
  Error signal(int sig) const;
  Error kill() const { return signal(9); }

 private:
  int pid_ = 0;
};

// Attributes for start_process. Go: os.ProcAttr.
struct ProcAttr {
  StrArg dir = "";             // the working directory; "": this process's
  char* const* env = nullptr;  // the environment, null-terminated; null: this process's
  // Descriptors 0, 1, 2; by default this process's. A File{} is closed in the new process.
  File files[3] = {stdin_(), stdout_(), stderr_()};
};

// Starts the program at the path `name`. argv is null-terminated and begins with the program's name. Go:
// os.StartProcess.
Result<Process> start_process(StrArg name, const char* const* argv, const ProcAttr& attr = ProcAttr());

inline bool is_not_exist(const Error& e) { return e.is(Err::noent); }
inline bool is_exist(const Error& e) { return e.is(Err::exist) || e.is(Err::notempty); }
inline bool is_permission(const Error& e) { return e.is(Err::acces) || e.is(Err::perm); }

}  // namespace rt0::os

namespace rt0 {
template <>
inline constexpr bool kRelocatable<os::File> = true;
template <>
inline constexpr bool kRelocatable<os::Content> = true;
template <>
inline constexpr bool kRelocatable<os::DirEntries> = true;
}  // namespace rt0
