// The witness: a QEMU TCG plugin that logs which functions a guest enters, on which thread, after how many
// instructions. rt0 records its own boot in a trace; this log comes from an independent observer, so that the two can
// be compared. boot_order.py reads the log; README.md beside it says how to run it.
//
//   W1  An entry is the execution of an instruction at a function symbol's address, however it was reached: by a call,
//   a jump, or by running into it from the code above. So the test is made for every translated instruction, not for
//   every block: QEMU decides where blocks begin and end.
//   W2  A count is the exact number of instructions that this thread began before the present one. Every instruction
//   has its own callback: counting per block is cheaper, but wrong where a fault leaves a block in the middle.
//   W3  Every line is one write(2) to a file opened for appending. So a guest that dies by a signal loses only the
//   totals (QEMU 7.2 calls no plugin then), and threads need no lock.
//
// Which thread writes what: all of `g` except its atomics is written during install, before any guest thread exists,
// and by on_translate() under QEMU's translation lock. A Thread is set up by the thread that creates its guest thread,
// and then written by its own guest thread, except for its two base counts, see on_from().
#include "qemu_plugin.h"

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

int qemu_plugin_version = 1;

namespace {

constexpr int kLowestLogFd = 900;        // the guest shares this descriptor table and uses low numbers
constexpr unsigned kMaxVcpus = 1 << 16;  // vcpu indexes are reused, so this limits the threads alive at once

// A counter with one writer: relaxed load and store compile to plain moves. Atomic because another thread reads totals
// at exit, and sets bases at `from`.
struct Count {
  std::atomic<uint64_t> n{0};
  uint64_t get() const { return n.load(std::memory_order_relaxed); }
  void set(uint64_t v) { n.store(v, std::memory_order_relaxed); }
};

// A function: an address with one or more symbols. Never freed, because QEMU's translated code has pointers to it.
struct Function {
  std::string name;                  // of several, the one that better() prefers
  std::vector<std::string> aliases;  // all of them, for from= and until=
  bool log = false;                  // chosen by prefix=, or is `from` or `until`
};

// A guest thread, numbered in order of creation. Never freed, because its totals are needed at exit.
struct alignas(64) Thread {
  unsigned number = 0;
  Count insns, syscalls;            // since the thread's first instruction
  Count base_insns, base_syscalls;  // their values when `from` was met
  const Function* last = nullptr;   // the last entry, and the count at it: see on_entry
  uint64_t last_at = 0;
  Thread* next = nullptr;
};

enum Phase : int { kBefore, kLogging, kOver };

struct {
  int fd = -1;
  pid_t pid = 0;  // a forked child inherits the descriptor, but must not be logged
  std::string elf;
  uint64_t code = 0;             // address of the lowest executable segment in the file
  uint64_t mask = ~uint64_t{0};  // 32-bit guests have 32-bit addresses
  bool count = true, all = false;
  bool met = false;   // whether meet_guest() has run; written under the translation lock, as is bias
  uint64_t bias = 0;  // guest address minus file address: not 0 for a position-independent program
  std::deque<Function> functions;
  std::unordered_map<uint64_t, Function*> by_address;
  const Function* from = nullptr;
  const Function* until = nullptr;
  std::string until_name;
  std::atomic<int> phase{kBefore};
  std::atomic<bool> until_met{false};
  std::atomic<unsigned> n_threads{0};
  std::atomic<Thread*> threads{nullptr};
} g;

// For each vcpu index the thread that now runs as this vcpu. Written by the thread that creates that thread, before it
// runs, and set to null when it ends.
std::atomic<Thread*> by_vcpu[kMaxVcpus];

// --- Output ----------------------------------------------------------------------------------------------------------

// Prints one line on stderr. Returns false, for the caller to return in turn.
[[gnu::format(printf, 1, 2)]] bool complain(const char* format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  dprintf(STDERR_FILENO, "witness: %s\n", text);
  return false;
}

void put(std::string_view a, std::string_view b, std::string_view c) {
  if (getpid() != g.pid) return;
  const iovec v[] = {{const_cast<char*>(a.data()), a.size()},
                     {const_cast<char*>(b.data()), b.size()},
                     {const_cast<char*>(c.data()), c.size()}};
  while (writev(g.fd, v, 3) < 0 && errno == EINTR) {}  // a full disk loses lines: the reader misses the until line
}

// The totals of one thread after the words `what`: "# exit thread 0 instructions 12 syscalls 1".
void put_totals(std::string_view what, const Thread* t) {
  char n[128];
  const uint64_t syscalls = t->syscalls.get() - t->base_syscalls.get();
  if (g.count) {
    snprintf(n, sizeof n, " thread %u instructions %" PRIu64 " syscalls %" PRIu64 "\n", t->number,
             t->insns.get() - t->base_insns.get(), syscalls);
  } else {
    snprintf(n, sizeof n, " thread %u instructions - syscalls %" PRIu64 "\n", t->number, syscalls);
  }
  put("# ", what, n);
}

void put_entry(const Thread* t, const Function* f) {
  char n[64];
  if (g.count) snprintf(n, sizeof n, "%u %" PRIu64 " ", t->number, t->insns.get() - t->base_insns.get());
  else snprintf(n, sizeof n, "%u - ", t->number);
  put(n, f->name, "\n");
}

// --- What the guest does ---------------------------------------------------------------------------------------------

// Runs on the creating thread, before the new one runs, so the numbers are in order of creation. QEMU orders a thread's
// end before the reuse of its index.
void on_thread(qemu_plugin_id_t, unsigned vcpu) {
  auto* t = new Thread;
  t->number = g.n_threads.fetch_add(1);
  t->next = g.threads.load();
  while (!g.threads.compare_exchange_weak(t->next, t)) {}
  if (vcpu < kMaxVcpus) by_vcpu[vcpu].store(t, std::memory_order_release);
}

// A thread ends by itself. QEMU does not call this for the main thread when the process exits, nor for other threads
// that are alive then: see on_exit.
void on_thread_end(qemu_plugin_id_t, unsigned vcpu) {
  if (vcpu >= kMaxVcpus) return;
  Thread* t = by_vcpu[vcpu].exchange(nullptr);
  if (t == nullptr) return;
  if (g.phase.load() != kBefore) put_totals("exit", t);
  t->number = ~0u;  // its totals are written
}

Thread* thread_of(unsigned vcpu) {
  Thread* t = vcpu < kMaxVcpus ? by_vcpu[vcpu].load(std::memory_order_relaxed) : nullptr;
  if (t == nullptr) [[unlikely]] {
    complain("vcpu %u runs, but QEMU did not say that it began", vcpu);
    _exit(1);
  }
  return t;
}

void on_insn(unsigned vcpu, void*) {
  Thread* t = thread_of(vcpu);
  t->insns.set(t->insns.get() + 1);
}

// Counting begins: each thread's counts so far become its base. Another thread may run meanwhile and get a base that is
// a few instructions old; the base of the thread that met `from` is exact.
void on_from() {
  for (Thread* t = g.threads.load(); t != nullptr; t = t->next) {
    t->base_insns.set(t->insns.get());
    t->base_syscalls.set(t->syscalls.get());
  }
  g.phase.store(kLogging);
}

// Logs an entry, as far as the options ask for it. The instruction itself is not counted yet.
void tell_entry(Thread* t, const Function* f) {
  if (f == g.from && g.phase.load() == kBefore) on_from();
  if (g.phase.load(std::memory_order_relaxed) != kLogging) return;
  if (f->log) put_entry(t, f);
  if (f == g.until && !g.until_met.exchange(true)) {
    if (!g.all) g.phase.store(kOver);
    put_totals("until " + g.until_name, t);
  }
}

void on_entry(unsigned vcpu, void* data) {
  auto* f = static_cast<const Function*>(data);
  Thread* t = thread_of(vcpu);
  if (!g.count) return tell_entry(t, f);
  // The same instruction twice in a row is not a second entry but the next iteration of a `rep`.
  const uint64_t at = t->insns.get();
  if (t->last != f || t->last_at + 1 != at) tell_entry(t, f);
  t->last = f;
  t->last_at = at;
  t->insns.set(at + 1);
}

void on_syscall(qemu_plugin_id_t, unsigned vcpu, int64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                uint64_t, uint64_t) {
  Thread* t = thread_of(vcpu);
  t->syscalls.set(t->syscalls.get() + 1);
}

// Runs at exit_group, or at main's return from QEMU. Other threads' guest code has no callbacks any more, so their
// counts no longer change.
void on_exit(qemu_plugin_id_t, void*) {
  if (g.phase.exchange(kBefore) == kBefore) return;  // `from` was not met, or QEMU calls a second time
  std::vector<const Thread*> left;
  for (const Thread* t = g.threads.load(); t != nullptr; t = t->next) {
    if (t->number != ~0u) left.push_back(t);
  }
  std::sort(left.begin(), left.end(), [](auto* a, auto* b) { return a->number < b->number; });
  for (const Thread* t : left) put_totals("exit", t);
}

bool same_contents(const char* a, const char* b) {
  struct stat sa, sb;
  if (stat(a, &sa) != 0 || stat(b, &sb) != 0) return false;
  if (sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino) return true;
  std::ifstream fa(a, std::ios::binary), fb(b, std::ios::binary);
  using It = std::istreambuf_iterator<char>;
  return sa.st_size == sb.st_size && fa && fb && std::equal(It(fa), It(), It(fb), It());
}

// The guest is loaded now. Checks that it is the ELF file given as elf=, and finds its load address. With the symbols
// of an older build the log would be wrong, so the whole file must be the same.
void meet_guest() {
  g.met = true;
  char* path = qemu_plugin_path_to_binary();
  if (path == nullptr || !same_contents(path, g.elf.c_str())) {
    complain("elf=%s is not the program that runs: %s", g.elf.c_str(), path == nullptr ? "?" : path);
    _exit(1);
  }
  free(path);
  g.bias = (qemu_plugin_start_code() - g.code) & g.mask;
}

void on_translate(qemu_plugin_id_t, qemu_plugin_tb* tb) {
  if (!g.met) meet_guest();
  const size_t n = qemu_plugin_tb_n_insns(tb);
  for (size_t i = 0; i < n; i++) {
    qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(tb, i);
    const auto f = g.by_address.find((qemu_plugin_insn_vaddr(insn) - g.bias) & g.mask);
    if (f != g.by_address.end()) {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, on_entry, QEMU_PLUGIN_CB_NO_REGS, f->second);
    } else if (g.count) {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, QEMU_PLUGIN_CB_NO_REGS, nullptr);
    }
  }
}

