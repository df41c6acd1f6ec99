// Descriptors of the simulated kernel. A descriptor's number leads to a File; dup makes two numbers share one File.
//
// Calls on host files are passed on to the host, and may block the whole simulation. Pipes, eventfds, pollers and
// sockets are simulated. The network is this process alone: a socket can reach only other sockets of this process.
//
//   N1  A call that makes a File ready for something it was not ready for calls notify(). Otherwise pollers would not
//       learn of it, and threads that wait in a blocking call would not look again.
//   N2  The lowest free number is given out, as on Linux; the host's numbers play no part.
#pragma once

#include "kernel_iface/kernel_io.h"
#include "kernel_iface/sim/sim.h"

namespace rt0::sim {

inline constexpr i32 kMaxFds = 1024;
inline constexpr u32 kRingBytes = 64 * 1024, kPipeBuf = 4096, kPacketRingBytes = 256 * 1024;
inline constexpr u32 kSockOpts = static_cast<u32>(SockOpt::sndbuf) + 1;

// Error numbers that errno.h has no name for, because no other code compares with them.
inline constexpr Errno kEsrch = static_cast<Errno>(3), kEchild = static_cast<Errno>(10),
                       kEnotsock = static_cast<Errno>(88), kEdestaddrreq = static_cast<Errno>(89),
                       kEmsgsize = static_cast<Errno>(90), kEopnotsupp = static_cast<Errno>(95),
                       kEaddrnotavail = static_cast<Errno>(99), kEnetunreach = static_cast<Errno>(101),
                       kEprototype = static_cast<Errno>(91);

enum class Kind : u8 { host, pipe_read, pipe_write, event, poller, socket };
enum class Sock : u8 { fresh, listening, connected, packets };  // packets: a datagram socket

struct File;

// A ring buffer: bytes that one File has written and another has not read yet.
struct Ring {
  u8* buf;
  u32 cap, at, len;
  File *reader, *writer;  // null: closed
  bool broken;            // a reset has closed both ends, even where a File still refers to the ring
  Ring* next_free;

  u32 room() const { return cap - len; }
  bool no_writer() const { return writer == nullptr || broken; }
  bool no_reader() const { return reader == nullptr || broken; }
  void put(const void* p, u32 n);
  void get(void* p, u32 n);  // p may be null
};

// A poller's interest in a File.
struct Watch {
  File *poller, *file;
  i32 fd;
  u64 data;
  bool edge, queued;
  Watch* of_file;  // the file's next
  Watch* queue;    // the poller's next that may be ready
};

struct File {
  Kind kind;
  bool nonblock;
  u32 refs;
  i32 host_fd;
  u64 count;                       // eventfd: its counter
  Ring *in, *out;                  // pipes, streams; of a datagram socket, in: the packets it has received
  Watch* watches;                  // the pollers that watch this file
  Watch *queue_head, *queue_tail;  // poller: the watches that may be ready

  Sock state;
  AddrFamily family;
  SockType type;
  bool bound, v6only, peer_gone, read_shut;
  SockAddr local, remote;
  Errno error;                                  // reported by the next call, as SO_ERROR is
  File *pending, *pending_tail, *next_pending;  // listening socket: the connections that wait for accept
  u32 npending, backlog;
  i32 opts[kSockOpts];
  File* bound_link;  // the next in the list of bound sockets
  File* next_free;
};

// io.cc
File* file_new(Kind kind);
void file_unref(File* f);
File* file_of(i32 fd);      // null: no such descriptor
SysResult fd_new(File* f);  // the lowest free number, or EMFILE; takes over the caller's reference, even if it fails
Ring* ring_new(u32 cap);
void ring_close(Ring* r, const File* end);  // closes the end that belongs to `end`; the second close frees the ring
// To be called at the beginning of each kernel call: costs virtual time, and lets other threads run. Returns false if
// the fault "eintr" was chosen, in which case the call has to fail with EINTR.
bool call(bool may_be_interrupted = false);

// io_poll.cc
u32 readiness(const File* f);
void notify(File* f);
void watches_drop(File* f);
SysResult sim_poll_create();
SysResult sim_poll_add(i32 poller, i32 fd, u64 data, bool edge);
SysResult sim_poll_del(i32 poller, i32 fd);
SysResult sim_poll_wait(i32 poller, PollEvent* ev, usize n, i32 timeout_ms);

// io_stream.cc
SysResult stream_read(File* f, void* p, usize n);
SysResult stream_write(File* f, const void* p, usize n);
SysResult event_read(File* f, void* p, usize n);
SysResult event_write(File* f, const void* p, usize n);
SysResult sim_pipe(i32 fds[2], bool nonblock);
SysResult sim_eventfd();

// io_names.cc
inline bool is_ip(AddrFamily f) { return f == AddrFamily::ip4 || f == AddrFamily::ip6; }
SockAddr map(const SockAddr& a);    // 1.2.3.4 as ::ffff:1.2.3.4
SockAddr unmap(const SockAddr& a);  // ::ffff:1.2.3.4 as 1.2.3.4; other addresses unchanged
bool loopback(const SockAddr& addr);
SockAddr dialled(const File* f, const SockAddr& a);
File* name_find(const SockAddr& to, SockType type, const File* for_whom);  // null: no socket is bound to that address
void name_add(File* f);                                                    // f is now bound to f->local
void name_drop(File* f);
SysResult bind_ip(File* f, SockAddr a);
SysResult bind_path(File* f, const SockAddr& a);
SysResult autobind(File* f, const SockAddr& to);
bool unix_unlink(const char* path);  // false: no socket has that name

// io_socket.cc
void socket_close(File* f);
SysResult packet_read(File* f, void* p, usize n, SockAddr* from);
SysResult packet_write(File* f, const void* p, usize n, const SockAddr* to);
SysResult sim_socket(AddrFamily family, SockType type);
SysResult sim_socketpair(SockType type, i32 fds[2]);
SysResult sim_bind(i32 fd, const SockAddr* a);
SysResult sim_listen(i32 fd, i32 backlog);
SysResult sim_accept(i32 fd, SockAddr* peer);
SysResult sim_connect(i32 fd, const SockAddr* a);
SysResult sim_getsockname(i32 fd, SockAddr* a);
SysResult sim_getpeername(i32 fd, SockAddr* a);
SysResult sim_getsockopt(i32 fd, SockOpt opt, i32* v);
SysResult sim_setsockopt(i32 fd, SockOpt opt, i32 v);
SysResult sim_sendto(i32 fd, const void* p, usize n, const SockAddr* to);
SysResult sim_recvfrom(i32 fd, void* p, usize n, SockAddr* from);
SysResult sim_shutdown(i32 fd, Shut how);

inline SysResult fails(Errno e) { return {0, e}; }

}  // namespace rt0::sim
