// Finds the calls in machine code.
#pragma once

#include <gelf.h>

#include "mkpclntab/common.h"

namespace mkpclntab {

// The length in bytes of the x86 instruction at p. Knows only the instructions that compilers and rt0's assembly use.
// Intel SDM vol. 2, appendix A.
size_t x86_length(const u8* p, bool long_mode);

// The length of the call at p; 0 if the instruction is no call, -1 if the ISA of ehdr is not known. Reads up to 16
// bytes.
int call_length(const GElf_Ehdr& ehdr, const u8* p);

}  // namespace mkpclntab
