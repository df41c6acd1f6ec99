// The CPU quota of this process's cgroup. Go: internal/runtime/cgroup.
//
// /proc/self/cgroup names the process's cgroup in each hierarchy; /proc/self/mountinfo says in which directory the
// hierarchy is mounted. As in Go the cgroup's directory is searched for only once, so a later move to another cgroup
// goes unnoticed, and quotas of parent cgroups do not count.
#include "base/format.h"
#include "kernel_iface/kernel.h"

namespace rt0 {

namespace {

constexpr usize kMaxPath = 4096, kMaxFile = 32;  // bytes of a path, and of a file's name in the cgroup's directory

enum class Found : u32 { not_tried, nothing, version1, version2 };
constinit Found found = Found::not_tried;
// No lock is needed: only one thread at a time uses this file, the first thread at boot and sysmon later.
constinit char cgroup[kMaxPath], directory[kMaxPath + kMaxFile], buffer[2 * kMaxPath];
constinit usize directory_len = 0;

// The lines of a file. A line that is longer than the buffer is returned in pieces, in which the callers find nothing.
class Lines {
 public:
  explicit Lines(const char* path) : fd_(linux_kernel.open(path, false)) {}
  ~Lines() {
    if (fd_.ok()) (void)linux_kernel.close(static_cast<i32>(fd_.value));
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  bool next(Str* line) {
    for (usize len = 0;; len++) {
      if (at_ + len == n_) read_more();
      const bool at_end = at_ + len == n_;
      if (at_end && len == 0) return false;
      if (!at_end && buffer[at_ + len] != '\n') continue;
      *line = {buffer + at_, len};
      at_ = min(at_ + len + 1, n_);
      return true;
    }
  }

 private:
  // Moves the unread rest to the buffer's beginning and reads more after it. Lines that were returned before are lost.
  void read_more() {
    for (usize i = at_; i < n_; i++) buffer[i - at_] = buffer[i];
    n_ -= at_;
    at_ = 0;
    if (!fd_.ok()) return;
    const SysResult r = linux_kernel.read(static_cast<i32>(fd_.value), buffer + n_, sizeof(buffer) - n_);
    if (r.ok()) n_ += r.value;
  }

  SysResult fd_;
  usize at_ = 0, n_ = 0;  // what has been read and not returned lies in buffer[at_, n_)
};

// Cuts the text before the next `end` off *s and returns it; `end` is dropped.
Str field(Str* s, char end) {
  usize n = 0;
  while (n < s->len && (*s)[n] != end) n++;
  const Str f = s->sub(0, n);
  *s = s->sub(min(n + 1, s->len));
  return f;
}

bool has_cpu(Str list) {
  while (!list.empty())
    if (field(&list, ',') == Str("cpu")) return true;
  return false;
}

// Whether `prefix` is the path itself or one of its parents: /a is a prefix of /a/b, but not of /ab.
bool has_prefix(Str path, Str prefix) {
  if (prefix.len == 1) return true;
  return path.len >= prefix.len && path.sub(0, prefix.len) == prefix &&
         (path.len == prefix.len || path[prefix.len] == '/');
}

// mountinfo writes a blank as \040, and the like. Decodes in place, since the text only gets shorter.
Str unescape(Str s) {
  char* out = const_cast<char*>(s.ptr);
  usize n = 0;
  for (usize i = 0; i < s.len; i++) {
    out[n++] = s[i];
    if (s[i] != '\\' || s.len - i < 4) continue;
    out[n - 1] = static_cast<char>((s[i + 1] - '0') << 6 | (s[i + 2] - '0') << 3 | (s[i + 3] - '0'));
    i += 3;
  }
  return {out, n};
}

Str copy(char* to, Str s) {
  for (usize i = 0; i < s.len; i++) to[i] = s[i];
  return {to, s.len};
}

// The process's cgroup in the hierarchy of version 1 that limits CPUs; if there is none, that of version 2.
Str find_cgroup() {
  Lines lines("/proc/self/cgroup");
  Str path, line;
  while (found != Found::version1 && lines.next(&line)) {
    const bool unified = field(&line, ':') == Str("0");
    const bool cpu = has_cpu(field(&line, ':'));
    if (line.empty() || line[0] != '/' || line.len > sizeof(cgroup) || !(unified || cpu)) continue;
    path = copy(cgroup, line);
    found = unified ? Found::version2 : Found::version1;
  }
  return path;
}

// A mount may show only a part of the hierarchy. It is of use if the part's root is the cgroup or one of its parents.
bool find_directory(Str path) {
  Lines lines("/proc/self/mountinfo");
  for (Str line; lines.next(&line);) {
    for (u32 i = 0; i < 3; i++) (void)field(&line, ' ');
    Str root = field(&line, ' '), mount = field(&line, ' ');
    while (!line.empty() && !(field(&line, ' ') == Str("-"))) {}
    const Str type = field(&line, ' ');
    (void)field(&line, ' ');
    if (found == Found::version1 ? !(type == Str("cgroup") && has_cpu(line)) : !(type == Str("cgroup2"))) continue;
    root = unescape(root);
    if (root.empty() || !has_prefix(path, root)) continue;
    const Str below = path.sub(root.len == 1 && path.len == 1 ? 1 : root.len == 1 ? 0 : root.len);
    mount = unescape(mount);
    if (has_prefix(below, "/..") || mount.len + below.len > kMaxPath) continue;  // the cgroup is not in this mount
    (void)copy(directory, mount);
    (void)copy(directory + mount.len, below);
    directory_len = mount.len + below.len;
    return true;
  }
  return false;
}

// The first line of a file in the cgroup's directory.
Str read_setting(Str name) {
  (void)copy(directory + directory_len, name);
  directory[directory_len + name.len] = '\0';
  Str line;
  (void)Lines(directory).next(&line);
  return line;
}

}  // namespace

u32 cpu_limit() {
  if (found == Found::not_tried) {
    found = Found::nothing;
    if (const Str path = find_cgroup(); path.empty() || !find_directory(path)) found = Found::nothing;
  }
  i64 quota = -1, period = 0;
  bool known = false;
  if (found == Found::version1) {
    known =
        parse_i64(read_setting("/cpu.cfs_quota_us"), &quota) && parse_i64(read_setting("/cpu.cfs_period_us"), &period);
  } else if (found == Found::version2) {
    Str both = read_setting("/cpu.max");
    known = parse_i64(field(&both, ' '), &quota) && parse_i64(both, &period);  // "max": no quota
  }
  if (!known || quota <= 0 || period <= 0) return 0;
  return static_cast<u32>(min<i64>((quota - 1) / period + 1, 1 << 20));
}

}  // namespace rt0
