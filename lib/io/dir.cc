// Directories. Go: os/dir.go, dir_unix.go, removeall_at.go, path.go. Differs from Go: a directory is read as a whole,
// and sorted; remove_all uses paths, not directories that it holds open.
#include "lib/io/os_file.h"
#include "mem/malloc.h"
#include "rt0/sync.h"

namespace rt0::os {

using detail::OsFile;
using detail::path_error;
using rt0::detail::ErrorMaker;

// What read_dir has read of a directory, and how far its callers have come.
struct detail::DirReader {
  sync::Mutex mu;  // one reader at a time; the fields below are under it
  DirEntry* all = nullptr;
  usize n = 0, room = 0, at = 0;
  bool whole = false;  // the directory was read to its end

  ~DirReader() { delete[] all; }
  static void drop(DirReader* d) { delete d; }
  // f's reader, which the first call makes. If two calls make one at once, the call that loses the exchange takes the
  // winner's; because of release and acquire it sees the whole object.
  static DirReader* of(OsFile* f) {
    DirReader* d = f->dir.load_acquire();
    if (d != nullptr) return d;
    f->drop_dir = drop;  // every caller stores the same value
    d = new DirReader;
    if (f->dir.cas_acqrel(nullptr, d)) return d;
    delete d;
    return f->dir.load_acquire();
  }

