// mkpclntab: makes the PC-line table of a linked program, which a traceback reads to print `function` and `file:line`.
//
// The program is linked twice (as Linux does with kallsyms): first with an empty table; this tool reads symbols and DWARF
// of the result and writes the table as assembly; the second link takes it in. The linker script puts .gopclntab behind
// the text, so that nothing the table speaks of moves, and --verify proves it: the table made from the final program
// must be the one that is inside. Hence nothing here may depend on the table, on addresses outside the text, or on the
// host. The format is in docs/PCLNTAB.md, its reader in base/pclntab.cc.
//
// In order of the file: the ELF file; names; DWARF into a Model (functions, inline trees, rows); Model into bytes; main.
#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/pclntab.h"

namespace {

using std::string;
using std::string_view;
using std::vector;
using u8 = uint8_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i64 = int64_t;

// Anything that is wrong with the input: one line on stderr, exit status 2.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

bool starts_with(string_view s, string_view p) { return s.substr(0, p.size()) == p; }
bool ends_with(string_view s, string_view p) { return s.size() >= p.size() && s.substr(s.size() - p.size()) == p; }

// ---------------------------------------------------------------------------------------------- the ELF file

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
  // Opened here and not before, for printing a table needs no DWARF.
  Dwarf* dwarf() {
    if (symtab_ == nullptr) throw BadInput(path_ + ": no symbol table (stripped?)");
    if (dwarf_ == nullptr) dwarf_ = dwarf_begin_elf(elf_, DWARF_C_READ, nullptr);
    if (dwarf_ == nullptr) throw BadInput(path_ + ": no DWARF debug information (compile with -g, do not strip)");
    return dwarf_;
  }
  u64 text() const { return text_; }
  const vector<Range>& code() const { return code_; }                // executable sections, ascending
  const vector<Symbol>& symbols() const { return symbols_; }         // in executable sections, unsorted
  const std::optional<vector<u8>>& table() const { return table_; }  // what .gopclntab holds