// --- The guest's symbols ---------------------------------------------------------------------------------------------

struct Symbol {
  uint64_t address;
  std::string name;
  bool is_func, is_global;
};

// The order of preference among names at one address: a name with a '.', as Go's have (so main.main before main); then
// STT_FUNC before a bare label; then global before local; then alphabetical, so that the choice depends on the names
// alone.
bool better(const Symbol& a, const Symbol& b) {
  const bool a_dot = a.name.find('.') != a.name.npos, b_dot = b.name.find('.') != b.name.npos;
  if (a_dot != b_dot) return a_dot;
  if (a.is_func != b.is_func) return a.is_func;
  if (a.is_global != b.is_global) return a.is_global;
  return a.name < b.name;
}

// Symbols that are not entries: the assembler's own labels, the cold parts that compilers split off functions, the
// linker's marks.
bool is_no_function(std::string_view name) {
  static constexpr std::string_view kMarks[] = {"runtime.text", "runtime.etext", "etext",
                                                "_etext",       "__etext",       "__executable_start"};
  return name.empty() || name[0] == '.' || name[0] == '$' || name.ends_with(".cold") ||
         std::find(std::begin(kMarks), std::end(kMarks), name) != std::end(kMarks);
}

// ppc64 ELFv1 only: a function symbol points at a descriptor in .opd, whose first word is the address of the code.
uint64_t through_descriptor(Elf_Scn* scn, const GElf_Shdr& section, uint64_t address) {
  Elf_Data* data = elf_rawdata(scn, nullptr);
  const uint64_t offset = address - section.sh_addr;
  if (data == nullptr || offset + 8 > data->d_size) return 0;
  uint64_t code = 0;
  for (size_t i = 0; i < 8; i++) code = code << 8 | static_cast<const uint8_t*>(data->d_buf)[offset + i];  // big endian
  return code;
}

