// Changing the environment. Go: syscall/env_unix.go, os/env.go.
//
//   I1  The program's copy of the environment is made by the first change, under `mu`, which guards it from then on.
//   I2  Texts "NAME=value" and the arrays that all() has returned are never freed or changed: a program may hold
//       pointers to them, and so may start_process, which reads an array without the lock.
#include "base/guards.h"
#include "kernel_iface/env.h"
#include "lib/io/env.h"
#include "lib/text/error.h"
#include "mem/malloc.h"
#include "rt0/os.h"
#include "rt0/sync.h"

namespace rt0::os {

namespace {

constinit sync::Mutex mu{};

struct Environment {
  const char** entries = nullptr;
  usize n = 0, room = 0;
  char** shown = nullptr;  // what all() has returned; null if the environment has changed since

  void add(const char* entry) {
    if (n == room) {
      room = max<usize>(2 * room, 16);
      const char** const more = malloc_or_die<const char*>(room);
      for (usize i = 0; i < n; i++) more[i] = entries[i];
      heap_free(entries);
      entries = more;
    }
    entries[n++] = entry;
  }
  // The index of the variable, n if it is not set. An entry without "=", which only a parent can pass, is no variable.
  usize find(Str key) const {
    usize i = 0;
    while (i < n && !is_of(entries[i], key)) i++;
    return i;
  }
  static bool is_of(const char* entry, Str key) {
    const Str e = cstr(entry);
    return env_name_len(e) == key.len && key.len < e.len && e.sub(0, key.len) == key;
  }
};
constinit Environment now GUARDED_BY(mu){};

const char* changed_value(Str key) {
  const sync::LockGuard held(mu);
  const usize i = now.find(key);
  return i < now.n ? now.entries[i] + key.len + 1 : nullptr;
}

Args changed_all() {
  const sync::LockGuard held(mu);
  if (now.shown == nullptr) {
    now.shown = malloc_or_die<char*>(now.n + 1);
    for (usize i = 0; i < now.n; i++) now.shown[i] = const_cast<char*>(now.entries[i]);
    now.shown[now.n] = nullptr;
  }
  return {now.shown, now.n};
}

constexpr ChangedEnv kChanged = {changed_value, changed_all};

// Called before each change. Of several entries with one name the first one counts, as in Go.
void begin_change() REQUIRES(mu) {
  now.shown = nullptr;
  if (changed_env.load_relaxed() != nullptr) return;  // only written with the lock held
  for (const char* e : envs) {
    const Str entry = cstr(e);
    const usize name = env_name_len(entry);
    if (name == entry.len || now.find(entry.sub(0, name)) == now.n) now.add(e);
  }
  changed_env.store_release(&kChanged);
}

bool has(StrArg s, char c) {
  for (usize i = 0; i < s.len; i++)
    if (s.ptr[i] == c) return true;
  return false;
}

}  // namespace

Error setenv(StrArg key, StrArg value) {
  Error err;
  if (key.len == 0 || has(key, '=') || has(key, '\0') || has(value, '\0')) {
    rt0::detail::ErrorMaker(err).op("setenv").put(": ", true).errno_reason(Errno::inval);
    return err;
  }
  char* const entry = malloc_or_die<char>(key.len + value.len + 2);
  __builtin_memcpy(entry, key.ptr, key.len);
  entry[key.len] = '=';
  __builtin_memcpy(entry + key.len + 1, value.ptr, value.len);
  entry[key.len + 1 + value.len] = '\0';
  const sync::LockGuard held(mu);
  begin_change();
  if (const usize i = now.find({key.ptr, key.len}); i < now.n) now.entries[i] = entry;
  else now.add(entry);
  return err;
}

Error unsetenv(StrArg key) {
  const sync::LockGuard held(mu);
  begin_change();
  const usize i = now.find({key.ptr, key.len});
  if (i == now.n) return Error();
  now.n--;
  for (usize k = i; k < now.n; k++) now.entries[k] = now.entries[k + 1];
  return Error();
}

void clearenv() {
  const sync::LockGuard held(mu);
  begin_change();
  now.n = 0;
}

namespace {

bool special(char c) {
  constexpr Str kSigns = "*#$@!?-";
  for (usize i = 0; i < kSigns.len; i++)
    if (c == kSigns[i]) return true;
  return c >= '0' && c <= '9';
}
bool of_name(char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// What stands behind a "$": a name, and how many bytes belong to it. No name and some bytes: wrong syntax, which is
// left out of the result. No name and no bytes: the "$" is an ordinary character.
struct ShellName {
  Str name;
  usize len;
};
ShellName shell_name(Str s) {
  if (s[0] == '{') {
    usize end = 1;
    if (s.len > 2 && special(s[1]) && s[2] == '}') return {s.sub(1, 1), 3};
    while (end < s.len && s[end] != '}') end++;
    if (end == s.len) return {{}, 1};
    return {s.sub(1, end - 1), end + 1};
  }
  if (special(s[0])) return {s.sub(0, 1), 1};
  usize n = 0;
  while (n < s.len && of_name(s[n])) n++;
  return {s.sub(0, n), n};
}

}  // namespace

builtin::String detail::expand(StrArg text, void (*put)(const void*, StrArg, builtin::String*), const void* value) {
  const Str s = {text.ptr, text.len};
  builtin::String out;
  usize copied = 0;
  for (usize i = 0; i + 1 < s.len; i++) {
    if (s[i] != '$') continue;
    const ShellName found = shell_name(s.sub(i + 1));
    if (found.len == 0) continue;
    out.append({s.ptr + copied, i - copied});
    if (!found.name.empty()) put(value, {found.name.ptr, found.name.len}, &out);
    i += found.len;
    copied = i + 1;
  }
  out.append({s.ptr + copied, s.len - copied});
  return out;
}

builtin::String expand_env(StrArg s) {
  return expand(s, [](StrArg name) {
    const Str value = env_text({name.ptr, name.len});
    return StrArg(value.ptr, value.len);
  });
}

}  // namespace rt0::os