  // Adds to `out` every return address, found by stepping through the code; true if this ISA's calls are known here.
  bool find_returns(std::set<u64>* out) {
    const bool x86 = ehdr_.e_machine == EM_X86_64 || ehdr_.e_machine == EM_386;
    std::set<u64> starts;  // an x86 instruction's length depends on the one before: begin anew at each symbol
    for (const Symbol& f : symbols_) starts.insert(f.addr);
    for (Elf_Scn* s = elf_nextscn(elf_, nullptr); s != nullptr; s = elf_nextscn(elf_, s)) {
      GElf_Shdr h;
      if (gelf_getshdr(s, &h) == nullptr || (h.sh_flags & SHF_EXECINSTR) == 0 || h.sh_type == SHT_NOBITS) continue;
      const Elf_Data* d = elf_rawdata(s, nullptr);
      if (d == nullptr || d->d_buf == nullptr) continue;
      const u8* p = static_cast<const u8*>(d->d_buf);
      auto next = starts.upper_bound(h.sh_addr);
      for (size_t i = 0; i + 16 <= d->d_size;) {
        const int n = call_length(p + i);
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

  // The first word of a function descriptor (powerpc64 with ELFv1, whose function symbols do not point at code).
  std::optional<u64> follow_descriptor(u64 addr) {
    Elf_Data* d = elf_rawdata(opd_, nullptr);
    if (d == nullptr || addr < opd_addr_ || addr - opd_addr_ + 8 > d->d_size) return {};
    const u8* p = static_cast<const u8*>(d->d_buf) + (addr - opd_addr_);
    u64 v = 0;
    for (int i = 0; i < 8; i++) v |= u64{p[i]} << 8 * (ehdr_.e_ident[EI_DATA] == ELFDATA2MSB ? 7 - i : i);
    return v;
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
      if (string_view(name) == "runtime.text") text_ = sym.st_value;
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
      symbols_.push_back({name, addr, sym.st_size, is_func, GELF_ST_BIND(sym.st_info)});
    }
    for (const Range& r : code_)
      if (r.lo < text_) throw BadInput(path_ + ": executable code lies before the symbol runtime.text");
  }

  // The length of the call instruction at `pc`, whose bytes are at p; 0 if there is none, -1 if we cannot tell.
  // Bytes of the x86 instruction at p: what compilers and our assembly use, not all there is. Intel SDM vol. 2, appendix A.
  static size_t x86_length(const u8* p, bool long_mode) {
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

  // The length of the call at p, 0 if the instruction is none, -1 if this ISA is not known.
  int call_length(const u8* p) const {
    const u32 word = p[0] | u32{p[1]} << 8 | u32{p[2]} << 16 | u32{p[3]} << 24;
    switch (ehdr_.e_machine) {
      case EM_386:
      case EM_X86_64: {
        const bool rex = ehdr_.e_machine == EM_X86_64 && (p[0] & 0xf0) == 0x40;
        const u8* op = p + rex;
        const bool call = *op == 0xe8 || (*op == 0xff && (op[1] >> 3 & 7) == 2);
        return call ? static_cast<int>(x86_length(p, ehdr_.e_machine == EM_X86_64)) : 0;
      }
      case EM_AARCH64:
        return (word & 0xfc000000) == 0x94000000 || (word & 0xfffffc1f) == 0xd63f0000 ? 4 : 0;  // bl, blr
      case EM_RISCV: {
        const u32 opcode = word & 0x7f, rd = word >> 7 & 31;
        if ((opcode == 0x6f || opcode == 0x67) && (rd == 1 || rd == 5)) return 4;  // jal, jalr
        const bool c_jalr = (word & 0xf07f) == 0x9002 && rd != 0;
        const bool c_jal = ehdr_.e_ident[EI_CLASS] == ELFCLASS32 && (word & 0xe003) == 0x2001;
        return c_jalr || c_jal ? 2 : 0;
      }
      default: return -1;
    }
  }

  // Labels which are no functions: compilers' local and mapping symbols, and the linker script's own.
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
};

// ---------------------------------------------------------------------------------------------- names
//
// Names are what a Go programmer expects: runtime.Chan.send, main.main, main.main.func1. A name that has Go's form already
// (it has a dot, as asm labels give it) stays; a C++ name loses parameters, template arguments and qualifiers; rt0:: is
// the package runtime and everything else the package main; a C or assembly name stays as it is.

// Drops what GCC and clang append to the name of a piece or a copy of a function: foo.cold, foo.part.0, foo.isra.0.
string strip_clone(string s) {
  static constexpr string_view kSuffixes[] = {"cold", "part", "isra",       "constprop", "lto_priv",
                                              "llvm", "warm", "localalias", "__uniq",    "startup"};
  for (;;) {
    const size_t last = s.rfind('.');
    if (last == string::npos || last == 0) return s;
    size_t dot = last;
    string_view word = string_view(s).substr(dot + 1);
    if (!word.empty() && word.find_first_not_of("0123456789") == string_view::npos) {
      dot = s.rfind('.', last - 1);
      if (dot == string::npos || dot == 0) return s;
      word = string_view(s).substr(dot + 1, last - dot - 1);
    }
    if (std::find(std::begin(kSuffixes), std::end(kSuffixes), word) == std::end(kSuffixes)) return s;
    const string rest = s.substr(0, dot);
    if (rest == "runtime" || rest == "main") return s;  // a function of that very name
    s = rest;
  }
}

bool is_word(char c) {
  return isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '~' || (c & 0x80);
}

// The length of the operator symbol at s ("()", "<<=", "->"), which stands behind the word `operator`.
size_t operator_symbol(string_view s) {
  for (string_view op : {"()", "[]", "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->", "&&", "||",
                         "++", "--", "==",  "!=",  "+=",  "-=",  "*=", "/=", "%=", "^=", "&=", "|="})
    if (starts_with(s, op)) return op.size();
  return 1;
}

// The index behind the bracket that closes the one at s[i].
size_t skip_brackets(string_view s, size_t i) {
  int depth = 0;
  for (; i < s.size(); i++) {
    if (starts_with(s.substr(i), "operator") && (i == 0 || !is_word(s[i - 1])) && i + 8 < s.size() &&
        !is_word(s[i + 8]) && s[i + 8] != ' ') {
      i += 8 + operator_symbol(s.substr(i + 8)) - 1;
      continue;
    }
    if (s[i] == '-' && i + 1 < s.size() && s[i + 1] == '>') {
      i++;
      continue;
    }
    if (strchr("(<[{", s[i]) != nullptr) depth++;
    if (strchr(")>]}", s[i]) != nullptr && --depth == 0) return i + 1;
  }
  return s.size();
}

// The qualified name inside a demangled C++ name, as its components; lambdas are "{lambda(…)#n}" or "$_n". Empty if this
// parser does not understand it.
vector<string> split_demangled(string_view s) {
  vector<string> out;
  string cur;
  size_t i = 0;
  const auto push = [&] {
    if (!cur.empty()) out.push_back(cur);
    cur.clear();
  };
  while (i < s.size()) {
    const string_view rest = s.substr(i);
    if (cur.empty() && starts_with(rest, "operator") && rest.size() > 8 && !is_word(rest[8])) {
      if (rest[8] == ' ' && !starts_with(rest, "operator new") && !starts_with(rest, "operator delete")) {
        const size_t end = rest.rfind("()");  // a conversion: its type may hold anything
        if (end == string_view::npos) return {};
        string type(rest.substr(9, end - 9));
        for (size_t lt; (lt = type.find('<')) != string::npos;) type.erase(lt, skip_brackets(type, lt) - lt);
        out.push_back("operator " + type);
        return out;
      }
      size_t n = 8;
      if (rest[8] == ' ') {
        n = starts_with(rest, "operator new") ? 12 : 15;
        if (starts_with(rest.substr(n), "[]")) n += 2;
      } else {
        n += operator_symbol(rest.substr(8));
      }
      cur = string(rest.substr(0, n));
      i += n;
    } else if (starts_with(rest, "::")) {
      push();
      i += 2;
    } else if (starts_with(rest, "(anonymous namespace)")) {
      i += strlen("(anonymous namespace)");
    } else if (s[i] == '{' && cur.empty()) {
      const size_t end = skip_brackets(s, i);
      cur = string(s.substr(i, end - i));
      i = end;
    } else if (s[i] == '<' || s[i] == '[') {  // template arguments, an ABI tag
      i = skip_brackets(s, i);
    } else if (s[i] == '(') {
      if (cur == "decltype") {  // a return type
        i = skip_brackets(s, i);
        continue;
      }
      if (cur.empty()) return {};  // a return type that is a pointer to a function
      i = skip_brackets(s, i);
      for (bool more = true; more;) {
        more = false;
        for (string_view q : {" const", " volatile", " &&", " &", " noexcept"})
          if (starts_with(s.substr(i), q)) i += q.size(), more = true;
      }
      if (i < s.size() && starts_with(s.substr(i), "::")) continue;
      push();
      return out;
    } else if (s[i] == ' ' || s[i] == '*' || s[i] == '&') {  // all so far was the return type
      out.clear();
      cur.clear();
      i++;
    } else {
      cur += s[i++];
    }
  }
  push();
  return out;
}

bool is_lambda(string_view component) {
  return starts_with(component, "{lambda") || starts_with(component, "'lambda") || starts_with(component, "$_");
}

// The name Go's programmers know for a method of rt0's packages: try_rlock is TryRLock, lock_slow is lockSlow.
string go_method(string_view s) {
  static const std::map<string_view, string_view> kOdd = {
      {"rlock", "RLock"},        {"runlock", "RUnlock"},        {"try_rlock", "TryRLock"},
      {"lock_slow", "lockSlow"}, {"unlock_slow", "unlockSlow"}, {"runlock_slow", "rUnlockSlow"},
      {"do_slow", "doSlow"}};
  if (const auto it = kOdd.find(s); it != kOdd.end()) return string(it->second);
  string out;
  bool up = true;
  for (const char c : s) {
    if (c != '_') out += up ? static_cast<char>(toupper(static_cast<unsigned char>(c))) : c;
    up = c == '_';
  }
  return out;
}

// Namespaces of rt0 which are packages of Go with tracebacks of their own: rt0::sync::WaitGroup::wait is
// sync.(*WaitGroup).Wait. Empty if `path` is not in one of them. A class's name is a capital's, by the house's style.
string name_in_package(const vector<string>& path) {
  static constexpr string_view kPackages[] = {"sync", "time", "context", "errgroup", "semaphore"};
  if (path.size() < 3 || path[0] != "rt0") return {};
  size_t i = 1;
  string s;
  if (path[1] == "internal" && path[2] == "sync") s = "internal/", i = 2;
  if (i + 1 >= path.size() || std::find(std::begin(kPackages), std::end(kPackages), path[i]) == std::end(kPackages))
    return {};
  s += path[i++];
  if (i + 1 < path.size() && isupper(static_cast<unsigned char>(path[i][0]))) {
    s += ".(*" + path[i] + ")." + go_method(path[i + 1]);
    i += 2;
  }
  for (; i < path.size(); i++) s += '.' + path[i];
  return s;
}

// Go's name of the C++ entity `path`. A component that is a lambda has become func<n> before. The global operators new and
// delete are part of the language, and so of its runtime.
string go_name(const vector<string>& path) {
  if (string s = name_in_package(path); !s.empty()) return s;
  string s;
  size_t i = 0;
  const bool allocates =
      path.size() == 1 && (starts_with(path[0], "operator new") || starts_with(path[0], "operator delete"));
  if (!path.empty() && path[0] == "rt0") s = "runtime", i = 1;
  else s = allocates ? "runtime" : "main";
  for (; i < path.size(); i++) s += '.' + path[i];
  return s;
}

// Go's name of an ELF symbol or a DW_AT_linkage_name. Lambdas are numbered as the mangled name does it; DWARF knows better
// (see Names::of_die), so this is for code without DWARF. Empty if it has no Go form.
string name_of_symbol(const string& raw) {
  string s = strip_clone(raw);
  if (s == "main") return "main.main";
  if (!starts_with(s, "_Z") && !starts_with(s, "__Z")) return s;
  int status = 0;
  char* text = abi::__cxa_demangle(s.c_str(), nullptr, nullptr, &status);
  if (text == nullptr) return s;
  const vector<string> parts = split_demangled(text);
  free(text);
  if (parts.empty()) return s;
  vector<string> path;
  bool after_lambda = false;
  for (const string& p : parts) {
    if (is_lambda(p)) {
      if (path.empty()) path.push_back("init");
      size_t n = 1;
      if (starts_with(p, "$_")) n = strtoul(p.c_str() + 2, nullptr, 10) + 1;
      else if (const size_t hash = p.rfind('#'); hash != string::npos) n = strtoul(p.c_str() + hash + 1, nullptr, 10);
      path.push_back("func" + std::to_string(n));
      after_lambda = true;
      continue;
    }
    if (!(after_lambda && (starts_with(p, "operator") || p == "_FUN" || p == "__invoke")) && p[0] != '{')
      path.push_back(p);
    after_lambda = false;
  }
  return go_name(path);
}

bool mentions_lambda(const string& mangled) {
  return mangled.find("Ul") != string::npos || mangled.find("$_") != string::npos;
}

// What one needs to know of a DIE's place in the tree, by offset: libdw has no way up.
struct Scope {
  Dwarf_Off parent = 0;
  int tag = 0;
};

// The Go name of functions in DWARF.
//
// Go numbers the closures of a function in source order. C++ compilers number lambdas by signature (GCC) or over the whole
// file (clang), and some DIEs of lambdas have no linkage name; so they are numbered here, by their place in the source.
class Names {
 public:
  void add_scope(Dwarf_Die* die, Dwarf_Off parent) { scopes_[dwarf_dieoffset(die)] = {parent, dwarf_tag(die)}; }

  // To be called once all scopes are known: numbers the lambdas of each function, class or namespace in source order.
  void number_lambdas(Dwarf* dw) {
    vector<Dwarf_Off> types;
    for (const auto& [off, s] : scopes_) {
      Dwarf_Die die;
      if ((s.tag == DW_TAG_class_type || s.tag == DW_TAG_structure_type) && dwarf_offdie(dw, off, &die) != nullptr &&
          is_lambda_type(&die))
        types.push_back(off);
    }
    std::sort(types.begin(), types.end());
    for (Dwarf_Off off : types) lambda_number_[off] = 0;
    std::map<size_t, vector<Dwarf_Off>>
        by_depth;  // outer lambdas first, for the inner ones' context holds their number
    for (Dwarf_Off off : types) {
      size_t depth = 0;
      for (Dwarf_Off o = parent_of(off); o != 0; o = parent_of(o)) {
        Dwarf_Die die;
        if (scopes_.at(o).tag == DW_TAG_subprogram && dwarf_offdie(dw, o, &die) != nullptr) {
          die = declaration_of(&die);  // that is where its class is
          o = dwarf_dieoffset(&die);
        }
        depth += lambda_number_.count(o);
      }
      by_depth[depth].push_back(off);
    }
    for (const auto& [depth, dies] : by_depth) {
      std::map<string, std::map<Place, vector<Dwarf_Off>>> by_context;
      std::map<std::pair<Dwarf_Off, Place>, int> on_line;
      for (Dwarf_Off off : dies) {
        Dwarf_Die die;
        dwarf_offdie(dw, off, &die);
        Place place = place_of(&die);
        // One lambda has several DIEs: per file that includes it, per instance of a template around it. Without a column
        // (clang) lambdas of one line are told apart by their order in the function's DIE.
        if (std::get<2>(place) == 0) std::get<3>(place) = on_line[{parent_of(off), place}]++;
        by_context[context_of(dw, off)][place].push_back(off);
      }
      for (const auto& [context, places] : by_context) {
        size_t n = 0;
        for (const auto& [place, copies] : places) {
          n++;
          for (Dwarf_Off off : copies) lambda_number_[off] = n;
        }
      }
    }
  }

  // Whether this is the plain function a lambda without captures converts to: it only calls the lambda.
  static bool is_invoker(Dwarf_Die* die) {
    const char* n = plain_name(die);
    return n != nullptr && (string_view(n) == "_FUN" || string_view(n) == "__invoke");
  }

  const string& of_die(Dwarf* dw, Dwarf_Die* die) {
    Dwarf_Die decl = declaration_of(die);
    const Dwarf_Off key = dwarf_dieoffset(&decl);
    if (const auto it = names_.find(key); it != names_.end()) return it->second;
    string n = make_name(dw, die, &decl);
    return names_[key] = std::move(n);
  }

  // The DIE that declares the function: through abstract origins and specifications.
  static Dwarf_Die declaration_of(Dwarf_Die* die) {
    Dwarf_Die d = *die;
    for (int hops = 0; hops < 16; hops++) {
      Dwarf_Attribute a;
      Dwarf_Die next;
      if (dwarf_attr(&d, DW_AT_abstract_origin, &a) == nullptr && dwarf_attr(&d, DW_AT_specification, &a) == nullptr)
        break;
      if (dwarf_formref_die(&a, &next) == nullptr) break;
      d = next;
    }
    return d;
  }

 private:
  using Place = std::tuple<string, int, int, int>;  // file, line, column, which of those

  Dwarf_Off parent_of(Dwarf_Off off) const {
    const auto it = scopes_.find(off);
    return it == scopes_.end() ? 0 : it->second.parent;
  }

  static const char* plain_name(Dwarf_Die* die) {
    Dwarf_Attribute a;
    return dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &a));
  }

  static string linkage_name(Dwarf_Die* die) {
    Dwarf_Attribute a;
    const char* n = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_linkage_name, &a));
    if (n == nullptr) n = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &a));
    if (n == nullptr) return {};
    while (*n == '\1' || *n == '*') n++;  // "exactly so", in clang's and GCC's way
    return n;
  }

  static bool is_lambda_type(Dwarf_Die* type) {
    const char* n = dwarf_diename(type);
    if (n != nullptr && n[0] != '<' && n[0] != '(' && n[0] != '\0') return false;
    Dwarf_Die c;
    if (dwarf_child(type, &c) != 0) return false;
    do {
      if (dwarf_tag(&c) != DW_TAG_subprogram) continue;
      const char* m = dwarf_diename(&c);
      if (m != nullptr && starts_with(m, "operator()")) return true;
    } while (dwarf_siblingof(&c, &c) == 0);
    return false;
  }

  static Place place_of(Dwarf_Die* type) {
    int line = 0, column = 0;
    const char* file = dwarf_decl_file(type);
    (void)dwarf_decl_line(type, &line);
    (void)dwarf_decl_column(type, &column);
    return {file == nullptr ? "" : file, line, column, 0};
  }

  // The name of the function, class or namespace a lambda belongs to.
  string context_of(Dwarf* dw, Dwarf_Off off) { return join(path_above(dw, off)); }

  // The names of the scopes around the DIE at `off`, outermost first. With a function among them, whose linkage name has
  // Go's form, that name stands for all before it: then the first component holds dots.
  vector<string> path_above(Dwarf* dw, Dwarf_Off off) {
    vector<string> path;
    for (Dwarf_Off o = parent_of(off); o != 0; o = parent_of(o)) {
      Dwarf_Die d;
      if (dwarf_offdie(dw, o, &d) == nullptr) break;
      switch (dwarf_tag(&d)) {
        case DW_TAG_namespace:
          if (const char* n = dwarf_diename(&d)) path.insert(path.begin(), n);
          break;
        case DW_TAG_class_type:
        case DW_TAG_structure_type:
        case DW_TAG_union_type: {
          const auto it = lambda_number_.find(o);
          if (it != lambda_number_.end()) {
            if (path_is_global(o)) path.insert(path.begin(), "init." + func(it->second));
            else path.insert(path.begin(), func(it->second));
          } else if (const char* n = dwarf_diename(&d)) {
            path.insert(path.begin(), without_arguments(n));
          }
          break;
        }
        case DW_TAG_subprogram:
        case DW_TAG_inlined_subroutine: {
          path.insert(path.begin(), kAbsolute + of_die(dw, &d));
          return path;
        }
        default: break;
      }
    }
    return path;
  }

  bool path_is_global(Dwarf_Off off) const {
    for (Dwarf_Off o = parent_of(off); o != 0; o = parent_of(o)) {
      const int tag = scopes_.at(o).tag;
      if (tag != DW_TAG_compile_unit && tag != DW_TAG_namespace && tag != DW_TAG_lexical_block) return false;
    }
    return true;
  }

  static string func(size_t n) { return "func" + std::to_string(n); }

  // A DW_AT_name without template arguments: "Chan<int>", "operator< <int>", "call<main()::<lambda(int)> >".
  static string without_arguments(string_view n) {
    const vector<string> parts = split_demangled(n);
    return parts.empty() ? string(n) : parts.back();
  }

  string make_name(Dwarf* dw, Dwarf_Die* die, Dwarf_Die* decl) {
    const string linkage = linkage_name(die);
    if (!linkage.empty() && !mentions_lambda(linkage)) return name_of_symbol(linkage);
    const char* own = plain_name(die);
    if (own == nullptr) own = "?";
    vector<string> path = path_above(dw, dwarf_dieoffset(decl));
    const auto lambda = lambda_number_.find(parent_of(dwarf_dieoffset(decl)));
    if (lambda == lambda_number_.end()) {
      if (is_c_function(die, decl)) return string_view(own) == "main" ? "main.main" : own;
      path.push_back(without_arguments(own));
    }
    return join(path);
  }

  static string join(const vector<string>& path) {
    if (path.empty() || path[0][0] != kAbsolute) return go_name(path);
    string s = path[0].substr(1);
    for (size_t i = 1; i < path.size(); i++) s += '.' + path[i];
    return s;
  }

  // Whether a function without a linkage name is called by its symbol: C, or C++'s extern "C".
  bool is_c_function(Dwarf_Die* die, Dwarf_Die* decl) const {
    for (Dwarf_Off o = parent_of(dwarf_dieoffset(decl)); o != 0; o = parent_of(o)) {
      const int tag = scopes_.at(o).tag;
      if (tag != DW_TAG_compile_unit && tag != DW_TAG_namespace) return false;
    }
    Dwarf_Attribute a;
    bool external = false;
    if (dwarf_attr_integrate(die, DW_AT_external, &a) != nullptr) (void)dwarf_formflag(&a, &external);
    Dwarf_Die cu;
    if (external || dwarf_diecu(die, &cu, nullptr, nullptr) == nullptr) return true;
    switch (dwarf_srclang(&cu)) {
      case DW_LANG_C_plus_plus:
      case DW_LANG_C_plus_plus_03:
      case DW_LANG_C_plus_plus_11:
      case DW_LANG_C_plus_plus_14:
      case 0x2b:  // DW_LANG_C_plus_plus_17
      case 0x2c:  // DW_LANG_C_plus_plus_20
        return false;
      default: return true;
    }
  }

  static constexpr char kAbsolute = '/';  // marks a path component that is a whole Go name

  std::unordered_map<Dwarf_Off, Scope> scopes_;
  std::unordered_map<Dwarf_Off, size_t> lambda_number_;
  std::unordered_map<Dwarf_Off, string> names_;
};

