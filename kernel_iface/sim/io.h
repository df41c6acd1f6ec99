// Descriptors of the simulated kernel. A descriptor's number leads to a File; dup makes two numbers share one File.
//
// Calls on host files are passed on to the host, and may block the whole simulation. Pipes, eventfds, pollers and
// sockets are simulated. The network is this process alone: a socket can reach only other sockets of this process.
//
//   io.cc          the table of calls, descriptors, files
//   io_connect.cc  listening, connecting, accepting
//   io_events.cc   what happens at a later time without a thread's doing: a packet's arrival
//   io_names.cc    addresses, and the sockets' paths in the file system
//   io_packet.cc   datagrams, and packets of seqpacket connections
//   io_poll.cc     pollers
//   io_socket.cc   sockets: making, closing, options
//   io_stream.cc   bytes in pipes, streams and eventfds
//
// Each call does what Linux does, down to the error numbers and their order: tests/cases/twin_test.py runs the same
// programs here and on the host.
//
//   N1  A call that makes a File ready for something it was not ready for calls notify(). Otherwise pollers would not
//       learn of it, and threads that wait in a blocking call would not look again.
//   N2  The lowest free number is given out, as on Linux; the host's numbers do not matter.
#pragma once

#include "kernel_iface/kernel_io.h"
#include "kernel_iface/sim/sim.h"

namespace rt0::sim {

inline constexpr i32 kMaxFds = 64 * 1024;
inline constexpr u32 kPipeBytes = 64 * 1024, kPipeBuf = 4096;
// Sizes of socket buffers, in bytes, as Linux has them by default. The send buffer of a TCP socket grows when it has
// been connected over loopback.
inline constexpr i32 kSockBuf = 212992, kTcpRcvBuf = 131072, kTcpSndBuf = 16384, kTcpSndBufGrown = 2626560;
// What Linux counts for a small packet beside its bytes.
inline constexpr u32 kPacketCost = 768;
inline constexpr u32 kMaxDgramQueue = 10;  // at most this many datagrams, and one more, wait in a unix socket
inline constexpr u32 kSockOpts = static_cast<u32>(SockOpt::sndbuf) + 1;
inline constexpr i64 kMs = 1000 * 1000, kSecond = 1000 * kMs;

// Error numbers that errno.h has no name for, because no other code compares with them.
inline constexpr Errno kEsrch = static_cast<Errno>(3), kEnxio = static_cast<Errno>(6), kEchild = static_cast<Errno>(10),
                       kEspipe = static_cast<Errno>(29), kEnotsock = static_cast<Errno>(88),
                       kEdestaddrreq = static_cast<Errno>(89), kEmsgsize = static_cast<Errno>(90),
                       kEprototype = static_cast<Errno>(91), kEnoprotoopt = static_cast<Errno>(92),
                       kEopnotsupp = static_cast<Errno>(95), kEafnosupport = static_cast<Errno>(97),
                       kEnetunreach = static_cast<Errno>(101);

enum class Kind : u8 { host, pipe_read, pipe_write, event, poller, socket };
enum class Sock : u8 {
  fresh,
  connecting,
  listening,
  connected,
  closed,   // TCP: reset, refused, or shut by both ends
  packets,  // a datagram socket
};

struct File;

// A ring buffer: bytes that one File has written and another has not read yet; or packets, each after a head. Its
// memory grows with the bytes in it.
struct Ring {
  u8* buf;
  u32 cap, at, len;
  u32 limit;              // so many bytes may be in it
  u32 cost, npackets;     // packets: what Linux would count for those in it, and how many they are
  u32 hidden, batch;      // faults: bytes at the end that have not arrived, and how many of these arrive next
  bool fin;               // no more will come: the writer has closed, other than by a reset
  bool wanted;            // a writer has found too little room, or a poller has: it is notified when there is enough
  File *reader, *writer;  // null: closed
  Ring* next_free;

  u32 room() const { return limit > len ? limit - len : 0; }
  u32 arrived() const { return len - hidden; }
  bool ended() const { return fin && hidden == 0; }
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

struct Path;

struct File {
  Kind kind;
  bool nonblock;
  u32 refs;
  i32 host_fd;
  u64 count;                       // eventfd: its counter
  Ring *in, *out;                  // pipes, streams; of a datagram socket, in: the packets it has received
  Watch* watches;                  // the pollers that watch this file
  Watch *queue_head, *queue_tail;  // poller: the watches that may be ready
  bool lied;                       // a poller: its last report was the fault "ready"

  Sock state;
  AddrFamily family;
  SockType type;
  bool bound, port_asked, v6only;
  bool rcv_shut, snd_shut;
  bool untold;  // TCP: connect has not yet said how it went
  SockAddr local, remote;
  Errno error;  // reported by the next call, as SO_ERROR is
  File* peer;   // of a connection; of a unix datagram socket: the one it is connected to
  File *pending, *pending_tail, *next_pending;  // listening socket: the connections that wait for accept
  u32 npending, backlog;
  i32 opts[kSockOpts];
  bool sndbuf_set;
  i64 lag, cut_until;  // faults: what this end sends arrives so much later, and not before that time
  Ring* held;          // faults: datagrams that others overtake
  File* bound_link;    // the next in the list of bound sockets
  Path* path;          // the name in the file system
  File* next_free;

