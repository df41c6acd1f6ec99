#include "kernel_iface/errno.h"

namespace rt0 {

namespace {
// Each text follows its number, which is one byte. The texts are those of Go's errors.
constexpr char kTexts[] =
    "\001operation not permitted\0"
    "\002no such file or directory\0"
    "\005input/output error\0"
    "\015permission denied\0"
    "\024not a directory\0"
    "\025is a directory\0"
    "\033file too large\0"
    "\034no space left on device\0"
    "\036read-only file system\0"
    "\040broken pipe\0";
}  // namespace

const char* errno_text(Errno e) {
  for (const char* t = kTexts; *t != '\0'; t = cstr(t).end() + 1)
    if (static_cast<Errno>(*t) == e) return t + 1;
  return "";
}

}  // namespace rt0
