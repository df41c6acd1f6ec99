// A minimal HTTP/1.1 server, enough for a load generator: every request is answered with "hello", and the connection
// stays open until the client closes it or says "Connection: close".
//
//   build/amd64/bin/http 127.0.0.1:8080 &      wrk -c 100 -t 2 http://127.0.0.1:8080/
#include <rt0/net.h>
#include <rt0/rt0.h>

using namespace rt0;

namespace {

constexpr char kKeep[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n";
constexpr char kClose[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n";
constexpr char kTooLong[] =
    "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// The index at which `word` begins in p[0, n), in upper or lower case; n if it is not there.
size_t find(const char* p, size_t n, StrArg word) {
  for (size_t i = 0; i + word.len <= n; i++) {
    size_t k = 0;
    while (k < word.len && lower(p[i + k]) == word.ptr[k]) k++;
    if (k == word.len) return i;
  }
  return n;
}

// Answers the complete requests in buf[0, n); returns how many bytes they had, or -1 to close the connection.
long answer(const net::Conn& conn, const char* buf, size_t n) {
  size_t done = 0;
  for (;;) {
    const size_t end = find(buf + done, n - done, "\r\n\r\n");
    if (end == n - done) return static_cast<long>(done);
    const bool http10 = find(buf + done, end, " http/1.0") < end;
    const bool asked_to_keep = find(buf + done, end, "connection: keep-alive") < end;
    const bool close = find(buf + done, end, "connection: close") < end || (http10 && !asked_to_keep);
    // An HTTP/1.0 client that asked to keep the connection expects the answer to confirm it.
    const StrArg text = close ? StrArg(kClose)
                        : http10
                            ? StrArg("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: keep-alive\r\n\r\nhello\n")
                            : StrArg(kKeep);
    if (conn.write(text).err || close) return -1;
    done += end + 4;
  }
}

void serve(const net::Conn& conn) {
  char buf[8192];
  size_t have = 0;
  for (;;) {
    auto [n, err] = conn.read(buf + have, sizeof(buf) - have);
    if (err) return;
    have += n;
    const long used = answer(conn, buf, have);
    if (used < 0) return;
    have -= static_cast<size_t>(used);
    for (size_t i = 0; i < have; i++) buf[i] = buf[static_cast<size_t>(used) + i];
    if (have == sizeof(buf)) {
      (void)conn.write(kTooLong);
      return;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  auto [listener, err] = net::listen("tcp", argc > 1 ? argv[1] : "127.0.0.1:0");
  if (err) {
    println(err);
    return 1;
  }
  fmt::println("listening on", listener.addr());
  for (;;) {
    auto [conn, accept_err] = listener.accept();
    if (accept_err.is(io::Err::mfile) || accept_err.is(io::Err::nfile)) {
      sleep(ms(10));  // clients that are served now will close theirs
      continue;
    }
    if (accept_err) {
      println(accept_err);
      return 1;
    }
    go([c = static_cast<net::Conn&&>(conn)] { serve(c); });
  }
}