// ---------------------------------------------------------------------------------------------- DWARF into a Model

// A call that was inlined, or (parent < 0) a function as it was compiled.
struct Node {
  int parent;
  string name;
  string call_file;  // where the caller called it
  u32 call_line;
  string decl_file;
  u32 decl_line;
  bool invoker;
};

// From pc `lo` on up to the next row: which line of which file, in which inlined call (-1: the function itself).
struct Row {
  u64 lo;
  int node;
  string file;
  u32 line;
};

struct Function {
  u64 lo, hi;
  u64 code_hi;  // behind it is padding
  string name;  // empty: a hole, no function
  vector<Node> nodes;
  vector<Row> rows;
};

// Files as the project names them: relative, without "./" and "a/../".
class Paths {
 public:
  explicit Paths(vector<string> strip) : strip_(std::move(strip)) {
    for (string& s : strip_)
      if (!ends_with(s, "/")) s += '/';
  }
  const string& clean(const char* raw) {
    const auto [it, is_new] = cache_.try_emplace(raw == nullptr ? "" : raw);
    if (is_new) it->second = make(it->first);
    return it->second;
  }

 private:
  string make(const string& raw) const {
    string_view s = raw;
    for (const string& p : strip_)
      if (starts_with(s, p)) {
        s.remove_prefix(p.size());
        break;
      }
    vector<string_view> parts;
    const bool absolute = starts_with(s, "/");
    while (!s.empty()) {
      const size_t slash = std::min(s.find('/'), s.size());
      const string_view part = s.substr(0, slash);
      s.remove_prefix(std::min(slash + 1, s.size()));
      if (part.empty() || part == ".") continue;
      if (part == ".." && !parts.empty() && parts.back() != "..") parts.pop_back();
      else parts.push_back(part);
    }
    string out;
    for (string_view p : parts) out.append(out.empty() && !absolute ? "" : "/").append(p);
    return out;
  }