  bool unix_socket() const { return family == AddrFamily::unix_; }
  bool tcp() const { return !unix_socket() && type == SockType::stream; }
  i32& opt(SockOpt o) { return opts[static_cast<u32>(o)]; }
  // The error that the next call reports; from then on there is none.
  Errno take_error() {
    const Errno e = error;
    error = Errno::ok;
    return e;
  }
};

// io.cc
File* file_new(Kind kind);
void file_unref(File* f);
File* file_of(i32 fd);  // null: no such descriptor
// Keeps a File while a call that may wait uses it. If another thread closes the descriptor meanwhile, the file goes
// when the call ends, as on Linux.
class Held {
 public:
  explicit Held(File* f) : f_(f) { f->refs++; }
  ~Held() { file_unref(f_); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  File* f_;
};
SysResult fd_new(File* f);  // the lowest free number, or EMFILE; takes over the caller's reference, even if it fails
Errno fd_error();           // why there can't be another descriptor; ok: there can be one
i32 fd_end();               // no descriptor has this number or a higher one
void* pages(usize n);       // memory, zeroed; the process ends if there is none
Ring* ring_new(u32 limit);
void ring_close(Ring* r, const File* end);  // closes the end that belongs to `end`; the second close frees the ring
// To be called at the beginning of each kernel call: costs virtual time, and lets other threads run. Returns false if
// the fault "eintr" was chosen, in which case the call has to fail with EINTR.
bool call(bool may_be_interrupted = false);

// io_connect.cc
void drop_pending(File* l);  // the connections that l has not accepted go
SysResult sim_listen(i32 fd, i32 backlog);
SysResult sim_accept(i32 fd, SockAddr* peer);
SysResult sim_connect(i32 fd, const SockAddr* a);

// io_events.cc
// At the time `due`, fire(f, arg) is called, unless f is closed before.
void event_add(i64 due, File* f, void (*fire)(File*, u32), u32 arg);
void events_drop(const File* f);

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
bool wildcard(const SockAddr& a);
SockAddr dialled(const File* f, const SockAddr& a);
SockAddr source(const File* f, const SockAddr& to);  // what a receiver sees as f's address
bool port_taken(const File* me, const SockAddr& a, bool to_listen);
// The socket to which an IP address leads; null: none.
File* name_find(const SockAddr& to, SockType type, const File* for_whom);
// The same for a unix name, or the error.
Errno unix_find(const SockAddr& to, SockType type, File** found);
void name_add(File* f);   // f->local is in use from now on
void name_drop(File* f);  // it is free again; but a name in the file system stays until it is removed
SysResult bind_ip(File* f, SockAddr a);
SysResult bind_path(File* f, const SockAddr& a);
SysResult autobind(File* f, const SockAddr& to);
bool path_stat(const char* path, FileStat* st);      // false: no socket has that path
bool path_unlink(const char* path);                  // the same
bool path_rename(const char* from, const char* to);  // the same, for `from`; what was at `to` is no path any more

// io_packet.cc
inline bool has_packets(const File* f) { return f->state == Sock::packets || f->type == SockType::seqpacket; }
SysResult packet_read(File* f, void* p, usize n, SockAddr* from);
SysResult packet_write(File* f, const void* p, usize n, const SockAddr* to);

// io_socket.cc
File* socket_new(AddrFamily family, SockType type);
void socket_link(File* a, File* b);  // makes a connection of the two
File* socket_of(i32 fd, Errno* e);   // null: no socket; *e says why
Errno family_error(const File* f, const SockAddr* a);
void peer_gone(File* f, bool unread);  // the peer of a unix connection closes; unread: without having read everything
void socket_close(File* f);
// What a RST does to the end of a TCP connection which gets it.
void got_reset(File* f);
// If both ends have shut a TCP connection, f's state becomes closed.
void settle(File* f);
void buffer_limit(File* f);  // its buffers' sizes have changed
SysResult sim_socket(AddrFamily family, SockType type);
SysResult sim_socketpair(SockType type, i32 fds[2]);
SysResult sim_bind(i32 fd, const SockAddr* a);
SysResult sim_getsockname(i32 fd, SockAddr* a);
SysResult sim_getpeername(i32 fd, SockAddr* a);
SysResult sim_getsockopt(i32 fd, SockOpt opt, i32* v);
SysResult sim_setsockopt(i32 fd, SockOpt opt, i32 v);
SysResult sim_sendto(i32 fd, const void* p, usize n, const SockAddr* to);
SysResult sim_recvfrom(i32 fd, void* p, usize n, SockAddr* from);
SysResult sim_shutdown(i32 fd, Shut how);

inline SysResult fails(Errno e) { return {0, e}; }

}  // namespace rt0::sim
