// The simulated kernel's table of input and output: descriptors, of which some stand for host files; processes. See
// io.h.
#include "kernel_iface/sim/io.h"

namespace rt0::sim {

namespace {

constinit File** table = nullptr;  // kMaxFds of them; null until 0, 1 and 2 are in it
constinit i32 table_end = 0;       // above the highest number that was ever given out
constinit i32 lowest = 0;          // no number below is free
constinit File* free_files = nullptr;
constinit Ring* free_rings = nullptr;

constexpr usize kBlock = 64 * 1024;

// Takes an object off the free list. If the list is empty, first puts a block of new objects on it.
template <class T>
T* take(T** list) {
  if (*list == nullptr) {
    T* more = static_cast<T*>(pages(kBlock));
    for (usize i = kBlock / sizeof(T); i-- > 0;) {
      more[i].next_free = *list;
      *list = &more[i];
    }
  }
  T* t = *list;
  *list = t->next_free;
  return t;
}

void open_std() {
  table = static_cast<File**>(pages(kMaxFds * sizeof(File*)));
  table_end = lowest = 3;
  for (i32 fd = 0; fd < 3; fd++) {
    table[fd] = file_new(Kind::host);
    table[fd]->host_fd = fd;
  }
}

SysResult host_fd(SysResult r) {
  if (!r.ok()) return r;
  File* f = file_new(Kind::host);
  f->host_fd = static_cast<i32>(r.value);
  return fd_new(f);
}

// Reading and writing a host file takes virtual time, which the thread spends in its system call. The time is long
// enough that sysmon sometimes sees the call and takes its P away.
constexpr i64 kFileNs = 30 * 1000, kSyncNs = 2000 * 1000;
void slow(i64 ns) { (void)block(nullptr, state.now + ns); }

// Faults of the disk.
Errno disk_error(bool takes_room) {
  if (takes_room && fault(Choice::nospc) != 0) return Errno::nospc;
  return fault(Choice::ioerr) != 0 ? Errno::io : Errno::ok;
}
template <class F>
SysResult on_disk(bool takes_room, F f) {
  slow(kFileNs);
  const Errno e = disk_error(takes_room);
  return e == Errno::ok ? f() : fails(e);
}

// Calls f with the host's descriptor if fd is a host file; fails with `otherwise` if it is anything else.
template <class F>
SysResult on_host(i32 fd, Errno otherwise, F f) {
  if (!call(true)) return fails(Errno::intr);
  File* file = file_of(fd);
  if (file == nullptr) return fails(Errno::badf);
  const Held held(file);
  return file->kind == Kind::host ? f(file->host_fd) : fails(otherwise);
}
template <class F>
SysResult on_path(F f) {
  if (state.rehearsal) rehearsal_over();  // a rehearsal touches nothing outside the process
  return call(true) ? f() : fails(Errno::intr);
}

SysResult sim_open(const char* path, u32 flags, u32 perm) {
  if (state.rehearsal) rehearsal_over();
  if (!call(true)) return fails(Errno::intr);
  if (const Errno e = fd_error(); e != Errno::ok) return fails(e);
  FileStat st;
  if (path_stat(path, &st)) {
    if ((flags & open_flag::create) != 0 && (flags & open_flag::excl) != 0) return fails(Errno::exist);
    return fails((flags & open_flag::directory) != 0 ? Errno::notdir : kEnxio);
  }
  if ((flags & open_flag::create) != 0 && fault(Choice::nospc) != 0) return fails(Errno::nospc);
  return host_fd(linux_kernel_io.open(path, flags, perm));
}

SysResult sim_close(i32 fd) {
  (void)call();
  File* f = file_of(fd);
  if (f == nullptr) return fails(Errno::badf);
  table[fd] = nullptr;
  lowest = min(lowest, fd);
  file_unref(f);
  return {};
}

SysResult sim_read(i32 fd, void* p, usize n) {
  if (!call(true)) return fails(Errno::intr);
  File* f = file_of(fd);
  if (f == nullptr) return fails(Errno::badf);
  const Held held(f);
  switch (f->kind) {
    case Kind::host: return on_disk(false, [&] { return linux_kernel_io.read(f->host_fd, p, shortened(n)); });
    case Kind::pipe_read: return stream_read(f, p, shortened(n));
    case Kind::event: return event_read(f, p, n);
    case Kind::socket:
      if (n == 0) return {};
      return has_packets(f) ? packet_read(f, p, n, nullptr) : stream_read(f, p, shortened(n));
    default: return fails(f->kind == Kind::poller ? Errno::inval : Errno::badf);
  }
}

SysResult sim_write(i32 fd, const void* p, usize n) {
  if (!call(true)) return fails(Errno::intr);
  File* f = file_of(fd);
  if (f == nullptr) return fails(Errno::badf);
  const Held held(f);
  switch (f->kind) {
    case Kind::host: return on_disk(true, [&] { return linux_kernel_io.write(f->host_fd, p, shortened(n)); });
    case Kind::pipe_write: return stream_write(f, p, shortened(n));
    case Kind::event: return event_write(f, p, n);
    case Kind::socket: return has_packets(f) ? packet_write(f, p, n, nullptr) : stream_write(f, p, shortened(n));
    default: return fails(f->kind == Kind::poller ? Errno::inval : Errno::badf);
  }
}

SysResult sim_pread(i32 fd, void* p, usize n, i64 off) {
  return on_host(fd, kEspipe,
                 [&](i32 h) { return on_disk(false, [&] { return linux_kernel_io.pread(h, p, shortened(n), off); }); });
}
SysResult sim_pwrite(i32 fd, const void* p, usize n, i64 off) {
  return on_host(fd, kEspipe,
                 [&](i32 h) { return on_disk(true, [&] { return linux_kernel_io.pwrite(h, p, shortened(n), off); }); });
}
// An eventfd and a poller have a position that never moves, as on Linux.
SysResult sim_seek(i32 fd, i64 off, Seek whence, i64* at) {
  if (!call(true)) return fails(Errno::intr);
  const File* f = file_of(fd);
  if (f == nullptr) return fails(Errno::badf);
  *at = 0;
  if (f->kind == Kind::host) return linux_kernel_io.seek(f->host_fd, off, whence, at);
  return f->kind == Kind::event || f->kind == Kind::poller ? SysResult{} : fails(kEspipe);
}
SysResult sim_fstat(i32 fd, FileStat* st) {
  (void)call();
  const File* f = file_of(fd);
  if (f == nullptr) return fails(Errno::badf);
  if (f->kind == Kind::host) return linux_kernel_io.fstat(f->host_fd, st);
  *st = {};
  st->perm = f->kind == Kind::socket ? 0777 : 0600;
  st->nlink = 1;
  if (f->kind == Kind::socket) st->type = FileType::socket;
  else if (f->kind == Kind::pipe_read || f->kind == Kind::pipe_write) st->type = FileType::fifo;
  return {};
}
SysResult sim_stat(const char* path, bool follow, FileStat* st) {
  return on_path([&] { return path_stat(path, st) ? SysResult{} : linux_kernel_io.stat(path, follow, st); });
}
SysResult sim_truncate(i32 fd, i64 size) {
  return on_host(fd, Errno::inval, [&](i32 h) {
    const Errno e = disk_error(false);
    return e == Errno::ok ? linux_kernel_io.truncate(h, size) : fails(e);
  });
}
// The fault "fsync": the disk fails while the bytes are written; or fsync returns before they are on the disk.
SysResult sim_sync(i32 fd) {
  return on_host(fd, Errno::inval, [](i32 h) {
    const u32 way = fault(Choice::fsync, {}, 2);
    if (way == 2) return SysResult{};
    slow(kSyncNs);
    return way == 1 ? fails(Errno::io) : linux_kernel_io.sync(h);
  });
}
SysResult sim_read_dir(i32 fd, void* p, usize n) {
  return on_host(fd, Errno::notdir,
                 [&](i32 h) { return on_disk(false, [&] { return linux_kernel_io.read_dir(h, p, n); }); });
}
SysResult sim_unlink(const char* path) {
  return on_path([&] { return path_unlink(path) ? SysResult{} : linux_kernel_io.unlink(path); });
}
SysResult sim_rmdir(const char* path) {
  return on_path([&] {
    FileStat st;
    return path_stat(path, &st) ? fails(Errno::notdir) : linux_kernel_io.rmdir(path);
  });
}
SysResult sim_mkdir(const char* path, u32 perm) {
  return on_path([&] {
    FileStat st;
    if (path_stat(path, &st)) return fails(Errno::exist);
    return fault(Choice::nospc) != 0 ? fails(Errno::nospc) : linux_kernel_io.mkdir(path, perm);
  });
}
SysResult sim_rename(const char* from, const char* to) {
  return on_path([&] {
    FileStat st;
    if (path_stat(from, &st)) {
      if (linux_kernel_io.stat(to, false, &st).ok() && st.type == FileType::directory) return fails(Errno::isdir);
      (void)path_rename(from, to);
      return SysResult{};
    }
    if (fault(Choice::nospc) != 0) return fails(Errno::nospc);
    const SysResult r = linux_kernel_io.rename(from, to);
    if (r.ok()) (void)path_unlink(to);
    return r;
  });
}
SysResult sim_chdir(const char* path) {
  return on_path([&] {
    FileStat st;
    return path_stat(path, &st) ? fails(Errno::notdir) : linux_kernel_io.chdir(path);
  });
}
SysResult sim_getcwd(char* buf, usize n) {
  return on_path([&] { return linux_kernel_io.getcwd(buf, n); });
}

SysResult sim_dup(i32 fd) {
  (void)call();
  File* f = file_of(fd);
  if (f == nullptr) return fails(Errno::badf);
  if (const Errno e = fd_error(); e != Errno::ok) return fails(e);
  f->refs++;
  return fd_new(f);
}
SysResult sim_get_nonblock(i32 fd) {
  (void)call();
  const File* f = file_of(fd);
  if (f == nullptr) return fails(Errno::badf);
  return f->kind == Kind::host ? linux_kernel_io.get_nonblock(f->host_fd) : SysResult{f->nonblock, Errno::ok};
}
SysResult sim_set_nonblock(i32 fd, bool on) {
  (void)call();
  File* f = file_of(fd);
  if (f == nullptr) return fails(Errno::badf);
  if (f->kind == Kind::host) return linux_kernel_io.set_nonblock(f->host_fd, on);
  f->nonblock = on;
  return {};
}

// The simulation has one process. A signal that it sends to itself is delivered by the host at once.
constexpr i32 kPid = 1, kUid = 1000;
i32 sim_getpid() { return kPid; }
i32 sim_getppid() { return 0; }
i32 sim_getuid() { return kUid; }
SysResult sim_kill(i32 pid, u32 sig) {
  (void)call();
  if (sig > 64) return fails(Errno::inval);
  if (pid != kPid) return fails(kEsrch);
  return sig == 0 ? SysResult{} : linux_kernel.tgkill(linux_kernel.gettid(), sig);
}
// The simulation cannot know whether a host file is non-blocking, so the host waits for it. A simulated descriptor is
// waited for only in a poller, so this call does not wait.
SysResult sim_wait_ready(i32 fd, bool to_write) {
  const File* f = file_of(fd);
  if (f == nullptr || f->kind != Kind::host) return {0, Errno::again};
  return linux_kernel_io.wait_ready(f->host_fd, to_write);
}

SysResult sim_spawn(const Spawn*) {
  (void)call();
  return fails(Errno::nosys);
}
SysResult sim_wait(i32, bool, i32*) {
  (void)call();
  return fails(kEchild);
}
SysResult sim_hostname(char* buf, usize n) {
  constexpr char kName[] = "rt0";
  if (n < sizeof(kName)) return fails(Errno::nametoolong);
  for (usize i = 0; i < sizeof(kName); i++) buf[i] = kName[i];
  return {};
}

}  // namespace

bool call(bool may_be_interrupted) {
  point(kCallNs);
  return !may_be_interrupted || !fault(Choice::intr);
}

File* file_new(Kind kind) {
  File* f = take(&free_files);
  *f = {};
  f->kind = kind;
  f->refs = 1;
  f->host_fd = -1;
  return f;
}

void file_unref(File* f) {
  if (--f->refs > 0) return;
  watches_drop(f);
  switch (f->kind) {
    case Kind::host: (void)linux_kernel_io.close(f->host_fd); break;
    case Kind::pipe_read: ring_close(f->in, f); break;
    case Kind::pipe_write:
      f->out->fin = true;
      ring_close(f->out, f);
      break;
    case Kind::socket: socket_close(f); break;
    default: break;
  }
  f->next_free = free_files;
  free_files = f;
}

File* file_of(i32 fd) {
  if (table == nullptr) open_std();
  return fd >= 0 && fd < table_end ? table[fd] : nullptr;
}

i32 fd_end() { return table_end; }

Errno fd_error() {
  if (fault(Choice::mfile) != 0) return Errno::mfile;
  return fault(Choice::nfile) != 0 ? Errno::nfile : Errno::ok;
}

SysResult fd_new(File* f) {
  if (table == nullptr) open_std();
  for (; lowest < kMaxFds; lowest++) {
    if (table[lowest] != nullptr) continue;
    table[lowest] = f;
    table_end = max(table_end, lowest + 1);
    return {static_cast<uintptr>(lowest), Errno::ok};
  }
  file_unref(f);
  return fails(Errno::mfile);
}

// Memory for the simulated kernel itself comes from the host, without the fault "enomem". None: the process ends.
void* pages(usize n) {
  const SysResult r = linux_kernel.mem_map(nullptr, n);
  check(r.ok(), "sim: no memory for the simulated kernel itself");
  return reinterpret_cast<void*>(r.value);
}

// A ring on the free list keeps its buffer, unless that is large: see ring_close.
Ring* ring_new(u32 limit) {
  Ring* r = take(&free_rings);
  u8* buf = r->buf;
  const u32 cap = r->cap;
  *r = {};
  r->buf = buf;
  r->cap = cap;
  r->limit = limit;
  return r;
}

void ring_close(Ring* r, const File* end) {
  if (r == nullptr) return;
  File* other = r->reader == end ? r->writer : r->reader;
  if (r->reader == end) r->reader = nullptr;
  if (r->writer == end) r->writer = nullptr;
  if (other != nullptr) {
    if (other->kind != Kind::socket) notify(other);  // for sockets, socket_close decides who is notified
    return;
  }
  constexpr u32 kKept = 64 * 1024;
  if (r->cap > kKept) {
    (void)linux_kernel.mem_unmap(r->buf, r->cap);
    r->buf = nullptr;
    r->cap = 0;
  }
  r->next_free = free_rings;
  free_rings = r;
}

}  // namespace rt0::sim