  vector<string> strip_;
  std::map<string, string> cache_;
};

class Reader {
 public:
  Reader(Image& image, vector<string> strip) : image_(image), paths_(std::move(strip)) {}

  vector<Function> read() {
    read_dwarf();
    vector<Function> out = physical_functions();
    size_t line = 0;
    for (Function& f : out)
      if (!f.name.empty()) fill(f, &line);
    return out;
  }

 private:
  struct LineRow {
    u64 lo, hi;
    const string* file;
    u32 line;
  };
  struct Paint {
    u64 hi;
    int node;
  };

  // ---- symbols

  static bool better_alias(const Symbol& a, const Symbol& b) {
    const auto key = [](const Symbol& s) {
      const bool dotted = !starts_with(s.name, "_Z") && strip_clone(s.name).find('.') != string::npos;
      return std::make_tuple(!s.is_func, !dotted, s.bind == STB_LOCAL, s.bind == STB_WEAK, s.name);
    };
    return key(a) < key(b);
  }

  vector<Function> physical_functions() {
    std::map<u64, Symbol> at;
    for (const Symbol& s : image_.symbols()) {
      const auto [it, is_new] = at.try_emplace(s.addr, s);
      if (is_new) continue;
      const u64 size = std::max(it->second.size, s.size);
      if (better_alias(s, it->second)) it->second = s;
      it->second.size = size;
    }
    vector<Function> out;
    for (const Range& code : image_.code()) {
      u64 sized_end = 0;
      const size_t first = out.size();
      for (auto it = at.lower_bound(code.lo); it != at.end() && it->first < code.hi; ++it) {
        const Symbol& s = it->second;
        if (!s.is_func && s.addr < sized_end) continue;  // a label inside a function
        sized_end = s.size != 0 ? std::min(std::max(sized_end, s.addr + s.size), code.hi) : s.addr;
        if (out.size() != first) out.back().hi = s.addr;
        out.push_back({s.addr, code.hi, s.size != 0 ? s.addr + s.size : code.hi, name_of(s), {}, {}});
      }
      // Padding between functions belongs to the one before it. Not so behind the last one: another link may pad otherwise.
      if (out.size() != first && out.back().code_hi < out.back().hi) out.back().hi = out.back().code_hi;
    }
    if (out.empty()) throw BadInput(image_.path() + ": no function symbols");
    u64 end = image_.text();
    for (size_t i = 0; i < out.size(); end = out[i++].hi)  // holes before and between sections
      if (out[i].lo > end)
        out.insert(out.begin() + static_cast<std::ptrdiff_t>(i), {end, out[i].lo, out[i].lo, "", {}, {}});
    return out;
  }

