// Reads an ELF file with libelf, so that 32 and 64 bits and both byte orders need no code of their own here.
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "explore.h"

namespace rt0explore {

namespace {

using u8 = std::uint8_t;
using Bytes = std::vector<u8>;

Bytes read_file(const string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Unusable(path + ": " + std::strerror(errno));
  Bytes bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) throw Unusable(path + ": it cannot be read");
  return bytes;
}

// An ELF file, with its load segments and its symbols.
struct Elf {
  string path;
  Bytes bytes;
  bool wide = true, big = false;
  unsigned machine = 0;
  std::vector<GElf_Phdr> segments;
  std::map<string, GElf_Sym> symbols;

  explicit Elf(const string& p) : path(p), bytes(read_file(p)) {
    elf_version(EV_CURRENT);
    ::Elf* e = elf_memory(reinterpret_cast<char*>(bytes.data()), bytes.size());
    if (e == nullptr || elf_kind(e) != ELF_K_ELF) {
      elf_end(e);
      throw Unusable(path + ": this is no program (no ELF file)");
    }
    read(e);
    elf_end(e);
  }

  bool has(const string& name) const { return symbols.count(name) != 0; }
  u64 address(const string& name) const {
    const auto at = symbols.find(name);
    return at == symbols.end() ? 0 : at->second.st_value;
  }
  u64 size(const string& name) const { return symbols.at(name).st_size; }
  unsigned word() const { return wide ? 8 : 4; }

  // Where in the file the byte at this address lies.
  size_t offset(u64 address) const {
    for (const GElf_Phdr& s : segments)
      if (address >= s.p_vaddr && address - s.p_vaddr < s.p_filesz) return s.p_offset + (address - s.p_vaddr);
    throw Unusable(path + ": a table of the runtime is not in the file");
  }

  u64 get(const Bytes& from, size_t at, unsigned n) const {
    u64 v = 0;
    for (unsigned i = 0; i < n; i++) v |= u64{from.at(at + i)} << 8 * (big ? n - 1 - i : i);
    return v;
  }
  void put(Bytes* to, size_t at, unsigned n, u64 v) const {
    for (unsigned i = 0; i < n; i++) to->at(at + i) = static_cast<u8>(v >> 8 * (big ? n - 1 - i : i));
  }

