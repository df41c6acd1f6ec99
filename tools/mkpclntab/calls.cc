#include "mkpclntab/calls.h"

namespace mkpclntab {

size_t x86_length(const u8* p, bool long_mode) {
  const u8* const start = p;
  bool short_imm = false, rex_w = false;
  for (;; p++) {
    if (*p == 0x66) short_imm = true;
    else if (*p != 0xf0 && *p != 0xf2 && *p != 0xf3 && *p != 0x2e && *p != 0x36 && *p != 0x3e && *p != 0x26 &&
             *p != 0x64 && *p != 0x65)
      break;
  }
  if (long_mode && (*p & 0xf0) == 0x40) rex_w = (*p++ & 8) != 0;
  const size_t imm = short_imm ? 2 : 4;
  const u8 op = *p++;
  bool modrm = false;
  size_t extra = 0;
  if (op == 0x0f) {
    const u8 op2 = *p++;
    if (op2 == 0x38 || op2 == 0x3a) {
      p++;
      modrm = true;
      extra = op2 == 0x3a;
    } else if (op2 >= 0x80 && op2 <= 0x8f) {
      extra = imm;
    } else {
      modrm = !(op2 == 0x05 || op2 == 0x0b || op2 == 0x0e || op2 == 0x77 || (op2 >= 0x30 && op2 <= 0x37) ||
                (op2 & 0xf6) == 0xa0 || op2 == 0xa2 || op2 == 0xaa || (op2 >= 0xc8 && op2 <= 0xcf) ||
                (op2 >= 0x06 && op2 <= 0x09));
      extra = (op2 >= 0x70 && op2 <= 0x73) || op2 == 0xa4 || op2 == 0xac || op2 == 0xba || op2 == 0xc2 ||
              (op2 >= 0xc4 && op2 <= 0xc6);
    }
  } else if (long_mode && (op == 0xc4 || op == 0xc5)) {  // VEX
    extra = op == 0xc4 && (*p & 0x1f) == 3;
    p += op == 0xc4 ? 3 : 2;
    modrm = true;
  } else if (op < 0x40) {
    modrm = (op & 7) < 4;
    extra = (op & 7) == 4 ? 1 : (op & 7) == 5 ? imm : 0;
  } else if (op >= 0x80 && op <= 0x8f) {
    modrm = true;
    extra = op == 0x81 ? imm : op <= 0x83 ? 1 : 0;
  } else if (op >= 0xb8 && op <= 0xbf) {
    extra = rex_w ? 8 : imm;
  } else if (op >= 0xa0 && op <= 0xa3) {
    extra = long_mode ? 8 : 4;
  } else if (op == 0xf6 || op == 0xf7) {
    modrm = true;
    if ((*p >> 3 & 7) < 2) extra = op == 0xf6 ? 1 : imm;
  } else {
    modrm = op == 0x63 || op == 0x69 || op == 0x6b || op == 0xc0 || op == 0xc1 || op == 0xc6 || op == 0xc7 ||
            (op >= 0xd0 && op <= 0xd3) || (op >= 0xd8 && op <= 0xdf) || op == 0xfe || op == 0xff;
    if (op == 0x68 || op == 0x69 || op == 0xa9 || op == 0xc7) extra = imm;
    else if (op == 0xe8 || op == 0xe9) extra = 4;
    else if (op == 0xc2 || op == 0xca) extra = 2;
    else if (op == 0x6a || op == 0x6b || (op >= 0x70 && op <= 0x7f) || op == 0xa8 || (op >= 0xb0 && op <= 0xb7) ||
             op == 0xc0 || op == 0xc1 || op == 0xc6 || op == 0xcd || (op >= 0xe0 && op <= 0xe7) || op == 0xeb)
      extra = 1;
  }
  if (modrm) {
    const int mod = *p >> 6, rm = *p & 7;
    p++;
    const bool sib = mod != 3 && rm == 4;
    const bool no_base = mod == 0 && (sib ? (*p & 7) == 5 : rm == 5);
    p += sib + (mod == 1 ? 1 : mod == 2 || no_base ? 4 : 0);
  }
  return static_cast<size_t>(p - start) + extra;
}

int call_length(const GElf_Ehdr& ehdr, const u8* p) {
  const u32 word = p[0] | u32{p[1]} << 8 | u32{p[2]} << 16 | u32{p[3]} << 24;
  switch (ehdr.e_machine) {
    case EM_386:
    case EM_X86_64: {
      const bool rex = ehdr.e_machine == EM_X86_64 && (p[0] & 0xf0) == 0x40;
      const u8* op = p + rex;
      const bool call = *op == 0xe8 || (*op == 0xff && (op[1] >> 3 & 7) == 2);
      return call ? static_cast<int>(x86_length(p, ehdr.e_machine == EM_X86_64)) : 0;
    }
    case EM_AARCH64: return (word & 0xfc000000) == 0x94000000 || (word & 0xfffffc1f) == 0xd63f0000 ? 4 : 0;  // bl, blr
    case EM_RISCV: {
      const u32 opcode = word & 0x7f, rd = word >> 7 & 31;
      if ((opcode == 0x6f || opcode == 0x67) && (rd == 1 || rd == 5)) return 4;  // jal, jalr
      const bool c_jalr = (word & 0xf07f) == 0x9002 && rd != 0;
      const bool c_jal = ehdr.e_ident[EI_CLASS] == ELFCLASS32 && (word & 0xe003) == 0x2001;
      return c_jalr || c_jal ? 2 : 0;
    }
    default: return -1;
  }
}

}  // namespace mkpclntab