// The address of a function's first instruction that every caller reaches. 0: this symbol is no function.
uint64_t entry_address(Elf* elf, const GElf_Ehdr& header, const GElf_Sym& sym) {
  Elf_Scn* scn = sym.st_shndx < SHN_LORESERVE ? elf_getscn(elf, sym.st_shndx) : nullptr;
  GElf_Shdr section;
  if (scn == nullptr || sym.st_shndx == SHN_UNDEF || gelf_getshdr(scn, &section) == nullptr) return 0;
  const char* name = elf_strptr(elf, header.e_shstrndx, section.sh_name);
  if (header.e_machine == EM_PPC64 && name != nullptr && strcmp(name, ".opd") == 0) {
    return through_descriptor(scn, section, sym.st_value);
  }
  if ((section.sh_flags & SHF_EXECINSTR) == 0) return 0;
  if (header.e_machine == EM_ARM) return sym.st_value & ~uint64_t{1};  // bit 0 says Thumb
  if (header.e_machine == EM_PPC64) {
    // ELFv2: callers from the same module skip the first instructions, which set up r2; those from outside run into the
    // rest.
    return sym.st_value + static_cast<uint64_t>(PPC64_LOCAL_ENTRY_OFFSET(sym.st_other));
  }
  return sym.st_value;
}