 private:
  void read(::Elf* e) {
    GElf_Ehdr head;
    if (gelf_getehdr(e, &head) == nullptr || head.e_type != ET_EXEC)
      throw Unusable(path + ": this is no statically linked program");
    wide = gelf_getclass(e) == ELFCLASS64;
    big = head.e_ident[EI_DATA] == ELFDATA2MSB;
    machine = head.e_machine;
    size_t n = 0;
    if (elf_getphdrnum(e, &n) != 0) n = 0;
    for (size_t i = 0; i < n; i++) {
      GElf_Phdr s;
      if (gelf_getphdr(e, static_cast<int>(i), &s) != nullptr && s.p_type == PT_LOAD) segments.push_back(s);
    }
    for (Elf_Scn* s = elf_nextscn(e, nullptr); s != nullptr; s = elf_nextscn(e, s)) {
      GElf_Shdr h;
      if (gelf_getshdr(s, &h) == nullptr || h.sh_type != SHT_SYMTAB || h.sh_entsize == 0) continue;
      Elf_Data* d = elf_getdata(s, nullptr);
      for (size_t i = 0; d != nullptr && i < h.sh_size / h.sh_entsize; i++) {
        GElf_Sym sym;
        if (gelf_getsym(d, static_cast<int>(i), &sym) == nullptr || sym.st_shndx == SHN_UNDEF) continue;
        const char* name = elf_strptr(e, h.sh_link, sym.st_name);
        if (name != nullptr && *name != '\0') symbols.emplace(name, sym);
      }
    }
  }
};

// The program's names, in the order of struct Imports in inside/inside.h, after its first four words. kernel_io exists
// only in programs that use files or sockets.
constexpr const char* kLinuxKernel = "_ZN3rt012linux_kernelE";
constexpr const char* kSimKernel = "_ZN3rt010sim_kernelE";
constexpr const char* kLinuxIo = "_ZN3rt015linux_kernel_ioE";
constexpr const char* kTlsRoom = "runtime.tls_room";
constexpr const char* kImports[] = {kLinuxKernel,
                                    kSimKernel,
                                    kLinuxIo,
                                    "_ZN3rt03sim5stateE",
                                    "_ZN3rt03sim14strategy_startEv",
                                    "_ZN3rt03sim13parse_optionsENS_3StrEcPNS0_7OptionsE",
                                    "runtime.gogo",
                                    "runtime.setrecover",
                                    "runtime.recovery",
                                    "runtime.sigtramp",
                                    "runtime.sigreturn",
                                    "runtime.main",
                                    "runtime.eruntimetext",
                                    "runtime.programtext",
                                    "runtime.eprogramtext",
                                    "_ZN3rt05allgsE",
                                    "runtime.gopark",
                                    "_ZN3rt016wait_reason_textENS_10WaitReasonE",
                                    kTlsRoom};
constexpr const char* kReplayChoice = "_ZN3rt03sim13replay_choiceENS_4MadeE";
constexpr u64 kWordCheck = 0x0e0f1011;
constexpr const char* kInside = "_ZN3rt07explore";
// A table in the program, the calls that take the place of its own, and where those are kept.
struct Table {
  const char *table, *now, *was;
};
constexpr Table kTables[] = {{kLinuxKernel, "9linux_nowE", "9linux_wasE"},
                             {kSimKernel, "7sim_nowE", "7sim_wasE"},
                             {kLinuxIo, "6io_nowE", "6io_wasE"}};

void check_program(const Elf& p) {
  if (p.symbols.empty()) throw Unusable(p.path + ": its symbols have been stripped: explore the file as it was linked");
  if (!p.has(kLinuxKernel) || !p.has("runtime.gogo")) throw Unusable(p.path + ": this is no program built with rt0");
  if (!p.has("_ZN3rt03sim5stateE"))
    throw Unusable(p.path + ": it has no simulated kernel: build rt0 with -DRT0_SIM_KERNEL=ON");
  for (const char* name : kImports)
    if (name != kLinuxIo && name != kTlsRoom && !p.has(name))
      throw Unusable(p.path + ": it was built with another version of rt0 (it has no " + name + ")");
}

// Makes the function at `at` jump to `to`: written over its beginning, in the file. to < 2^31.
void put_jump(Elf* p, u64 at, u64 to) {
  Bytes code;
  const auto little = [&](u64 v, unsigned n) {
    for (unsigned i = 0; i < n; i++) code.push_back(static_cast<u8>(v >> 8 * i));
  };
  const bool thumb = p->machine == EM_ARM && (at & 1) != 0;
  if (thumb) at--;
  switch (p->machine) {
    case EM_X86_64:
    case EM_386:  // jmp
      code.push_back(0xe9);
      little(to - (at + 5), 4);
      break;
    case EM_AARCH64:  // ldr x16, 8 bytes on; br x16; the address
      little(0x58000050, 4);
      little(0xd61f0200, 4);
      little(to, 8);
      break;
    case EM_ARM:  // ldr pc, the next word
      if (thumb && at % 4 != 0) little(0xbf00, 2);
      little(thumb ? 0xf000f8df : 0xe51ff004, 4);
      little(to, 4);
      break;
    case EM_RISCV: {  // auipc t1; jalr zero, t1
      const u64 distance = to - at;
      little(((distance + 0x800) & 0xfffff000) | 0x317, 4);
      little((distance & 0xfff) << 20 | 0x30067, 4);
      break;
    }
    case EM_S390: {  // jg
      const u64 halves = (to - at) / 2;
      code = {0xc0, 0xf4};
      for (int i = 3; i >= 0; i--) code.push_back(static_cast<u8>(halves >> 8 * i));
      break;
    }
    default: throw Unusable(p->path + ": its ISA is not known to rt0-explore");
  }
  std::copy(code.begin(), code.end(), p->bytes.begin() + static_cast<std::ptrdiff_t>(p->offset(at)));
}

// The bytes of the segment that is added, with what it must know of the program, and the program's tables changed.
Bytes prepare(Elf* p, const Elf& in) {
  const GElf_Phdr& load = in.segments.at(0);
  Bytes segment(load.p_memsz);
  std::copy_n(in.bytes.begin() + static_cast<std::ptrdiff_t>(load.p_offset), load.p_filesz, segment.begin());
  const auto place = [&](const string& name) { return in.address(kInside + name) - load.p_vaddr; };
  const unsigned word = p->word();

  std::vector<u64> words;
  for (const GElf_Phdr& s : p->segments)
    if ((s.p_flags & PF_W) != 0) words = {s.p_vaddr, s.p_vaddr + s.p_memsz};
  if (words.empty()) throw Unusable(p->path + ": it has no writable segment");
  words.push_back(p->address("runtime.main") + p->size("runtime.main"));
  words.push_back(kWordCheck);
  for (const char* name : kImports) words.push_back(p->address(name));
  for (size_t i = 0; i < words.size(); i++) p->put(&segment, place("7importsE") + i * word, word, words[i]);

  put_jump(p, p->address(kReplayChoice), in.address(string(kInside) + "11choice_madeENS_4MadeE"));
  for (const Table& t : kTables) {
    if (!p->has(t.table)) continue;
    if (p->size(t.table) != in.size(string(kInside) + t.now))
      throw Unusable(p->path + ": it was built with another version of rt0 (its table of kernel calls differs)");
    for (u64 i = 0; i < p->size(t.table); i += word) {
      const size_t at = p->offset(p->address(t.table) + i);
      p->put(&segment, place(t.was) + i, word, p->get(p->bytes, at, word));
      const u64 now = p->get(segment, place(t.now) + i, word);
      if (now != 0) p->put(&p->bytes, at, word, now);
    }
  }
  return segment;
}

void write_header(const Elf& p, Bytes* out, size_t at, const GElf_Phdr& h) {
  if (p.wide) {
    const u64 words[] = {h.p_offset, h.p_vaddr, h.p_paddr, h.p_filesz, h.p_memsz, h.p_align};
    p.put(out, at, 4, h.p_type);
    p.put(out, at + 4, 4, h.p_flags);
    for (size_t i = 0; i < 6; i++) p.put(out, at + 8 + 8 * i, 8, words[i]);
  } else {
    const u64 words[] = {h.p_type, h.p_offset, h.p_vaddr, h.p_paddr, h.p_filesz, h.p_memsz, h.p_flags, h.p_align};
    for (size_t i = 0; i < 8; i++) p.put(out, at + 4 * i, 4, words[i]);
  }
}

}  // namespace

