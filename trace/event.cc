#include "trace/event.h"

#include "base/format.h"

namespace rt0 {

namespace {

// The fixed parts of each event's line, laid out at compile time in one array of bytes. An event has one or more
// pieces: the text before its first value (" GoBlock id="), before the next one (" reason="), and so on. A byte before
// each piece holds the piece's length and how many values follow it. So a line is made by copying, without any search.
constexpr u32 kLengthBits = 5, kMaxPiece = (1u << kLengthBits) - 1;

struct Row {
  Str name, args;
};
constexpr Row kRows[] = {
#define FN(id, name) {name, ""},
#define EV(id, name, args, meaning) {name, args},
#include "trace/events.def"
#undef FN
#undef EV
};

constexpr u32 values_of(Str args) {
  u32 n = args.empty() ? 0 : 1;
  for (char c : args) n += c == ' ';
  return n;
}

struct Counter {
  usize n = 0;
  constexpr void put(char) { n++; }
};
struct Writer {
  char* at;
  constexpr void put(char c) { *at++ = c; }
};
template <class To>
constexpr void put_piece(To& to, u32 left, Str before, Str word, Str after) {
  const usize len = before.len + word.len + after.len;
  if (len > kMaxPiece) __builtin_unreachable();  // which stops the compiler here: shorten the event's name
  to.put(static_cast<char>(left << kLengthBits | len));
  for (char c : before) to.put(c);
  for (char c : word) to.put(c);
  for (char c : after) to.put(c);
}
// A piece for the name with the first argument after it, then a piece for each further argument. The ISA in the name of
// an entry point is a value, too; the text after it is a piece that is followed by an empty value.
template <class To>
constexpr void put_row(To& to, const Row& row) {
  for (usize i = 0; i < row.name.len; i++) {
    if (row.name[i] != '<') continue;
    const Str behind = row.name.sub(i + Str("<isa>").len);
    put_piece(to, behind.empty() ? 1 : 2, " ", row.name.sub(0, i), "");
    if (!behind.empty()) put_piece(to, 1, "", behind, "");
    return;
  }
  u32 left = values_of(row.args);
  if (left == 0) return put_piece(to, 0, " ", row.name, "");
  char first[64] = {};
  usize len = 0;
  for (char c : row.name) first[len++] = c;
  first[len++] = ' ';
  for (usize at = 0; left > 0; left--) {
    const usize begin = at;
    while (at < row.args.len && row.args[at] != ' ') first[len++] = row.args[at++];
    put_piece(to, left, " ", begin == 0 ? Str(first, len) : row.args.sub(begin, at - begin), "=");
    at++;
    len = 0;
  }
}
consteval usize bytes_needed() {
  Counter c;
  for (const Row& row : kRows) put_row(c, row);
  return c.n;
}
// Text is copied in steps of this many bytes, so source and destination have this much room after their end.
constexpr usize kStep = 16;
struct Pieces {
  char bytes[bytes_needed() + kStep];
  u16 at[countof(kRows)];
};
consteval Pieces make_pieces() {
  Pieces p = {};
  Writer w{p.bytes};
  for (usize i = 0; i < countof(kRows); i++) {
    p.at[i] = static_cast<u16>(w.at - p.bytes);
    put_row(w, kRows[i]);
  }
  return p;
}
constexpr Pieces kPieces = make_pieces();

RT0_INLINE char* put_piece(char* at, const char* piece, usize len) {
  usize i = 0;
  do {
    __builtin_memcpy(at + i, piece + i, kStep);
    i += kStep;
  } while (i < len);
  return at + len;
}

RT0_INLINE char* put_small(char* at, i64 v) {
  if (static_cast<u64>(v) >= 10) return at + format_i64(at, v);
  *at = static_cast<char>('0' + v);
  return at + 1;
}

RT0_INLINE char* put_id(char* at, char kind, i64 id) {
  at[0] = ' ';
  at[1] = kind;
  if (id >= 0) return put_small(at + 2, id);
  at[2] = '-';
  return at + 3;
}

// Times grow in small steps, so all digits but the last four are mostly those of the line before. They are kept here.
// The tracer's lock, under which lines are written one at a time, guards this, too.
constinit struct {
  i64 from = -1;
  usize len = 0;
  char digits[2 * kStep] = {};
} latest;

char* put_time(char* at, i64 ns) {
  constexpr i64 kUnit = 10000;
  if (ns < kUnit) return at + format_i64(at, ns);
  u64 rest = static_cast<u64>(ns) - static_cast<u64>(latest.from);
  if (latest.from < 0 || rest >= kUnit) {
    latest.len = format_i64(latest.digits, ns / kUnit);
    rest = static_cast<u64>(ns % kUnit);
    latest.from = ns - static_cast<i64>(rest);
  }
  at = put_piece(at, latest.digits, latest.len);
  u32 last = static_cast<u32>(rest);
  at[3] = static_cast<char>('0' + last % 10), last /= 10;
  at[2] = static_cast<char>('0' + last % 10), last /= 10;
  at[1] = static_cast<char>('0' + last % 10);
  at[0] = static_cast<char>('0' + last / 10);
  return at + 4;
}

// Writes s percent-encoded; cuts it where the room ends.
RT0_INLINE char* put_encoded(char* at, const char* end, Str s) {
  // As many bytes at a time as fit if each takes three characters.
  while (const usize n = min(s.len, static_cast<usize>(end - at) / 3)) {
    for (const char* const stop = s.ptr + n; s.ptr != stop; s.ptr++) {
      const u8 u = static_cast<u8>(*s.ptr);
      // The first half of the test is true of letters, which most text is made of.
      if (static_cast<u8>(u - '>') < 0x7f - '>' || (u > ' ' && u < '=' && u != '%')) {
        *at++ = static_cast<char>(u);
        continue;
      }
      *at++ = '%';
      *at++ = "0123456789abcdef"[u >> 4];
      *at++ = "0123456789abcdef"[u & 15];
    }
    s.len -= n;
  }
  return at;
}

}  // namespace

u32 event_values(Ev e) { return static_cast<u8>(kPieces.bytes[kPieces.at[static_cast<u32>(e)]]) >> kLengthBits; }

usize trace_line(char* const line, usize room, i64 time_ns, const TraceWho& who, Ev e, const TraceValue* values) {
  char* at = put_time(line, time_ns);
  at = put_id(at, 'm', who.m);
  at = put_id(at, 'p', who.p);
  at = put_id(at, 'g', who.g);
  const char* piece = kPieces.bytes + kPieces.at[static_cast<u32>(e)];
  for (;;) {
    const u8 head = static_cast<u8>(*piece++);
    const usize len = head & kMaxPiece;
    at = put_piece(at, piece, len);
    if (head <= kMaxPiece) break;
    at = values->text != nullptr ? put_encoded(at, line + room - 1, {values->text, static_cast<usize>(values->n)})
                                 : put_small(at, values->n);
    if (head >> kLengthBits == 1) break;
    values++;
    piece += len;
  }
  *at++ = '\n';
  return static_cast<usize>(at - line);
}

}  // namespace rt0