  string name_of(const Symbol& s) {
    if (starts_with(s.name, "_Z") && mentions_lambda(s.name))
      if (const int n = root_at(s.addr); n >= 0) return nodes_[static_cast<size_t>(n)].name;
    return name_of_symbol(s.name);
  }

  // ---- DWARF

  static u64 udata(Dwarf_Die* die, unsigned attr) {
    Dwarf_Attribute a;
    Dwarf_Word v = 0;
    if (dwarf_attr(die, attr, &a) == nullptr || dwarf_formudata(&a, &v) != 0) return 0;
    return v;
  }

  void read_dwarf() {
    Dwarf* dw = image_.dwarf();
    vector<Dwarf_Die> units;
    Dwarf_CU* cu = nullptr;
    Dwarf_Die die;
    uint8_t unit_type;
    while (dwarf_get_units(dw, cu, &cu, nullptr, &unit_type, &die, nullptr) == 0)
      if (dwarf_tag(&die) == DW_TAG_compile_unit || dwarf_tag(&die) == DW_TAG_partial_unit) units.push_back(die);
    if (units.empty()) throw BadInput(image_.path() + ": no DWARF debug information (compile with -g, do not strip)");
    for (Dwarf_Die& u : units) {
      index_scopes(&u, 0, 0);
      read_lines(&u);
    }
    std::stable_sort(lines_.begin(), lines_.end(), [](const LineRow& a, const LineRow& b) { return a.lo < b.lo; });
    names_.number_lambdas(dw);
    for (Dwarf_Die& u : units) {
      Dwarf_Files* files = nullptr;
      (void)dwarf_getsrcfiles(&u, &files, nullptr);
      read_calls(&u, &u, -1, files, 0);
    }
  }

  static constexpr int kMaxDepth = 512;  // DIE trees of real programs are some twenty deep

  void index_scopes(Dwarf_Die* die, Dwarf_Off parent, int depth) {
    names_.add_scope(die, parent);
    Dwarf_Die c;
    if (depth > kMaxDepth || dwarf_child(die, &c) != 0) return;
    do {
      switch (dwarf_tag(&c)) {
        case DW_TAG_namespace:
        case DW_TAG_class_type:
        case DW_TAG_structure_type:
        case DW_TAG_union_type:
        case DW_TAG_subprogram:
        case DW_TAG_lexical_block:
        case DW_TAG_try_block:
        case DW_TAG_catch_block:
        case DW_TAG_inlined_subroutine: index_scopes(&c, dwarf_dieoffset(die), depth + 1); break;
        default: break;
      }
    } while (dwarf_siblingof(&c, &c) == 0);
  }

  void read_lines(Dwarf_Die* unit) {
    Dwarf_Lines* lines;
    size_t n;
    if (dwarf_getsrclines(unit, &lines, &n) != 0) return;
    // A row may stand where its sequence ends, without an instruction; sorted, it follows the end, and seems to reach as far as the
    // unit's next function. What the unit says of its code tells.
    vector<Range> own;
    Dwarf_Addr base, from, to;
    for (std::ptrdiff_t off = 0; (off = dwarf_ranges(unit, off, &base, &from, &to)) > 0;) own.push_back({from, to});
    for (size_t i = 0; i + 1 < n; i++) {
      Dwarf_Line* l = dwarf_onesrcline(lines, i);
      Dwarf_Addr lo, hi;
      bool end = false;
      int line = 0;
      if (dwarf_lineaddr(l, &lo) != 0 || dwarf_lineaddr(dwarf_onesrcline(lines, i + 1), &hi) != 0) continue;
      if (dwarf_lineendsequence(l, &end) != 0 || end || lo >= hi) continue;
      const Range* code = image_.code_at(lo);
      if (code == nullptr) continue;  // a function the linker has thrown out
      const auto in = std::find_if(own.begin(), own.end(), [lo](const Range& r) { return lo >= r.lo && lo < r.hi; });
      if (in == own.end() && !own.empty()) continue;
      if (in != own.end()) hi = std::min<u64>(hi, in->hi);
      (void)dwarf_lineno(l, &line);
      lines_.push_back(
          {lo, std::min<u64>(hi, code->hi), &paths_.clean(dwarf_linesrc(l, nullptr, nullptr)), static_cast<u32>(line)});
    }
  }