void read_symbol(Elf* elf, const GElf_Ehdr& header, const GElf_Shdr& table, const GElf_Sym& sym,
                 std::vector<Symbol>& out) {
  const int type = GELF_ST_TYPE(sym.st_info);
  const bool is_func = type == STT_FUNC || type == STT_GNU_IFUNC;
  const bool is_global = GELF_ST_BIND(sym.st_info) != STB_LOCAL;
  if (!is_func && !(type == STT_NOTYPE && is_global)) return;
  const char* name = elf_strptr(elf, table.sh_link, sym.st_name);
  if (name == nullptr || is_no_function(name)) return;
  const uint64_t address = entry_address(elf, header, sym);
  if (address != 0) out.push_back({address & g.mask, name, is_func, is_global});
}

bool read_symbols(Elf* elf, const GElf_Ehdr& header, std::vector<Symbol>& out) {
  for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(elf, scn)) != nullptr;) {
    GElf_Shdr table;
    if (gelf_getshdr(scn, &table) == nullptr) return false;
    if (table.sh_type != SHT_SYMTAB) continue;
    Elf_Data* data = elf_getdata(scn, nullptr);
    if (data == nullptr || table.sh_entsize == 0) return false;
    GElf_Sym sym;
    for (int i = 0; gelf_getsym(data, i, &sym) != nullptr; i++) read_symbol(elf, header, table, sym, out);
  }
  return true;
}

bool read_elf(Elf* elf, std::vector<Symbol>& symbols) {
  GElf_Ehdr header;
  if (elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &header) == nullptr) return false;
  if (header.e_ident[EI_CLASS] == ELFCLASS32) g.mask = 0xffff'ffff;
  g.code = ~uint64_t{0};
  size_t n_segments;
  if (elf_getphdrnum(elf, &n_segments) != 0) return false;
  for (size_t i = 0; i < n_segments; i++) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr) return false;
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X)) g.code = std::min<uint64_t>(g.code, segment.p_vaddr);
  }
  return read_symbols(elf, header, symbols);
}

