// The PC-line table: from a pc to `function` and `file:line`, through inlined calls. Go: symtab.go, pclntab.go.
//
// tools/mkpclntab makes the table when a program is linked; docs/PCLNTAB.md has its format. The table in the binary is
// packed, because most programs never read it: pclntab_unpack writes it into memory that the caller provides. Reading
// needs no heap, no lock and no call into the runtime. It must not crash or hang either: from a corrupt table it
// returns no frames or wrong ones, in bounded time, without reading memory outside the table.
#pragma once

#include "base/types.h"

namespace rt0 {

inline constexpr u32 kMaxPcDepth = 16;  // frames of one pc; calls inlined deeper than that are left out

// One frame of a pc. The strings lie in the unpacked table.
struct PcFrame {
  Str package;  // "runtime.", "main." or "": what to print before func
  Str func;
  Str file;  // empty: not known
  u32 line;  // 0: not known
  bool inlined;
  u32 entry;  // of the function in whose code the pc lies, which is no inlined one; an offset into the text
};

// The packed table's header. In the file all numbers are little-endian.
struct PcLnHeader {
  u32 raw_len;     // bytes after unpacking
  u32 packed_len;  // bytes after the header
  u32 text_size;   // bytes of text it describes
};
inline constexpr u32 kPcLnHeaderSize = 20;  // "PCLN", version, the three numbers

// Reads the header only, because it runs at boot; false if this is no table of this version. Go: moduledataverify1.
bool pclntab_header(const u8* table, usize len, PcLnHeader* h);

// Unpacks a table whose header was found good into out[0, h.raw_len); false if it is corrupt.
bool pclntab_unpack(const u8* table, const PcLnHeader& h, u8* out);

// The reader's state before a row: offsets into the unpacked table, and the values that the earlier rows have set.
struct PcMark {
  u32 code, calls, names;  // the next row, the function's calls, its names
  u32 names_n;             // how many names it has; 0 before the first function
  u32 at, entry, end;      // offsets into the text: of the next row, the function's first byte, the one after its last
  u32 line, call, file;
};

// Places in the unpacked table from which reading may start, so that a pc is found without reading all before it.
struct PcIndex {
  Span<const PcMark> marks;  // mark i: before the row in which the byte i * kPcStep of the text lies
  Span<const u32> files;     // each file's name, as an offset into the unpacked table
};
inline constexpr u32 kPcStep = 128;

// The memory that the index of an unpacked table takes, in bytes; it begins at a u32's alignment.
usize pclntab_index_size(Span<const u8> raw, u32 text_size);
// Makes the index there.
PcIndex pclntab_index(Span<const u8> raw, u32 text_size, u32* memory);

// The frames of `pc`, an offset into the text, innermost first, at most out.len; 0 if the table does not know it.
// `raw`: the unpacked table. lo, hi: may be null; the offsets between which these frames hold. index: that table's, or
// empty: then all before the pc is read.
usize pclntab_frames(Span<const u8> raw, u32 pc, Span<PcFrame> out, u32* lo = nullptr, u32* hi = nullptr,
                     const PcIndex& index = {});

}  // namespace rt0