namespace rt0 {

constinit const KernelIo sim_kernel_io = {
    .open = sim::sim_open,
    .close = sim::sim_close,
    .read = sim::sim_read,
    .write = sim::sim_write,
    .pread = sim::sim_pread,
    .pwrite = sim::sim_pwrite,
    .seek = sim::sim_seek,
    .fstat = sim::sim_fstat,
    .stat = sim::sim_stat,
    .truncate = sim::sim_truncate,
    .sync = sim::sim_sync,
    .unlink = sim::sim_unlink,
    .rmdir = sim::sim_rmdir,
    .mkdir = sim::sim_mkdir,
    .rename = sim::sim_rename,
    .chdir = sim::sim_chdir,
    .getcwd = sim::sim_getcwd,
    .read_dir = sim::sim_read_dir,
    .dup = sim::sim_dup,
    .get_nonblock = sim::sim_get_nonblock,
    .set_nonblock = sim::sim_set_nonblock,
    .pipe = sim::sim_pipe,
    .wait_ready = sim::sim_wait_ready,
    .raise_nofile = [] { linux_kernel_io.raise_nofile(); },
    .socket = sim::sim_socket,
    .socketpair = sim::sim_socketpair,
    .bind = sim::sim_bind,
    .listen = sim::sim_listen,
    .accept = sim::sim_accept,
    .connect = sim::sim_connect,
    .getsockname = sim::sim_getsockname,
    .getpeername = sim::sim_getpeername,
    .getsockopt = sim::sim_getsockopt,
    .setsockopt = sim::sim_setsockopt,
    .sendto = sim::sim_sendto,
    .recvfrom = sim::sim_recvfrom,
    .shutdown = sim::sim_shutdown,
    .poll_create = sim::sim_poll_create,
    .poll_add = sim::sim_poll_add,
    .poll_del = sim::sim_poll_del,
    .poll_wait = sim::sim_poll_wait,
    .eventfd = sim::sim_eventfd,
    .getpid = sim::sim_getpid,
    .getppid = sim::sim_getppid,
    .getuid = sim::sim_getuid,
    .kill = sim::sim_kill,
    .spawn = sim::sim_spawn,
    .wait = sim::sim_wait,
    .hostname = sim::sim_hostname,
};

}  // namespace rt0
