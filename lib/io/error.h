// Errors of files and sockets, with the texts of Go's os.PathError, net.OpError and os.SyscallError.
#pragma once

#include "base/types.h"
#include "lib/io/fd.h"
#include "lib/text/error.h"
#include "rt0/error.h"
#include "rt0/time.h"

namespace rt0::detail {

// Adds the reason that r gives. net: r is of a connection, not of a file. call: the system call to be named, as Go's
// net does; empty: none.
void put_reason(ErrorMaker& m, const IoResult& r, bool net, Str call);
// "op path: …"
void path_error(ErrorValue* e, Str op, Str path, const IoResult& r);

// The time t as a deadline for pollSetDeadline: 0 for none, -1 for the past.
i64 deadline_of(Time t);

}  // namespace rt0::detail
