// Error numbers of the kernel interface, and the result of a call that can fail.
//
// The numbers are those of most Linux ports. A port whose kernel has others (mips, alpha, sparc) must translate them
// into these.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

enum class Errno : i32 {
  ok = 0,
  perm = 1,
  noent = 2,
  srch = 3,
  intr = 4,
  io = 5,
  badf = 9,
  again = 11,
  nomem = 12,
  acces = 13,
  fault = 14,
  busy = 16,
  exist = 17,
  notdir = 20,
  isdir = 21,
  inval = 22,
  nfile = 23,
  mfile = 24,
  fbig = 27,
  nospc = 28,
  rofs = 30,
  pipe = 32,
  deadlk = 35,
  nametoolong = 36,
  nosys = 38,
  loop = 40,
  notempty = 39,
  overflow = 75,
  socktnosupport = 94,
  notsup = 95,
  nobufs = 105,
  addrinuse = 98,
  addrnotavail = 99,
  connaborted = 103,
  connreset = 104,
  isconn = 106,
  notconn = 107,
  timedout = 110,
  connrefused = 111,
  already = 114,
  inprogress = 115,
};

// The text of an error, as strerror has it, for the errors that rt0's own messages can mention; "" for all others. The
// messages print the number beside it.
const char* errno_text(Errno e);
// The same for all numbers; "" for numbers that Linux does not use. It is in a file of its own, so that only programs
// that handle errors as values (rt0/error.h) are linked with the whole table.
const char* errno_text_all(Errno e);

// The result of a call: a value, or the error.
struct [[nodiscard]] SysResult {
  uintptr value = 0;
  Errno err = Errno::ok;

  bool ok() const { return err == Errno::ok; }
  // From the raw return value of a Linux system call, in which -4095…-1 are errors.
  RT0_INLINE static SysResult of(uintptr raw) {
    if (raw >= static_cast<uintptr>(-4095)) return {0, static_cast<Errno>(-static_cast<i32>(raw))};
    return {raw, Errno::ok};
  }
};

}  // namespace rt0