  void add(StrArg name, EntryType type) {
    if (n == room) {
      room = max<usize>(2 * room, 16);
      DirEntry* more = new DirEntry[room];
      for (usize i = 0; i < n; i++) more[i] = static_cast<DirEntry&&>(all[i]);
      delete[] all;
      all = more;
    }
    all[n].name_ = builtin::String(name);
    all[n++].type_ = type;
  }
  static bool less(const DirEntry& a, const DirEntry& b) {
    const usize common = min(a.name_.size(), b.name_.size());
    const int c = __builtin_memcmp(a.name_.data(), b.name_.data(), common);
    return c != 0 ? c < 0 : a.name_.size() < b.name_.size();
  }
  static void swap(DirEntry& a, DirEntry& b) {
    DirEntry t = static_cast<DirEntry&&>(a);
    a = static_cast<DirEntry&&>(b);
    b = static_cast<DirEntry&&>(t);
  }
  // Heapsort: no recursion, and no order of the names makes it slow.
  void sink(usize i, usize end) {
    for (usize child; (child = 2 * i + 1) < end; i = child) {
      if (child + 1 < end && less(all[child], all[child + 1])) child++;
      if (!less(all[i], all[child])) return;
      swap(all[i], all[child]);
    }
  }
  void sort() {
    for (usize i = n / 2; i-- > 0;) sink(i, n);
    for (usize end = n; end > 1;) {
      swap(all[0], all[--end]);
      sink(0, end);
    }
  }
  // Moves the next entries out, at most `most`.
  DirEntries take(usize most, StrArg dir) {
    DirEntries out;
    out.n_ = min(most, n - at);
    if (out.n_ == 0) return out;
    out.p_ = new DirEntry[out.n_];
    for (usize i = 0; i < out.n_; i++) {
      out.p_[i] = static_cast<DirEntry&&>(all[at++]);
      out.p_[i].dir_.append(dir);
      if (out.p_[i].type_ != EntryType::unknown) continue;
      // The file system does not say what an entry is.
      const Result<FileInfo> st = out.p_[i].info();
      if (st.err) continue;
      const FileInfo& x = st.value;
      out.p_[i].type_ = x.is_dir       ? EntryType::directory
                        : x.is_regular ? EntryType::regular
                        : x.is_symlink ? EntryType::symlink
                        : x.is_pipe    ? EntryType::pipe
                        : x.is_socket  ? EntryType::socket
                                       : EntryType::unknown;
    }
    return out;
  }
  IoResult read(FD& fd);
};

namespace {

Str text_of(StrArg s) { return {s.ptr, s.len}; }

EntryType type_of(u8 t) {
  switch (t) {
    case 1: return EntryType::pipe;
    case 2: return EntryType::char_device;
    case 4: return EntryType::directory;
    case 6: return EntryType::block_device;
    case 8: return EntryType::regular;
    case 10: return EntryType::symlink;
    case 12: return EntryType::socket;
    default: return EntryType::unknown;
  }
}

builtin::String joined(StrArg dir, StrArg name) {
  builtin::String s(dir);
  if (s.empty() || s[s.size() - 1] != '/') s.push('/');
  s.append(name);
  return s;
}

}  // namespace

IoResult detail::DirReader::read(FD& fd) {
  constexpr usize kRoom = 8192;
  char* const buf = static_cast<char*>(malloc_or_die(kRoom, alignof(DirRecord)));
  IoResult r;
  // After an error the kernel goes on behind the entries that it has given, so those that nobody has taken are kept.
  for (usize i = at; i < n; i++) all[i - at] = static_cast<DirEntry&&>(all[i]);
  n -= at;
  at = 0;
  for (;;) {  // ends: the kernel says 0 at the directory's end
    r = fd.control([&] { return blocking_call([&] { return kernel_io().read_dir(fd.sysfd, buf, kRoom); }); });
    if (!r.ok() || r.n == 0) break;
    for (usize i = 0; i < r.n;) {
      const DirRecord* e = reinterpret_cast<const DirRecord*>(buf + i);
      i += e->size;
      const Str name = cstr(reinterpret_cast<const char*>(e) + DirRecord::kName);
      if (name != Str(".") && name != Str("..") && e->ino != 0) add({name.ptr, name.len}, type_of(e->type));
    }
  }
  heap_free(buf);
  whole = r.ok();
  sort();
  return r;
}

DirEntries::~DirEntries() { delete[] p_; }

Result<FileInfo> DirEntry::info() const { return lstat(joined(dir_, name_)); }

Result<DirEntries> File::read_dir(ptrdiff_t n) const {
  Result<DirEntries> out;
  if (f_ == nullptr) {
    ErrorMaker(out.err).reason("invalid argument", Err::inval);
    return out;
  }
  const StrArg name{f_->name, f_->name_len};
  detail::DirReader* d = detail::DirReader::of(f_);
  d->mu.lock();
  IoResult r;
  // A closed file gives nothing, also if its entries were read before.
  if (f_->fd.sysfd < 0) r.err = IoErr::closing;
  else if (!d->whole) r = d->read(f_->fd);
  if (r.err != IoErr::closing) out.value = d->take(n <= 0 ? SIZE_MAX : static_cast<usize>(n), name);
  d->mu.unlock();
  if (r.err == IoErr::closing) {
    ErrorMaker m(out.err);
    m.op("readdirent").put(" ").put(text_of(name)).put(": ", true).reason("use of closed file", Err::closed);
  } else if (!r.ok()) {
    path_error(&out.err, "readdirent", text_of(name), r);
  } else if (n > 0 && out.value.size() == 0) {
    ErrorMaker(out.err).reason("EOF", Err::eof);
  }
  return out;
}

Result<DirEntries> read_dir(StrArg name) {
  const Result<File> f = open_file(name, O_RDONLY | open_flag::directory, 0);
  if (f.err) return {{}, f.err};
  return f.value.read_dir(-1);
}

Error mkdir_all(StrArg path, unsigned perm) {
  // The parents are made from the top down; each that is a directory already is passed over.
  for (usize i = 1; i <= path.len; i++) {
    if (i < path.len && (path.ptr[i] != '/' || path.ptr[i - 1] == '/')) continue;
    const StrArg part{path.ptr, i};
    const Result<FileInfo> st = stat(part);
    if (!st.err) {
      if (st.value.is_dir) continue;
      Error e;
      path_error(&e, "mkdir", text_of(part), IoResult::sys(Errno::notdir));
      return e;
    }
    const Error e = mkdir(part, perm);
    if (!e) continue;
    const Result<FileInfo> now = lstat(part);  // "dir/.", or made by another process meanwhile
    if (now.err || !now.value.is_dir) return e;
  }
  return path.len > 0 ? Error() : mkdir(path, perm);
}

namespace {

// A directory that remove_all empties: its entries, and how many of the path's bytes name it.
struct Level {
  DirEntries list;
  usize next = 0, path_len = 0;
  Level* up = nullptr;
};

SysResult unlink_path(const builtin::String& path, bool dir) {
  const PathName name(path);
  if (name.err != Errno::ok) return {0, name.err};
  return blocking_call([&] { return dir ? kernel_io().rmdir(name.text) : kernel_io().unlink(name.text); });
}

void keep_first(Error* first, Str op, const builtin::String& path, Errno no) {
  if (no != Errno::noent && !*first) path_error(first, op, {path.data(), path.size()}, IoResult::sys(no));
}

}  // namespace

Error remove_all(StrArg path) {
  Error first;
  if (path.len == 0) return first;
  if (path.ptr[path.len - 1] == '.' && (path.len == 1 || path.ptr[path.len - 2] == '/')) {
    path_error(&first, "RemoveAll", text_of(path), IoResult::sys(Errno::inval));
    return first;
  }
  builtin::String at(path);
  Level* top = nullptr;
  bool enter = true;  // whether `at` is to be removed; if not, the next entry of `top` is
  for (;;) {          // ends: each file and each directory has its turn once
    if (enter) {
      const SysResult file = unlink_path(at, false);
      const SysResult r = file.ok() || file.err == Errno::noent ? file : unlink_path(at, true);
      if (r.err == Errno::notempty || r.err == Errno::exist) {
        Result<DirEntries> list = read_dir(at);
        if (list.err && !list.err.is(Err::noent) && !first) first = list.err;
        top = new Level{static_cast<DirEntries&&>(list.value), 0, at.size(), top};
      } else if (!r.ok()) {
        keep_first(&first, "unlinkat", at, r.err == Errno::notdir ? file.err : r.err);
      }
      if (top == nullptr) return first;
    }
    at.resize(top->path_len);
    enter = top->next < top->list.size();
    if (enter) {
      at = joined(at, top->list[top->next++].name());
      continue;
    }
    keep_first(&first, "unlinkat", at, unlink_path(at, true).err);
    Level* const done = top;
    top = done->up;
    delete done;
    if (top == nullptr) return first;
  }
}

}  // namespace rt0::os