  // Makes a Node of each function with code and each inlined call, and paints the pcs they cover: callers first, so that
  // in the end each pc has its innermost call.
  void read_calls(Dwarf_Die* die, Dwarf_Die* owner, int parent, Dwarf_Files* files, int depth) {
    Dwarf_Die c;
    if (depth > kMaxDepth || dwarf_child(die, &c) != 0) return;
    do {
      const int tag = dwarf_tag(&c);
      if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine) {
        const bool inlined = tag == DW_TAG_inlined_subroutine;
        const int node = add_node(&c, inlined ? parent : -1, inlined, files);
        read_calls(&c, inlined ? owner : &c, node, files, depth + 1);
      } else if (tag == DW_TAG_lexical_block || tag == DW_TAG_try_block || tag == DW_TAG_catch_block ||
                 tag == DW_TAG_namespace || tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
                 tag == DW_TAG_union_type) {
        read_calls(&c, owner, parent, files, depth + 1);
      }
    } while (dwarf_siblingof(&c, &c) == 0);
  }

  int add_node(Dwarf_Die* die, int parent, bool inlined, Dwarf_Files* files) {
    vector<Range> pcs;
    Dwarf_Addr base, lo, hi;
    for (std::ptrdiff_t off = 0; (off = dwarf_ranges(die, off, &base, &lo, &hi)) > 0;)
      if (lo < hi && image_.code_at(lo) != nullptr) pcs.push_back({lo, hi});
    if (pcs.empty()) return parent;  // no code: an abstract instance, or a call of which nothing is left
    Node n{parent, names_.of_die(image_.dwarf(), die), "", 0, "", 0, Names::is_invoker(die)};
    int line = 0;
    n.decl_file = paths_.clean(dwarf_decl_file(die));
    if (dwarf_decl_line(die, &line) == 0) n.decl_line = static_cast<u32>(line);
    int id = static_cast<int>(nodes_.size());
    if (inlined) {
      if (parent < 0) return parent;
      const Node& p = nodes_[static_cast<size_t>(parent)];
      const u64 file = udata(die, DW_AT_call_file);
      n.call_file = files == nullptr ? "" : paths_.clean(dwarf_filesrc(files, file, nullptr, nullptr));
      n.call_line = static_cast<u32>(udata(die, DW_AT_call_line));
      if (n.call_file.empty() || n.call_line == 0) {  // unknown, as in code merged from several places
        n.call_file = p.decl_file;
        n.call_line = p.decl_line;
      }
      if (p.invoker && p.name == n.name) id = parent;  // a lambda in its own invoker is one function to the reader
    }
    if (id != parent) nodes_.push_back(std::move(n));
    for (const Range& r : pcs) paint(r.lo, r.hi, id);
    return id;
  }

  void split_paint(u64 at) {
    auto it = paint_.upper_bound(at);
    if (it == paint_.begin()) return;
    --it;
    if (it->first == at || it->second.hi <= at) return;
    paint_[at] = it->second;
    it->second.hi = at;
  }

  void paint(u64 lo, u64 hi, int node) {
    split_paint(lo);
    split_paint(hi);
    paint_.erase(paint_.lower_bound(lo), paint_.lower_bound(hi));
    paint_[lo] = {hi, node};
  }

  int node_at(u64 pc, u64* until) const {
    auto it = paint_.upper_bound(pc);
    if (it != paint_.end()) *until = std::min(*until, it->first);
    if (it == paint_.begin()) return -1;
    --it;
    if (it->second.hi <= pc) return -1;
    *until = std::min(*until, it->second.hi);
    return it->second.node;
  }

  int root_at(u64 pc) const {
    u64 until = ~u64{0};
    int n = node_at(pc, &until);
    while (n >= 0 && nodes_[static_cast<size_t>(n)].parent >= 0) n = nodes_[static_cast<size_t>(n)].parent;
    return n;
  }

  // ---- a physical function's inline tree and rows

  // The local number of a global node within f; -1 for a function itself.
  int import_node(Function& f, std::map<int, int>& known, int global) {
    if (global < 0 || nodes_[static_cast<size_t>(global)].parent < 0) return -1;
    if (const auto it = known.find(global); it != known.end()) return it->second;
    Node n = nodes_[static_cast<size_t>(global)];
    n.parent = import_node(f, known, n.parent);
    for (size_t i = 0; i < f.nodes.size(); i++) {  // several DIEs of one call look the same to the reader
      const Node& o = f.nodes[i];
      if (o.parent == n.parent && o.name == n.name && o.call_line == n.call_line && o.call_file == n.call_file)
        return known[global] = static_cast<int>(i);
    }
    f.nodes.push_back(std::move(n));
    return known[global] = static_cast<int>(f.nodes.size()) - 1;
  }

  // Fills in rows; *line is the first line row that may reach into f, for functions come in order.
  void fill(Function& f, size_t* line) {
    std::map<int, int> known;
    std::map<int, u32> last;  // the last line seen per node, for code of no line
    while (*line < lines_.size() && lines_[*line].hi <= f.lo) ++*line;
    size_t at = *line;
    const u64 end = std::min(f.hi, f.code_hi);
    for (u64 pc = f.lo; pc < end;) {
      u64 until = end;
      const int global = node_at(pc, &until);
      const int node = import_node(f, known, global);
      while (at < lines_.size() && lines_[at].hi <= pc) at++;
      Row row{pc, node, "", 0};
      if (at < lines_.size() && lines_[at].lo <= pc) {
        until = std::min(until, lines_[at].hi);
        row.file = *lines_[at].file;
        row.line = lines_[at].line;
      } else if (at < lines_.size()) {
        until = std::min(until, lines_[at].lo);
      }
      if (row.line != 0) {
        last[node] = row.line;
      } else if (global >= 0) {
        const auto it = last.find(node);
        row.line = it != last.end() ? it->second : nodes_[static_cast<size_t>(global)].decl_line;
        if (row.file.empty()) row.file = nodes_[static_cast<size_t>(global)].decl_file;
      }
      if (f.rows.empty() || f.rows.back().node != node || f.rows.back().file != row.file ||
          f.rows.back().line != row.line)
        f.rows.push_back(std::move(row));
      pc = until;
    }
  }

  Image& image_;
  Paths paths_;
  Names names_;
  vector<LineRow> lines_;
  vector<Node> nodes_;
  std::map<u64, Paint> paint_;
};

// ---------------------------------------------------------------------------------------------- Model into bytes

// The runtime's own functions are only met in tracebacks at their calls, and are half of every program: they are not split
// into what was inlined into them, and keep one row per call, from the end of the call before it on. `returns`: all return
// addresses, from the code itself, for DWARF's call sites leave out indirect calls (GCC) and many more (clang), and a
// call that is missing here would show the line of the next one. Null if they are not known: then all rows stay.
void thin(Function& f, const std::set<u64>* returns) {
  if (!starts_with(f.name, "runtime.")) return;
  if (starts_with(f.name, "runtime.detail.") || starts_with(f.name, "runtime.internal."))
    return;  // hold the program's lambdas
  vector<Row> flat;
  for (const Row& r : f.rows) {
    Row row{r.lo, -1, r.file, r.line};
    for (int n = r.node; n >= 0; n = f.nodes[static_cast<size_t>(n)].parent) {
      row.file = f.nodes[static_cast<size_t>(n)].call_file;
      row.line = f.nodes[static_cast<size_t>(n)].call_line;
    }
    if (flat.empty() || flat.back().file != row.file || flat.back().line != row.line) flat.push_back(row);
  }
  f.nodes.clear();
  f.rows = std::move(flat);
  if (returns == nullptr) return;
  const auto row_at = [&](u64 pc) {
    auto it = std::upper_bound(f.rows.begin(), f.rows.end(), pc, [](u64 v, const Row& r) { return v < r.lo; });
    return it == f.rows.begin() ? *it : *std::prev(it);
  };
  vector<Row> out;
  u64 from = f.lo;
  for (auto it = returns->upper_bound(f.lo); it != returns->end() && *it <= f.code_hi && !f.rows.empty(); ++it) {
    Row row = row_at(*it - 1);
    row.lo = from;
    from = *it;
    if (out.empty() || out.back().file != row.file || out.back().line != row.line) out.push_back(row);
  }
  if (!out.empty()) f.rows = std::move(out);
  else if (!f.rows.empty() && !ends_with(f.rows.front().file, ".S")) f.rows.resize(1);
}

class Encoder {
 public:
  Encoder(const vector<Function>& functions, u64 text) : functions_(functions), text_(text) {}

  // The unpacked table: docs/PCLNTAB.md.
  vector<u8> encode() {
    u64 end = text_;
    for (const Function& f : functions_) {
      if (f.lo != end) throw std::logic_error("internal error: functions leave a gap");
      add(f);
      end = f.hi;
    }
    vector<u8> raw(8);
    put32(raw, 0, static_cast<u32>(8 + code_.size()));
    put32(raw, 4, static_cast<u32>(8 + code_.size() + names_.size()));
    for (const vector<u8>* part : {&code_, &names_, &files_}) raw.insert(raw.end(), part->begin(), part->end());
    return raw;
  }

