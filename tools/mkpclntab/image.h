// Reads the ELF file.
#pragma once

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>

#include "mkpclntab/calls.h"
#include "mkpclntab/common.h"

namespace mkpclntab {

struct Range {
  u64 lo, hi;
};

struct Symbol {
  string name;
  u64 addr, size;
  bool is_func;  // STT_FUNC, as opposed to a bare label
  int bind;
};

class Image {
 public:
  explicit Image(const string& path) : path_(path) {
    fd_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) throw BadInput(path + ": " + strerror(errno));
    elf_version(EV_CURRENT);
    elf_ = elf_begin(fd_, ELF_C_READ, nullptr);
    if (elf_ == nullptr || elf_kind(elf_) != ELF_K_ELF || gelf_getehdr(elf_, &ehdr_) == nullptr)
      throw BadInput(path + ": not an ELF file");
    if (ehdr_.e_type != ET_EXEC && ehdr_.e_type != ET_DYN)
      throw BadInput(path + ": not a linked program (an object file?)");
    read_sections();
    if (symtab_ != nullptr) read_symbols();
  }
  ~Image() {
    if (dwarf_ != nullptr) dwarf_end(dwarf_);
    if (elf_ != nullptr) elf_end(elf_);
    if (fd_ >= 0) close(fd_);
  }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  const string& path() const { return path_; }
  // Opened at the first call, because printing a table needs no DWARF.
  Dwarf* dwarf() {
    if (symtab_ == nullptr) throw BadInput(path_ + ": no symbol table (stripped?)");
    if (dwarf_ == nullptr) dwarf_ = dwarf_begin_elf(elf_, DWARF_C_READ, nullptr);
    if (dwarf_ == nullptr) throw BadInput(path_ + ": no DWARF debug information (compile with -g, do not strip)");
    return dwarf_;
  }
  u64 text() const { return text_; }
  const vector<Range>& code() const { return code_; }  // executable sections, ascending
  // Why the program can't run, in a sentence, if it uses something that rt0 does not have; otherwise empty. See
  // runtime/cxx/refused.cc.
  const string& refused() const { return refused_; }
  // Whether it has thread_local variables, and is linked without what they need (sched/tls_room.cc).
  bool lacks_tls() const { return has_tls_ && !has_tls_room_; }
  const vector<Symbol>& symbols() const { return symbols_; }         // in executable sections, unsorted
  const std::optional<vector<u8>>& table() const { return table_; }  // what .gopclntab holds

  // Adds every return address to `out`, found by stepping through the code; false if call_length() does not know the
  // ISA.
  bool find_returns(std::set<u64>* out) {
    const bool x86 = ehdr_.e_machine == EM_X86_64 || ehdr_.e_machine == EM_386;
    std::set<u64> starts;  // x86 instructions have no fixed length: begin again at each symbol
    for (const Symbol& f : symbols_) starts.insert(f.addr);
    for (Elf_Scn* s = elf_nextscn(elf_, nullptr); s != nullptr; s = elf_nextscn(elf_, s)) {
      GElf_Shdr h;
      if (gelf_getshdr(s, &h) == nullptr || (h.sh_flags & SHF_EXECINSTR) == 0 || h.sh_type == SHT_NOBITS) continue;
      const Elf_Data* d = elf_rawdata(s, nullptr);
      if (d == nullptr || d->d_buf == nullptr) continue;
      // Behind the end zeroes, for the longest instruction that may be looked at there.
      vector<u8> code(static_cast<const u8*>(d->d_buf), static_cast<const u8*>(d->d_buf) + d->d_size);
      code.resize(d->d_size + 16);
      const u8* p = code.data();
      auto next = starts.upper_bound(h.sh_addr);
      for (size_t i = 0; i < d->d_size;) {
        const int n = call_length(ehdr_, p + i);
        if (n < 0) return false;
        if (n != 0) out->insert(h.sh_addr + i + static_cast<u64>(n));
        i += x86                           ? x86_length(p + i, ehdr_.e_machine == EM_X86_64)
             : ehdr_.e_machine == EM_RISCV ? ((p[i] & 3) == 3 ? 4 : 2)
                                           : 4;
        for (; next != starts.end() && *next <= h.sh_addr + i; ++next) i = static_cast<size_t>(*next - h.sh_addr);
      }
    }
    return true;
  }

  const Range* code_at(u64 pc) const {
    for (const Range& r : code_)
      if (pc >= r.lo && pc < r.hi) return &r;
    return nullptr;
  }

 private:
  void read_sections() {
    size_t names;
    if (elf_getshdrstrndx(elf_, &names) != 0) throw BadInput(path_ + ": no section headers");
    for (Elf_Scn* s = elf_nextscn(elf_, nullptr); s != nullptr; s = elf_nextscn(elf_, s)) {
      GElf_Shdr h;
      if (gelf_getshdr(s, &h) == nullptr) continue;
      const char* name = elf_strptr(elf_, names, h.sh_name);
      if (name == nullptr) name = "";
      if ((h.sh_flags & SHF_EXECINSTR) && (h.sh_flags & SHF_ALLOC) && h.sh_size != 0)
        code_.push_back({h.sh_addr, h.sh_addr + h.sh_size});
      if (h.sh_type == SHT_SYMTAB) symtab_ = s;
      if ((h.sh_flags & SHF_TLS) && h.sh_size != 0) has_tls_ = true;
      if (string_view(name) == ".gopclntab") {
        table_.emplace();
        Elf_Data* d = h.sh_type == SHT_NOBITS ? nullptr : elf_rawdata(s, nullptr);
        if (d != nullptr && d->d_buf != nullptr)
          table_->assign(static_cast<u8*>(d->d_buf), static_cast<u8*>(d->d_buf) + d->d_size);
      }
      if (string_view(name) == ".opd") opd_ = s, opd_addr_ = h.sh_addr, opd_index_ = elf_ndxscn(s);
    }
    if (code_.empty()) throw BadInput(path_ + ": no executable section");
    std::sort(code_.begin(), code_.end(), [](const Range& a, const Range& b) { return a.lo < b.lo; });
    text_ = code_.front().lo;
  }