bool load_functions() {
  const int fd = open(g.elf.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return complain("elf=%s: %s", g.elf.c_str(), strerror(errno));
  std::vector<Symbol> symbols;
  elf_version(EV_CURRENT);
  Elf* elf = elf_begin(fd, ELF_C_READ, nullptr);
  const bool good = elf != nullptr && read_elf(elf, symbols);
  elf_end(elf);
  close(fd);
  if (!good) return complain("elf=%s: not an ELF file that can be read", g.elf.c_str());
  if (symbols.empty()) return complain("elf=%s: no function symbols (stripped?)", g.elf.c_str());

  std::sort(symbols.begin(), symbols.end(), better);
  for (Symbol& s : symbols) {
    Function*& f = g.by_address[s.address];
    if (f == nullptr) {
      f = &g.functions.emplace_back();
      f->name = s.name;
    }
    f->aliases.push_back(std::move(s.name));
  }
  return true;
}

// --- Arguments -------------------------------------------------------------------------------------------------------

struct Args {
  std::string out, from, until;
  std::vector<std::string> prefixes;
};

bool parse_switch(const char* arg, std::string_view value, bool& to) {
  if (value != "on" && value != "off") return complain("bad argument '%s': it must be on or off", arg);
  to = value == "on";
  return true;
}

bool parse(int argc, char** argv, Args& args) {
  for (int i = 0; i < argc; i++) {
    const std::string_view arg = argv[i];
    const size_t eq = arg.find('=');
    const std::string_view key = arg.substr(0, eq), value = eq == arg.npos ? "" : arg.substr(eq + 1);
    if (key == "out") args.out = value;
    else if (key == "elf") g.elf = value;
    else if (key == "from") args.from = value;
    else if (key == "until") args.until = value;
    else if (key == "prefix") args.prefixes.emplace_back(value);
    else if (key == "insns") {
      if (!parse_switch(argv[i], value, g.count)) return false;
    } else if (key == "all") {
      if (!parse_switch(argv[i], value, g.all)) return false;
    } else return complain("unknown argument '%s' (known: out elf from until prefix insns all)", argv[i]);
  }
  if (args.out.empty()) return complain("out=FILE is missing");
  if (g.elf.empty()) return complain("elf=FILE is missing: the guest program");
  return true;
}

bool find_function(const char* key, const std::string& name, const Function*& to) {
  if (name.empty()) return true;
  for (Function& f : g.functions) {
    if (std::find(f.aliases.begin(), f.aliases.end(), name) == f.aliases.end()) continue;
    f.log = true;
    to = &f;
    return true;
  }
  return complain("%s=%s: %s has no such function", key, name.c_str(), g.elf.c_str());
}

void choose_what_to_log(const std::vector<std::string>& prefixes) {
  for (Function& f : g.functions) {
    f.log = f.log || prefixes.empty() ||
            std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return f.name.starts_with(p); });
  }
}

bool open_log(const std::string& path) {
  const int low = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (low < 0) return complain("out=%s: %s", path.c_str(), strerror(errno));
  g.fd = fcntl(low, F_DUPFD_CLOEXEC, kLowestLogFd);
  const int error = errno;
  close(low);
  if (g.fd < 0) return complain("out=%s: no descriptor of %d or more: %s", path.c_str(), kLowestLogFd, strerror(error));
  g.pid = getpid();
  return true;
}

}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv) {
  Args args;
  if (info->system_emulation) return complain("this QEMU emulates a machine; only user mode can be witnessed"), 1;
  if (!parse(argc, argv, args) || !load_functions() || !find_function("from", args.from, g.from) ||
      !find_function("until", args.until, g.until) || !open_log(args.out)) {
    return 1;
  }
  choose_what_to_log(args.prefixes);
  g.until_name = args.until;
  if (g.from == nullptr) g.phase.store(kLogging);
  put("# witness 1 ", info->target_name, "\n");

  qemu_plugin_register_vcpu_init_cb(id, on_thread);
  qemu_plugin_register_vcpu_exit_cb(id, on_thread_end);
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  qemu_plugin_register_vcpu_syscall_cb(id, on_syscall);
  qemu_plugin_register_atexit_cb(id, on_exit, nullptr);
  return 0;
}