  static void put32(vector<u8>& to, size_t at, u32 v) {
    for (int i = 0; i < 4; i++) to[at + static_cast<size_t>(i)] = static_cast<u8>(v >> (8 * i));
  }

 private:
  void varint(u64 v) {
    for (; v >= 0x80; v >>= 7) code_.push_back(static_cast<u8>(v | 0x80));
    code_.push_back(static_cast<u8>(v));
  }
  void text(vector<u8>& to, const string& s) {
    to.insert(to.end(), s.begin(), s.end());
    to.push_back(0);
  }
  void name(const string& s) {
    if (starts_with(s, "runtime.")) text(names_, '\1' + s.substr(8));
    else if (starts_with(s, "main.")) text(names_, '\2' + s.substr(5));
    else text(names_, s);
  }
  u32 file(const string& s) {
    const auto [it, is_new] = file_ids_.try_emplace(s, static_cast<u32>(file_ids_.size()));
    if (is_new) text(files_, s);
    return it->second;
  }

  void add(const Function& f) {
    varint(f.hi - f.lo);
    varint(f.nodes.size());
    name(f.name);
    for (const Node& n : f.nodes) {
      varint(static_cast<u64>(n.parent + 1));
      varint(file(n.call_file));
      varint(n.call_line);
      name(n.name);
    }
    u32 line = 0, call = 0, in_file = 0;
    const size_t n = std::max<size_t>(f.rows.size(), 1);
    for (size_t i = 0; i < n; i++) {
      const Row row = f.rows.empty() ? Row{f.lo, -1, "", 0} : f.rows[i];
      const u64 lo = i == 0 ? f.lo : row.lo;
      const u64 hi = i + 1 < n ? f.rows[i + 1].lo : f.hi;
      const u32 row_call = static_cast<u32>(row.node + 1), row_file = f.name.empty() ? 0 : file(row.file);
      if (row_call != call || row_file != in_file) varint(0), varint(row_call), varint(row_file);
      varint(hi - lo);
      const i64 d = static_cast<i64>(row.line) - line;
      varint(static_cast<u64>(d) << 1 ^ static_cast<u64>(d >> 63));
      line = row.line, call = row_call, in_file = row_file;
    }
  }

  const vector<Function>& functions_;
  u64 text_;
  vector<u8> code_, names_, files_;
  std::map<string, u32> file_ids_;
};

// LZSS with an optimal parse: 0 and a byte (five bits of it if the upper three are those of the byte before), or 1, a length
// and a distance, both in Elias gamma codes (the lowest seven bits of the distance as they are). Beats fancier codes here, for the program must carry the decoder.
class Packer {
 public:
  static vector<u8> pack(const vector<u8>& in) {
    const size_t n = in.size();
    struct Match {
      u32 length, back;
    };
    // Per position the matches worth a thought: each longer than all nearer ones.
    vector<vector<Match>> matches(n);
    vector<vector<u32>> seen(65536);
    for (size_t i = 0; i + 1 < n; i++) {
      auto& before = seen[static_cast<size_t>(in[i]) << 8 | in[i + 1]];
      for (size_t k = before.size(); k-- > 0 && before.size() - k < 4096;) {
        const size_t j = before[k];
        u32 length = 2;
        while (i + length < n && length < 1024 && in[j + length] == in[i + length]) length++;
        if (matches[i].empty() || length > matches[i].back().length)
          matches[i].push_back({length, static_cast<u32>(i - j)});
      }
      before.push_back(static_cast<u32>(i));
    }
    vector<u32> cost(n + 1, 0);
    vector<Match> choice(n, Match{1, 0});
    for (size_t i = n; i-- > 0;) {
      cost[i] = cost[i + 1] + literal_bits(in, i);
      for (const Match& m : matches[i])
        for (u32 l = 2; l <= m.length; l++) {
          const u32 c = 1 + gamma_bits(l - 1) + gamma_bits(((m.back - 1) >> 7) + 1) + 7 + cost[i + l];
          if (c < cost[i]) cost[i] = c, choice[i] = {l, m.back};
        }
    }
    Packer p;
    for (size_t i = 0; i < n; i += choice[i].length) {
      if (choice[i].back == 0) {
        p.bits(literal_bits(in, i) == 7 ? 0 : 1, 2);
        p.bits(in[i], literal_bits(in, i) - 2);
      } else {
        p.bits(1, 1);
        p.gamma(choice[i].length - 1);
        p.gamma(((choice[i].back - 1) >> 7) + 1);
        p.bits((choice[i].back - 1) & 127, 7);
      }
    }
    return std::move(p.out_);
  }

 private:
  static u32 width(u32 v) {
    u32 n = 0;
    while (v >> n != 0) n++;
    return n;
  }
  // 00 and the lower five bits, if the upper three are those of the byte before; else 01 and all eight.
  static u32 literal_bits(const vector<u8>& in, size_t i) { return i > 0 && (in[i] ^ in[i - 1]) < 32 ? 7 : 10; }
  static u32 gamma_bits(u32 v) { return 2 * width(v) - 1; }
  void bits(u32 v, u32 n) {
    while (n-- > 0) {
      if (used_ == 0) out_.push_back(0);
      out_.back() = static_cast<u8>(out_.back() | (v >> n & 1) << (7 - used_));
      used_ = (used_ + 1) % 8;
    }
  }
  void gamma(u32 v) {
    bits(0, width(v) - 1);
    bits(v, width(v));
  }

  vector<u8> out_;
  u32 used_ = 0;
};

// Unpacks a table with the program's own reader.
vector<u8> unpack(const vector<u8>& table, const string& what) {
  rt0::PcLnHeader h;
  if (!rt0::pclntab_header(table.data(), table.size(), &h))
    throw BadInput(what + ": holds no table that this tool can read");
  vector<u8> raw(h.raw_len);
  if (!rt0::pclntab_unpack(table.data(), h, raw.data())) throw BadInput(what + ": the table is corrupt");
  return raw;
}

// Reads the finished table with the program's own reader and compares it with the model, row by row. A difference is a
// mistake in this tool or in the reader, and must not reach a binary.
void check_table(const vector<u8>& table, const vector<Function>& functions, u64 text) {
  const vector<u8> raw = unpack(table, "internal error");
  const auto same = [](rt0::Str package, rt0::Str func, const string& b) {
    return string(package.ptr, package.len) + string(func.ptr, func.len) == b;
  };
  for (const Function& f : functions)
    for (const Row& r : f.rows) {
      const u64 pc = std::max(r.lo, f.lo);
      rt0::PcFrame frames[rt0::kMaxPcDepth];
      const size_t n =
          rt0::pclntab_frames({raw.data(), raw.size()}, static_cast<u32>(pc - text), {frames, rt0::kMaxPcDepth});
      const string* file = &r.file;
      u32 line = r.line;
      int node = r.node;
      bool good = f.name.empty() ? n == 0 : n > 0;
      for (size_t i = 0; i < n && good; i++) {
        const bool inlined = node >= 0;
        const Node* call = inlined ? &f.nodes[static_cast<size_t>(node)] : nullptr;
        good = same(frames[i].package, frames[i].func, inlined ? call->name : f.name) &&
               same({}, frames[i].file, *file) && frames[i].line == line && frames[i].inlined == inlined &&
               frames[i].entry == f.lo - text && (inlined != (i + 1 == n) || n == rt0::kMaxPcDepth);
        if (inlined) file = &call->call_file, line = call->call_line, node = call->parent;
      }
      if (!good) {
        char where[64];
        snprintf(where, sizeof where, "internal error: the table is wrong at 0x%llx",
                 static_cast<unsigned long long>(pc));
        throw std::logic_error(where);
      }
    }
}