string isa_of(const string& program) {
  const Elf p(program);
  check_program(p);
  switch (p.machine) {
    case EM_X86_64: return "amd64";
    case EM_386: return "386";
    case EM_AARCH64: return "arm64";
    case EM_ARM: return "arm";
    case EM_RISCV: return p.wide ? "riscv64" : "riscv32";
    case EM_S390: return "s390x";
    default: throw Unusable(program + ": its ISA is not known to rt0-explore");
  }
}

std::vector<std::uint8_t> explored_copy(const string& program, const string& inside) {
  Elf p(program);
  check_program(p);
  const Elf in(inside);
  if (in.machine != p.machine || in.wide != p.wide || in.segments.size() != 1)
    throw Unusable(inside + ": it is not the explorer's part for this program's ISA");
  const Bytes segment = prepare(&p, in);
  constexpr size_t kPage = 64 * 1024;  // the largest page of any ISA

  // The loaded part of the program's file, then the segment, then a new table of segments. No sections: they would only
  // be debug information.
  size_t end = 0;
  for (const GElf_Phdr& s : p.segments) end = std::max(end, static_cast<size_t>(s.p_offset + s.p_filesz));
  Bytes out(p.bytes.begin(), p.bytes.begin() + static_cast<std::ptrdiff_t>(end));
  GElf_Phdr added = in.segments[0];
  out.resize((out.size() + kPage - 1) / kPage * kPage + added.p_vaddr % kPage);
  added.p_offset = out.size();
  added.p_filesz = added.p_memsz = segment.size();
  added.p_align = kPage;
  out.insert(out.end(), segment.begin(), segment.end());
  out.resize((out.size() + 15) / 16 * 16);
  const size_t table = out.size(), entry = p.wide ? 56 : 32;
  out.resize(table + entry * (p.segments.size() + 1));
  for (size_t i = 0; i < p.segments.size(); i++) write_header(p, &out, table + entry * i, p.segments[i]);
  write_header(p, &out, table + entry * p.segments.size(), added);
  p.put(&out, p.wide ? 32 : 28, p.word(), table);                                // e_phoff
  p.put(&out, p.wide ? 40 : 32, p.word(), 0);                                    // e_shoff
  p.put(&out, p.wide ? 56 : 44, 2, p.segments.size() + 1);                       // e_phnum
  for (size_t at : {p.wide ? 60 : 48, p.wide ? 62 : 50}) p.put(&out, at, 2, 0);  // e_shnum, e_shstrndx
  return out;
}

}  // namespace rt0explore
