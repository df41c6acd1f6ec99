#include "kernel_iface/writer.h"

#include "kernel_iface/kernel.h"
#include "kernel_iface/signum.h"

namespace rt0 {

void Writer::put(char c) {
  if (len_ == cap_) flush();
  at_[len_++] = c;
}
// Copies whole pieces, not single bytes, because a traceback of many goroutines has megabytes of text.
void Writer::put(Str s) {
  while (!s.empty()) {
    if (len_ == cap_) flush();
    const usize n = min(s.len, cap_ - len_);
    __builtin_memcpy(at_ + len_, s.ptr, n);
    len_ += n;
    s = s.sub(n);
  }
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
    __builtin_memcpy(out_, at_, n);
    out_ += n;
    room_ -= n;
    done = len_;
  }
  while (done < len_) {
    // On the simulated kernel a write is a scheduling point, and a fault may be chosen for it. The number of writes of
    // a traceback depends on its length, and so on the ISA and the compiler. Therefore only the first write of a Writer
    // goes to the simulated kernel, and the rest to the host. Without a simulation both are the same table.
    const auto write = write_ != nullptr ? write_ : begun_ ? linux_kernel.write : kernel->write;
    begun_ = true;
    const SysResult r = write(fd_, at_ + done, len_ - done);
    if (r.ok()) {
      done += r.value;
    } else if (r.err == Errno::again) {
      linux_kernel.usleep(1000);  // another process made the file non-blocking: wait in real, not in simulated time
    } else if (r.err == Errno::pipe) {
      kernel->raise_default(kSIGPIPE);  // rt0 blocks SIGPIPE, so write() did not raise it. Go: sigpipe
      kernel->exit(2);                  // only process 1 comes here: the signal's default action does not end it
    } else if (r.err != Errno::intr) {
      break;
    }
  }
  len_ = 0;
}

}  // namespace rt0
