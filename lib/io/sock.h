// The object behind net's handles, and helpers that its files share. Go: net/fd_unix.go, sock_posix.go.
#pragma once

#include "lib/io/addr.h"

namespace rt0::net::detail {

using rt0::detail::ErrorMaker;

struct NetFd {
  FD fd;
  Atomic<u32> handles{1};
  Network net;
  bool connected = false;
  bool unlink_on_close = false;  // a unix listener, whose path close() removes
  SockAddr local, remote;        // set before another goroutine can have the handle; family none: not known

  static NetFd* make(i32 sysfd, const Network& n);
  template <class H>
  static H handle(NetFd* f) {
    H h;
    h.f_ = f;
    return h;
  }
  static NetFd* of(const Handle& h) { return h.f_; }
  void release();
  IoResult close();
  void set_names();
};

// Makes the error "op net local->remote: why". Addresses that are null or of no family are left out. call: as in
// put_reason.
void op_error(Error* e, Str op, Str network, const SockAddr* from, const SockAddr* to, const IoResult& r, Str call);

}  // namespace rt0::net::detail
