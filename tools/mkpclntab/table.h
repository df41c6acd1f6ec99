// The PC-line table; docs/PCLNTAB.md has the format.
#pragma once

#include "mkpclntab/common.h"
#include "mkpclntab/image.h"

namespace mkpclntab {

// The table of a program. strip: leading directories to remove from files' names.
vector<u8> make_table(Image& image, const vector<string>& strip);

// Unpacks a table with the reader that programs have. what: the table's owner, for error messages.
vector<u8> unpack(const vector<u8>& table, const string& what);

// Packs the unpacked table; pack.cc has the format.
vector<u8> pack(const vector<u8>& in);

}  // namespace mkpclntab
