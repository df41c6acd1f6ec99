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

// One of the unpacked table's three streams. As in Bits, functions are not inlined: the code is in every program but
// runs only when one dies, so it must be small and need not be fast.
struct Bytes {
  const u8* p;
  const u8* end;

  bool done() const { return p == end; }
  [[gnu::noinline]] u32 varint() {
    u32 v = 0;
    for (u32 shift = 0; p != end && shift < 32; shift += 7) {
      const u8 b = *p++;
      v |= static_cast<u32>(b & 0x7f) << shift;
      if (b < 0x80) break;
    }
    return v;
  }
  [[gnu::noinline]] i32 delta() {
    const u32 v = varint();
    return static_cast<i32>(v >> 1) ^ -static_cast<i32>(v & 1);
  }
  [[gnu::noinline]] Str text() {
    const u8* start = p;
    while (p != end && *p != 0) p++;
    const Str s(reinterpret_cast<const char*>(start), static_cast<usize>(p - start));
    if (p != end) p++;
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

// Decodes the table from the first function on and drops everything before the pc: some ten thousand steps.
usize pclntab_frames(Span<const u8> raw, u32 pc, Span<PcFrame> out, u32* lo, u32* hi) {
  if (raw.len < 8) return 0;
  const u32 names_at = le32(raw.ptr), files_at = le32(raw.ptr + 4);
  if (names_at < 8 || names_at > files_at || files_at > raw.len) return 0;
  Bytes code{raw.ptr + 8, raw.ptr + names_at}, names{raw.ptr + names_at, raw.ptr + files_at};
  const Bytes files{raw.ptr + files_at, raw.end()};
  auto file = [&](u32 i) { return Bytes(files).skip_texts(i).text(); };

  u32 at = 0;
  while (!code.done()) {
    const u32 size = code.varint(), ncalls = code.varint();
    const Bytes calls = code;
    const u32 entry = at, end = at + size;
    for (u32 i = 0; i < ncalls && !code.done(); i++) (void)code.varint(), (void)code.varint(), (void)code.varint();
    const bool here = pc >= at && pc < end;
    // A row is a number of bytes and the change of the line. A 0 before a row is followed by the call and the file to
    // which the code belongs from here on.
    u32 line = 0, call = 0, in_file = 0;
    do {
      u32 bytes = code.varint();
      if (bytes == 0) call = code.varint(), in_file = code.varint(), bytes = code.varint();
      line += static_cast<u32>(code.delta());
      if (here && pc < at + bytes) {
        if (lo != nullptr) *lo = at, *hi = at + bytes;
        if (names.p != names.end && *names.p == 0) return 0;  // no name: a hole between functions
        usize n = 0;
        for (;; n++) {
          if (n == out.len) return n;
          PcFrame& f = out[n];
          set_name(&f, Bytes(names).skip_texts(call).text());
          f.file = file(in_file);
          f.line = line;
          f.inlined = call != 0;
          f.entry = entry;
          if (call == 0) return n + 1;
          const Call c = call_of(calls, call);
          call = c.caller, in_file = c.file, line = c.line;
        }
      }
      at += bytes;
    } while (at < end && !code.done());
    at = end;
    names.skip_texts(ncalls + 1);
  }
  return 0;
}

}  // namespace rt0
