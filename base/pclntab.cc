// The reader of the PC-line table. The format is in docs/PCLNTAB.md; tools/mkpclntab writes it.
//
//   T1  The table may be corrupt: Bytes and Bits never read beyond their end. From there on Bytes gives zeroes, and
//       Bits is marked bad.
//   T2  Every loop ends: each round moves a Bytes or a Bits forward, or counts down a number that was bounded before.
#include "base/pclntab.h"

namespace rt0 {

namespace {

u32 le32(const u8* p) {
  return static_cast<u32>(p[0]) | static_cast<u32>(p[1]) << 8 | static_cast<u32>(p[2]) << 16 |
         static_cast<u32>(p[3]) << 24;
}

// Bits of the packed stream, the highest of each byte first.
struct Bits {
  const u8* p;
  const u8* end;
  u32 left = 0, byte = 0;
  bool bad = false;

  [[gnu::noinline]] u32 bit() {
    if (left == 0) {
      if (p == end) {
        bad = true;
        return 1;  // ends a gamma code
      }
      byte = *p++;
      left = 8;
    }
    return byte >> --left & 1;
  }
  [[gnu::noinline]] u32 take(u32 n) {
    u32 v = 0;
    while (n-- > 0) v = v << 1 | bit();
    return v;
  }
  // Elias gamma: as many zeroes as the number has bits after its first, then the number. At least 1.
  [[gnu::noinline]] u32 gamma() {
    u32 n = 0;
    while (bit() == 0 && n < 31) n++;
    return 1u << n | take(n);
  }
};

// One of the unpacked table's three streams. As in Bits, functions are not inlined: the code is in every program, so it
// must be small. Loops use a copy of p, which is in a register then: a dump of many goroutines reads the table a
// million times.
struct Bytes {
  const u8* p;
  const u8* end;

  bool done() const { return p == end; }
  [[gnu::noinline]] u32 varint() {
    u32 v = 0;
    const u8* at = p;
    for (u32 shift = 0; at != end && shift < 32; shift += 7) {
      const u8 b = *at++;
      v |= static_cast<u32>(b & 0x7f) << shift;
      if (b < 0x80) break;
    }
    p = at;
    return v;
  }
  [[gnu::noinline]] i32 delta() {
    const u32 v = varint();
    return static_cast<i32>(v >> 1) ^ -static_cast<i32>(v & 1);
  }
  [[gnu::noinline]] Str text() {
    const u8* at = p;
    while (at != end && *at != 0) at++;
    const Str s(reinterpret_cast<const char*>(p), static_cast<usize>(at - p));
    p = at == end ? at : at + 1;
    return s;
  }
  [[gnu::noinline]] Bytes& skip_texts(u32 n) {
    while (n-- > 0 && p != end) (void)text();
    return *this;
  }
};

// A call that was inlined: number 0 is the function itself, each later one has a caller with a smaller number.
struct Call {
  u32 caller, file, line;
};
Call call_of(Bytes calls, u32 number) {
  Call c = {};
  for (u32 i = 0; i < number && !calls.done(); i++) {
    const u32 caller = calls.varint(), file = calls.varint(), line = calls.varint();
    c = {min(caller, number - 1), file, line};
  }
  return c;
}

void set_name(PcFrame* f, Str name) {
  constexpr Str kPackages[] = {"", "runtime.", "main."};
  const u8 first = name.empty() ? u8{0} : static_cast<u8>(name[0]);  // char is signed on some ISAs
  const u32 package = first < countof(kPackages) ? first : 0;
  f->package = kPackages[package];
  f->func = package != 0 ? name.sub(1) : name;
}

}  // namespace

bool pclntab_header(const u8* table, usize len, PcLnHeader* h) {
  constexpr u32 kMagic = 0x4e4c4350, kVersion = 3;  // "PCLN"
  if (len < kPcLnHeaderSize || le32(table) != kMagic || le32(table + 4) != kVersion) return false;
  *h = {le32(table + 8), le32(table + 12), le32(table + 16)};
  return h->packed_len <= len - kPcLnHeaderSize && h->raw_len < 1u << 28;
}

bool pclntab_unpack(const u8* table, const PcLnHeader& h, u8* out) {
  const u8* packed = table + kPcLnHeaderSize;
  Bits b{packed, packed + h.packed_len};
  for (u32 n = 0; n < h.raw_len;) {
    if (b.bit() == 0) {
      // A byte: its lower five bits, and its upper three unless they are the same as those of the byte before.
      const u32 high = b.bit() == 0 && n > 0 ? out[n - 1] & 0xe0u : b.take(3) << 5;
      out[n++] = static_cast<u8>(high | b.take(5));
    } else {
      u32 length = b.gamma() + 1;
      const u32 back = ((b.gamma() - 1) << 7 | b.take(7)) + 1;
      if (back > n) return false;
      for (; length > 0 && n < h.raw_len; length--, n++) out[n] = out[n - back];
    }
    if (b.bad) return false;
  }
  return true;
}

namespace {

// The three streams of an unpacked table.
struct Streams {
  const u8* raw;
  u32 names_at, files_at, len;  // all 0: this is no table

