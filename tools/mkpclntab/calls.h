// Finds the calls in machine code.
#pragma once

#include <gelf.h>

#include "mkpclntab/common.h"

namespace mkpclntab {

// Bytes of the x86 instruction at p: what compilers and our assembly use, not all there is. Intel SDM vol. 2, appendix
// A.
size_t x86_length(const u8* p, bool long_mode);

// The length of the call at p, 0 if the instruction is none, -1 if the ISA of ehdr is not known. Reads up to 16 bytes.
int call_length(const GElf_Ehdr& ehdr, const u8* p);

}  // namespace mkpclntab
