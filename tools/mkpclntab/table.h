// The table: docs/PCLNTAB.md.
#pragma once

#include "mkpclntab/common.h"
#include "mkpclntab/image.h"

namespace mkpclntab {

// The table of a program. strip: leading directories that files' names lose.
vector<u8> make_table(Image& image, const vector<string>& strip);

// Unpacks a table with the program's own reader. what: who it belongs to, for errors.
vector<u8> unpack(const vector<u8>& table, const string& what);

// Packs the unpacked table; pack.cc has the format.
vector<u8> pack(const vector<u8>& in);

}  // namespace mkpclntab