  explicit Streams(Span<const u8> t) : raw(t.ptr), names_at(0), files_at(0), len(0) {
    if (t.len < 8) return;
    const u32 names = le32(raw), files = le32(raw + 4);
    if (names < 8 || names > files || files > t.len) return;
    names_at = names, files_at = files, len = static_cast<u32>(t.len);
  }
  Bytes code(u32 at) const { return {raw + at, raw + names_at}; }
  Bytes names(u32 at) const { return {raw + at, raw + files_at}; }
  Bytes files(u32 at) const { return {raw + at, raw + len}; }
  PcMark start() const {
    const u32 code = min<u32>(8, names_at);
    return {code, code, names_at, 0, 0, 0, 0, 0, 0, 0};
  }
};

// Reads the row after m, and before it the head of its function if m stands before one; false at the end. The row's
// bytes are [m->at - *bytes, m->at).
bool next_row(const Streams& t, PcMark* m, u32* bytes) {
  Bytes code = t.code(m->code);
  if (code.done()) return false;
  if (m->at >= m->end) {
    m->names = static_cast<u32>(t.names(m->names).skip_texts(m->names_n).p - t.raw);
    m->at = m->entry = m->end;
    m->end += code.varint();
    const u32 ncalls = code.varint();
    m->names_n = ncalls + 1;
    m->calls = static_cast<u32>(code.p - t.raw);
    for (u32 i = 0; i < ncalls && !code.done(); i++) (void)code.varint(), (void)code.varint(), (void)code.varint();
    m->line = m->call = m->file = 0;
  }
  // How many bytes, and the line's change. Before them, a 0 announces a new call and file, valid from here on.
  *bytes = code.varint();
  if (*bytes == 0) m->call = code.varint(), m->file = code.varint(), *bytes = code.varint();
  m->line += static_cast<u32>(code.delta());
  m->at += *bytes;
  m->code = static_cast<u32>(code.p - t.raw);
  return true;
}

usize count_marks(u32 text_size) { return text_size / kPcStep + 1; }

}  // namespace

// A file's name takes a byte at least, so there are no more of them than bytes. Most of that memory is never touched.
usize pclntab_index_size(Span<const u8> raw, u32 text_size) {
  const Streams t(raw);
  return count_marks(text_size) * sizeof(PcMark) + (t.len - t.files_at) * sizeof(u32);
}

PcIndex pclntab_index(Span<const u8> raw, u32 text_size, u32* memory) {
  const Streams t(raw);
  const usize nmarks = count_marks(text_size);
  auto* marks = reinterpret_cast<PcMark*>(memory);
  PcMark m = t.start();
  usize n = 0;
  for (PcMark before = m; n < nmarks; before = m) {
    u32 bytes;
    if (!next_row(t, &m, &bytes)) {
      while (n < nmarks) marks[n++] = before;  // after the last row there is nothing
      break;
    }
    while (n < nmarks && n * kPcStep < m.at) marks[n++] = before;
  }
  u32* files = memory + nmarks * (sizeof(PcMark) / sizeof(u32));
  usize nfiles = 0;
  for (Bytes b = t.files(t.files_at); !b.done(); (void)b.text()) files[nfiles++] = static_cast<u32>(b.p - t.raw);
  return {{marks, nmarks}, {files, nfiles}};
}

// Without an index everything before the pc is read and dropped: some ten thousand steps.
usize pclntab_frames(Span<const u8> raw, u32 pc, Span<PcFrame> out, u32* lo, u32* hi, const PcIndex& index) {
  const Streams t(raw);
  const usize nmarks = index.marks.len;
  PcMark m = nmarks == 0 ? t.start() : index.marks[min<usize>(pc / kPcStep, nmarks - 1)];
  u32 bytes;
  do {
    if (!next_row(t, &m, &bytes)) return 0;
  } while (pc < m.entry || pc >= m.end || pc >= m.at);
  if (lo != nullptr) *lo = m.at - bytes, *hi = m.at;
  const Bytes names = t.names(m.names);
  if (!names.done() && *names.p == 0) return 0;  // no name: a hole between functions
  for (usize n = 0;; n++) {
    if (n == out.len) return n;
    PcFrame& f = out[n];
    set_name(&f, Bytes(names).skip_texts(m.call).text());
    if (nmarks == 0) f.file = t.files(t.files_at).skip_texts(m.file).text();
    else f.file = m.file < index.files.len ? t.files(index.files[m.file]).text() : Str();
    f.line = m.line;
    f.inlined = m.call != 0;
    f.entry = m.entry;
    if (m.call == 0) return n + 1;
    const Call c = call_of(t.code(m.calls), m.call);
    m.call = c.caller, m.file = c.file, m.line = c.line;
  }
}

}  // namespace rt0
