// Shared by the files that fill linux_kernel_io: io.cc, socket.cc and spawn.cc.
#pragma once

#include "kernel_iface/kernel_io.h"
#include "linux_abi.h"

namespace rt0 {

SysResult io_sys(uintptr nr, uintptr a = 0, uintptr b = 0, uintptr c = 0, uintptr d = 0, uintptr e = 0, uintptr f = 0);

SysResult linux_socket(AddrFamily family, SockType type);
SysResult linux_socketpair(SockType type, i32 fds[2]);
SysResult linux_bind(i32 fd, const SockAddr* a);
SysResult linux_listen(i32 fd, i32 backlog);
SysResult linux_accept(i32 fd, SockAddr* peer);
SysResult linux_connect(i32 fd, const SockAddr* a);
SysResult linux_getsockname(i32 fd, SockAddr* a);
SysResult linux_getpeername(i32 fd, SockAddr* a);
SysResult linux_getsockopt(i32 fd, SockOpt opt, i32* v);
SysResult linux_setsockopt(i32 fd, SockOpt opt, i32 v);
SysResult linux_sendto(i32 fd, const void* p, usize n, const SockAddr* to);
SysResult linux_recvfrom(i32 fd, void* p, usize n, SockAddr* from);
SysResult linux_spawn(const Spawn* s);  // in spawn.cc
// Called in a child: sets the soft limit of descriptors back to what it was before raise_nofile.
void restore_nofile();
SysResult linux_shutdown(i32 fd, Shut how);

}  // namespace rt0
