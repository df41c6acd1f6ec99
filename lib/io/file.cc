// os::File. Go: os/file.go, file_posix.go.
#include "lib/io/os_file.h"
#include "mem/malloc.h"
#include "rt0/go.h"
#include "runtime/diag/fatal.h"

namespace rt0::os {

using detail::OsFile;

OsFile* detail::OsFile::make(i32 sysfd, Str name) {
  void* p = malloc_or_die(sizeof(OsFile) + name.len + 1, alignof(OsFile));
  OsFile* f = ::new (rt0::detail::InPlace{}, p) OsFile;
  f->fd.sysfd = sysfd;
  char* text = reinterpret_cast<char*>(f + 1);
  for (usize i = 0; i < name.len; i++) text[i] = name[i];
  text[name.len] = '\0';
  f->name = text;
  f->name_len = static_cast<u32>(name.len);
  return f;
}

void detail::OsFile::release() {
  if (handles.sub_acqrel(1) != 0) return;
  if (!borrowed) (void)fd.close();  // fails only if it has been closed before
  // relaxed: the count above has made what other goroutines wrote visible
  if (DirReader* d = dir.load_relaxed(); d != nullptr) drop_dir(d);
  heap_free(this);
}

File::File(const File& o) : f_(o.f_) {
  if (f_ != nullptr) (void)f_->handles.add_relaxed(1);  // the handle that is copied keeps *f_ alive
}
File::~File() {
  if (f_ != nullptr) f_->release();
}

namespace {

// The error of a File that refers to no file. Go: os.ErrInvalid.
template <class T>
Result<T> invalid() {
  Result<T> out;
  rt0::detail::ErrorMaker(out.err).reason("invalid argument", Err::inval);
  return out;
}

Result<size_t> counted(const OsFile* f, Str op, const IoResult& r) {
  Result<size_t> out;
  out.value = r.n;
  if (!r.ok()) rt0::detail::path_error(&out.err, op, f->name_str(), r);
  return out;
}

Result<size_t> text_error(const OsFile* f, Str op, Str why) {
  Result<size_t> out;
  rt0::detail::ErrorMaker m(out.err);
  m.op(op).put(" ").put(f->name_str()).put(": ", true).reason(why, Err::other);
  return out;
}

}  // namespace

const char* File::name() const { return f_ != nullptr ? f_->name : ""; }
int File::fd() const { return f_ != nullptr ? f_->fd.sysfd : -1; }

Result<size_t> File::read(void* p, size_t n) const {
  if (f_ == nullptr) return invalid<size_t>();
  return counted(f_, "read", f_->fd.read(p, n));
}
Result<size_t> File::write(const void* p, size_t n) const {
  if (f_ == nullptr) return invalid<size_t>();
  const IoResult r = f_->fd.write(p, n);
  if (r.err == IoErr::sys && r.no == Errno::pipe) sigpipe(f_->fd.sysfd == 1 || f_->fd.sysfd == 2);
  return counted(f_, "write", r);
}

Result<size_t> File::read_at(void* p, size_t n, int64_t off) const {
  if (f_ == nullptr) return invalid<size_t>();
  if (off < 0) return text_error(f_, "readat", "negative offset");
  IoResult all;
  while (all.ok() && all.n < n) {
    const IoResult r = f_->fd.pread(static_cast<char*>(p) + all.n, n - all.n, off + static_cast<i64>(all.n));
    all.err = r.err;
    all.no = r.no;
    all.n += r.n;
  }
  return counted(f_, "read", all);
}
Result<size_t> File::write_at(const void* p, size_t n, int64_t off) const {
  if (f_ == nullptr) return invalid<size_t>();
  if (f_->append) {
    Result<size_t> out;
    rt0::detail::ErrorMaker(out.err).reason("os: invalid use of WriteAt on file opened with O_APPEND", Err::other);
    return out;
  }
  if (off < 0) return text_error(f_, "writeat", "negative offset");
  return counted(f_, "write", f_->fd.pwrite(p, n, off));
}

Result<int64_t> File::seek(int64_t off, int whence) const {
  if (f_ == nullptr) return invalid<int64_t>();
  Result<int64_t> out;
  i64 at = 0;
  IoResult r = IoResult::sys(Errno::inval);
  if (whence >= 0 && whence <= 2)
    r = f_->fd.control([&] { return kernel_io().seek(f_->fd.sysfd, off, static_cast<Seek>(whence), &at); });
  if (r.ok()) out.value = at;
  else rt0::detail::path_error(&out.err, "seek", f_->name_str(), r);
  return out;
}

FileInfo info_of(const FileStat& st) {
  return {.size = st.size,
          .perm = st.perm,
          .is_dir = st.type == FileType::directory,
          .is_regular = st.type == FileType::regular,
          .is_symlink = st.type == FileType::symlink,
          .is_pipe = st.type == FileType::fifo,
          .is_socket = st.type == FileType::socket,
          .mod_time_ns = st.mtime_ns};
}

Result<FileInfo> File::stat() const {
  if (f_ == nullptr) return invalid<FileInfo>();
  Result<FileInfo> out;
  FileStat st;
  IoResult r = f_->fd.control([&] { return kernel_io().fstat(f_->fd.sysfd, &st); });
  if (!r.ok()) {
    rt0::detail::path_error(&out.err, "stat", f_->name_str(), r);
    return out;
  }
  out.value = info_of(st);
  return out;
}

namespace {
Error simple(const OsFile* f, Str op, const IoResult& r) {
  Error e;
  if (!r.ok()) rt0::detail::path_error(&e, op, f->name_str(), r);
  return e;
}
Error deadline(OsFile* f, Time t, PollMode mode) {
  if (f == nullptr) return invalid<size_t>().err;
  const IoResult r = f->fd.set_deadline(rt0::detail::deadline_of(t), mode);
  Error e;
  rt0::detail::ErrorMaker m(e);
  if (r.err == IoErr::closing) m.reason("use of closed file", Err::closed);
  else if (!r.ok()) rt0::detail::put_reason(m, r, false, {});
  else return {};
  return e;
}
}  // namespace

Error File::truncate(int64_t size) const {
  if (f_ == nullptr) return invalid<size_t>().err;
  return simple(f_, "truncate", f_->fd.control([&] { return kernel_io().truncate(f_->fd.sysfd, size); }));
}
Error File::sync() const {
  if (f_ == nullptr) return invalid<size_t>().err;
  return simple(f_, "sync",
                f_->fd.control([&] { return blocking_call([&] { return kernel_io().sync(f_->fd.sysfd); }); }));
}
Error File::close() const {
  if (f_ == nullptr) return invalid<size_t>().err;
  return simple(f_, "close", f_->fd.close());
}
Error File::set_deadline(Time t) const { return deadline(f_, t, PollMode::both); }
Error File::set_read_deadline(Time t) const { return deadline(f_, t, PollMode::read); }
Error File::set_write_deadline(Time t) const { return deadline(f_, t, PollMode::write); }

Content& Content::operator=(Content&& o) noexcept {
  char* p = o.p_;
  const size_t n = o.n_;
  o.p_ = p_;
  o.n_ = n_;
  p_ = p;
  n_ = n;
  return *this;
}
Content::~Content() { heap_free(p_); }

}  // namespace rt0::os