vector<u8> make_table(Image& image, const vector<string>& strip) {
  vector<Function> functions = Reader(image, strip).read();
  std::set<u64> returns;
  const bool known = image.find_returns(&returns);
  for (Function& f : functions) thin(f, known ? &returns : nullptr);
  const vector<u8> raw = Encoder(functions, image.text()).encode();
  const vector<u8> packed = Packer::pack(raw);
  vector<u8> table(rt0::kPcLnHeaderSize);
  memcpy(table.data(), "PCLN", 4);
  Encoder::put32(table, 4, 3);
  Encoder::put32(table, 8, static_cast<u32>(raw.size()));
  Encoder::put32(table, 12, static_cast<u32>(packed.size()));
  Encoder::put32(table, 16, functions.empty() ? 0 : static_cast<u32>(functions.back().hi - image.text()));
  table.insert(table.end(), packed.begin(), packed.end());
  check_table(table, functions, image.text());
  return table;
}

// ---------------------------------------------------------------------------------------------- what the user asked for

void write_assembly(const vector<u8>& table, const string& path, const string& name) {
  std::ofstream out(path, std::ios::trunc);
  out << "// The PC-line table, made by mkpclntab. Its format is in docs/PCLNTAB.md.\n"
         "  .section .note.GNU-stack, \"\", %progbits\n"
         "  .section .gopclntab, \"a\", %progbits\n";
  for (size_t i = 0; i < table.size(); i++)
    out << (i % 24 == 0 ? "  .byte " : ",") << static_cast<int>(table[i])
        << (i % 24 == 23 || i + 1 == table.size() ? "\n" : "");
  if (!name.empty())
    out << "  .section .rodata.programname, \"a\", %progbits\n"
           "  .globl runtime.programname\n"
           "  .type runtime.programname, %object\n"
           "  .p2align 1\n"  // some ISAs have no instruction for an odd address
           "runtime.programname:\n"
           "  .asciz \""
        << name
        << "\"\n"
           "  .size runtime.programname, . - runtime.programname\n";
  out.close();
  if (!out) throw BadInput(path + ": cannot write");
}

// 0 if the table inside is the one that this program needs, else 1.
int verify(Image& image, const vector<string>& strip) {
  if (!image.table()) throw BadInput(image.path() + ": no section .gopclntab");
  const vector<u8> want = make_table(image, strip);
  vector<u8> have = *image.table();
  while (have.size() > want.size() && have.back() == 0) have.pop_back();  // the linker script may pad
  if (have == want) {
    printf("%s: .gopclntab is up to date (%zu bytes)\n", image.path().c_str(), want.size());
    return 0;
  }
  size_t at = 0;
  while (at < have.size() && at < want.size() && have[at] == want[at]) at++;
  fprintf(
      stderr,
      "mkpclntab: %s: .gopclntab is stale: it has %zu bytes, the program needs %zu, and they differ from byte %zu on; "
      "link again with a new table\n",
      image.path().c_str(), image.table()->size(), want.size(), at);
  return 1;
}

void print_frames(u64 lo, u64 hi, const rt0::PcFrame* frames, size_t n) {
  const auto len = [](rt0::Str t) { return static_cast<int>(t.len); };
  for (size_t i = 0; i < n; i++) {
    const rt0::PcFrame& f = frames[i];
    if (i == 0)
      printf("%10llx +%-5llu ", static_cast<unsigned long long>(lo), static_cast<unsigned long long>(hi - lo));
    else printf("%18s", "");
    printf("%.*s%.*s  %.*s:%u%s\n", len(f.package), f.package.ptr, len(f.func), f.func.ptr,
           f.file.empty() ? 1 : len(f.file), f.file.empty() ? "?" : f.file.ptr, f.line, f.inlined ? " (inlined)" : "");
  }
}

// Prints the rows of the table inside, or those of one pc; 1 if that pc has none.
int dump(const Image& image, const std::optional<u64>& only) {
  if (!image.table()) throw BadInput(image.path() + ": no section .gopclntab");
  const vector<u8> raw = unpack(*image.table(), image.path() + ": .gopclntab");
  rt0::PcFrame frames[rt0::kMaxPcDepth];
  u32 lo = 0, hi = 0;
  if (only) {
    const size_t n = rt0::pclntab_frames({raw.data(), raw.size()}, static_cast<u32>(*only - image.text()),
                                         {frames, rt0::kMaxPcDepth}, &lo, &hi);
    print_frames(image.text() + lo, image.text() + hi, frames, n);
    return n == 0;
  }
  for (u32 pc = 0;; pc = hi) {
    lo = hi = pc;
    const size_t n = rt0::pclntab_frames({raw.data(), raw.size()}, pc, {frames, rt0::kMaxPcDepth}, &lo, &hi);
    if (hi <= pc) return 0;
    print_frames(image.text() + lo, image.text() + hi, frames, n);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Makes the PC-line table (.gopclntab) of a linked program from its symbols and DWARF."};
  string elf, out, pc, name;
  vector<string> strip;
  bool want_verify = false, want_dump = false;
  app.add_option("--elf", elf, "the linked program")->required()->type_name("FILE");
  CLI::Option* to = app.add_option("--out", out, "write the table as assembly to this file")->type_name("FILE");
  app.add_option("--name", name, "with --out: the name by which the program knows itself")
      ->type_name("NAME")
      ->needs(to);
  app.add_option("--strip-prefix", strip, "leave out this leading directory of source files")->type_name("DIR");
  CLI::Option* check = app.add_flag("--verify", want_verify,
                                    "compare the table inside the program with a new one; exit 1 if it is stale");
  CLI::Option* show = app.add_flag("--dump", want_dump, "print the table inside the program");
  app.add_option("--pc", pc, "with --dump: only what the table says of this address")->type_name("HEX")->needs(show);
  to->excludes(check)->excludes(show);
  check->excludes(show);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) { return app.exit(e) == 0 ? 0 : 2; }
  try {
    if (!want_verify && !want_dump && out.empty()) throw BadInput("say what to do: --out, --verify or --dump");
    std::optional<u64> only;
    if (!pc.empty()) {
      char* end;
      only = strtoull(pc.c_str(), &end, 16);
      if (*end != '\0') throw BadInput("--pc " + pc + ": not a hexadecimal number");
    }
    Image image(elf);
    if (want_dump) return dump(image, only);
    if (want_verify) return verify(image, strip);
    write_assembly(make_table(image, strip), out, name);
    return 0;
  } catch (const std::exception& e) {
    fprintf(stderr, "mkpclntab: %s\n", e.what());
    return 2;
  }
}