  // The first word of a function descriptor: on powerpc64 with ELFv1 function symbols point at descriptors, not at
  // code.
  std::optional<u64> follow_descriptor(u64 addr) {
    Elf_Data* d = elf_rawdata(opd_, nullptr);
    if (d == nullptr || addr < opd_addr_ || addr - opd_addr_ + 8 > d->d_size) return {};
    const u8* p = static_cast<const u8*>(d->d_buf) + (addr - opd_addr_);
    u64 v = 0;
    for (int i = 0; i < 8; i++) v |= u64{p[i]} << 8 * (ehdr_.e_ident[EI_DATA] == ELFDATA2MSB ? 7 - i : i);
    return v;
  }

  // The NUL-terminated string that a symbol names.
  string string_at(const GElf_Sym& sym) {
    Elf_Scn* s = elf_getscn(elf_, sym.st_shndx);
    GElf_Shdr h;
    Elf_Data* d = s == nullptr ? nullptr : elf_rawdata(s, nullptr);
    if (d == nullptr || d->d_buf == nullptr || gelf_getshdr(s, &h) == nullptr) return "";
    if (sym.st_value < h.sh_addr || sym.st_value - h.sh_addr >= d->d_size) return "";
    const char* text = static_cast<const char*>(d->d_buf) + (sym.st_value - h.sh_addr);
    return string(text, strnlen(text, d->d_size - (sym.st_value - h.sh_addr)));
  }

  void read_symbols() {
    GElf_Shdr h;
    Elf_Data* d = elf_getdata(symtab_, nullptr);
    if (gelf_getshdr(symtab_, &h) == nullptr || d == nullptr || h.sh_entsize == 0)
      throw BadInput(path_ + ": unreadable symbol table");
    for (size_t i = 0; i < h.sh_size / h.sh_entsize; i++) {
      GElf_Sym sym;
      if (gelf_getsym(d, static_cast<int>(i), &sym) == nullptr) break;
      const char* name = elf_strptr(elf_, h.sh_link, sym.st_name);
      if (name == nullptr || sym.st_shndx == SHN_UNDEF) continue;
      if (string_view(name) == "runtime.tls_room") has_tls_room_ = true;
      if (string_view(name) == "runtime.text") text_ = sym.st_value;
      if (starts_with(name, kRefused) && (refused_name_.empty() || name < refused_name_)) {
        refused_name_ = name;
        refused_ = string_at(sym);
      }
      const int type = GELF_ST_TYPE(sym.st_info);
      const bool is_func = type == STT_FUNC || type == STT_GNU_IFUNC;
      if (!is_func && type != STT_NOTYPE) continue;
      if (!is_func && is_mark(name)) continue;
      u64 addr = sym.st_value;
      if (opd_ != nullptr && sym.st_shndx == opd_index_) {
        const auto code = follow_descriptor(addr);
        if (!code) continue;
        addr = *code;
      }
      if (is_func && (ehdr_.e_machine == EM_ARM || ehdr_.e_machine == EM_MIPS)) addr &= ~u64{1};  // Thumb, microMIPS
      if (code_at(addr) == nullptr) continue;
      symbols_.push_back({without_number(name), addr, sym.st_size, is_func, GELF_ST_BIND(sym.st_info)});
    }
    for (const Range& r : code_)
      if (r.lo < text_) throw BadInput(path_ + ": executable code lies before the symbol runtime.text");
  }

  // For arm64 processors with a certain fault the linker inserts code between functions. Its names hold a section
  // number, which another link may change: e843419@0024_000003e2_48. This drops the number.
  static string without_number(const string& n) { return starts_with(n, "e8") ? n.substr(0, n.find('@')) : n; }

  // Labels that are not functions: compilers' local and mapping symbols, and the linker script's own.
  static bool is_mark(string_view n) {
    if (n.empty() || n[0] == '$' || starts_with(n, ".L")) return true;
    for (string_view m : {"runtime.text", "runtime.etext", "etext", "_etext", "__etext", "__executable_start"})
      if (n == m) return true;
    return false;
  }

  string path_;
  int fd_ = -1;
  Elf* elf_ = nullptr;
  Dwarf* dwarf_ = nullptr;
  GElf_Ehdr ehdr_{};
  Elf_Scn* symtab_ = nullptr;
  Elf_Scn* opd_ = nullptr;
  u64 opd_addr_ = 0;
  size_t opd_index_ = 0;
  u64 text_ = 0;
  vector<Range> code_;
  vector<Symbol> symbols_;
  std::optional<vector<u8>> table_;
  static constexpr const char* kRefused = "rt0_refused.";
  string refused_name_, refused_;
  bool has_tls_ = false, has_tls_room_ = false;
};

}  // namespace mkpclntab
