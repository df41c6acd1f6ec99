#include "sched/print.h"

#include "kernel_iface/kernel.h"
#include "rt0/print.h"
#include "sched/gmp.h"
#include "sched/proc.h"
#include "sched/signal.h"

namespace rt0 {

namespace {

constinit Mutex print_lock{{0}, LockRank::print};

}  // namespace

void put_arg(Writer& w, const PrintArg& a) {
  switch (a.kind) {
    case PrintArg::Kind::boolean: w.put(a.boolean ? Str("true") : Str("false")); break;
    case PrintArg::Kind::int_: w.fmt("%lld", static_cast<long long>(a.int_)); break;
    case PrintArg::Kind::uint_: w.fmt("%llu", static_cast<unsigned long long>(a.uint_)); break;
    case PrintArg::Kind::pointer:
      w.fmt("%#llx", static_cast<unsigned long long>(reinterpret_cast<uintptr>(a.pointer)));
      break;
    case PrintArg::Kind::formatted: {
      char text[kMaxFloat];
      w.put(Str(text, a.formatted.format(text, a.formatted.value)));
      break;
    }
    case PrintArg::Kind::string: w.put(Str(a.string.ptr, a.string.len)); break;
  }
}

void Writer::put(char c) {
  if (len_ == sizeof(buf_)) flush();
  buf_[len_++] = c;
}
void Writer::put(Str s) {
  for (char c : s) put(c);
}
// NOLINTNEXTLINE(readability-non-const-parameter): on 386 a va_list is a char*
void Writer::vfmt(const char* f, __builtin_va_list args) {
  for (; *f != '\0'; f++) {
    if (*f != '%') {
      put(*f);
      continue;
    }
    f++;
    bool hash = false, wide = false;
    i32 precision = -1;
    if (*f == '#') hash = true, f++;
    if (*f == '.') precision = __builtin_va_arg(args, i32), f += 2;  // ".*"
    if (*f == 'l') wide = true, f += 2;                              // "ll"
    char number[kMaxDecimal];
    switch (*f) {
      case 's': {
        const char* s = __builtin_va_arg(args, const char*);
        put(precision >= 0 ? Str(s, static_cast<usize>(precision)) : cstr(s));
        break;
      }
      case 'd':
        put(Str(number, format_i64(number, wide ? __builtin_va_arg(args, i64) : __builtin_va_arg(args, i32))));
        break;
      case 'u': put(Str(number, format_u64(number, __builtin_va_arg(args, u64)))); break;
      case 'x': {
        const usize n = format_hex(number, __builtin_va_arg(args, u64));
        put(Str(number, n).sub(hash ? 0 : 2));
        break;
      }
      default: put(*f);
    }
  }
}

void Writer::fmt(const char* format, ...) {
  __builtin_va_list args;
  __builtin_va_start(args, format);
  vfmt(format, args);
  __builtin_va_end(args);
}

void eprintf(const char* format, ...) {
  Writer w(kStderr);
  __builtin_va_list args;
  __builtin_va_start(args, format);
  w.vfmt(format, args);
  __builtin_va_end(args);
}

const char* errno_cstr(Errno e) {
  const char* text = errno_text(e);
  return *text != '\0' ? text : "error";
}

void Writer::flush() {
  usize done = 0;
  if (out_ != nullptr) {
    const usize n = min(len_, room_);
    for (usize i = 0; i < n; i++) *out_++ = buf_[i];
    room_ -= n;
    done = len_;
  }
  while (done < len_) {
    const SysResult r = kernel->write(fd_, buf_ + done, len_ - done);
    if (r.ok()) done += r.value;
    else if (r.err == Errno::again) kernel->usleep(1000);
    else if (r.err == Errno::pipe) kernel->raise_default(kSIGPIPE);  // in case somebody ignores it; Go: sigpipe
    else if (r.err != Errno::intr) break;
  }
  len_ = 0;
}

// m->locks keeps the M ours from before the count is read until after the lock is held.
void printlock() {
  M* mp = acquirem();
  if (mp->printlock++ == 0 && mp->dying == 0) lock(&print_lock);
}
void printunlock() {
  M* mp = getg()->m;
  if (--mp->printlock == 0 && mp->dying == 0) unlock(&print_lock);
  releasem(mp);
}

void print_args(int fd, const PrintArg* args, size_t n, bool spaces, bool newline) {
  printlock();
  {
    Writer w(fd);
    for (usize i = 0; i < n; i++) {
      if (i > 0 && spaces) w.put(' ');
      put_arg(w, args[i]);
    }
    if (newline) w.put('\n');
  }
  printunlock();
  preempt_point();
}

}  // namespace rt0
