// Builds the sample with every compiler found, runs mkpclntab on it, and reads the table. Only pclntab_test.cc includes
// it.
#pragma once

#include "base/pclntab.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "pclntab_sample.h"

namespace rt0 {
namespace {

using std::string;
using std::vector;

#define STRINGIZE2(x) #x
#define STRINGIZE(x) STRINGIZE2(x)

string setting(const char* name, const char* fallback) {
  const char* v = getenv(name);
  return v != nullptr ? v : fallback;
}

string tool() {
#ifdef RT0_MKPCLNTAB
  return setting("RT0_MKPCLNTAB", STRINGIZE(RT0_MKPCLNTAB));
#else
  return setting("RT0_MKPCLNTAB", "");
#endif
}

string tmp_dir() {
  static const string dir = [] {
    string pattern = setting("RT0_TEST_TMP", "/tmp") + "/pclntab_test.XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) abort();
    static string to_remove;
    to_remove = pattern;
    atexit([] { std::filesystem::remove_all(to_remove); });
    return pattern;
  }();
  return dir;
}

struct Ran {
  int status;
  string out;  // of stdout and stderr
};

Ran run(const string& command) {
  FILE* p = popen((command + " 2>&1").c_str(), "r");
  Ran r{-1, ""};
  char buf[4096];
  for (size_t n; (n = fread(buf, 1, sizeof buf, p)) != 0;) r.out.append(buf, n);
  const int st = pclose(p);
  r.status = WIFEXITED(st) ? WEXITSTATUS(st) : -1;
  return r;
}

bool have(const string& program) { return run("command -v " + program).status == 0; }

void write_file(const string& name, const string& text) { std::ofstream(tmp_dir() + "/" + name) << text; }

// Reads the bytes of the table from an assembly file.
vector<u8> table_of(const string& path) {
  std::ifstream in(path);
  vector<u8> bytes;
  for (string line; std::getline(in, line);) {
    const size_t at = line.find(".byte ");
    if (at == string::npos) continue;
    std::istringstream numbers(line.substr(at + 6));
    for (string n; std::getline(numbers, n, ',');) bytes.push_back(static_cast<u8>(std::stoi(n)));
  }
  return bytes;
}

string text(Str s) { return string(s.ptr, s.len); }
string func(const PcFrame& f) { return text(f.package) + text(f.func); }

// The unpacked table; empty if the reader refuses it.
vector<u8> unpack(const vector<u8>& packed) {
  PcLnHeader h;
  if (!pclntab_header(packed.data(), packed.size(), &h)) return {};
  vector<u8> raw(h.raw_len);
  if (!pclntab_unpack(packed.data(), h, raw.data())) return {};
  return raw;
}

// A linked sample with its table.
struct Program {
  string elf;
  vector<u8> packed, raw;
  std::map<string, uintptr> symbols;
  uintptr text = 0, text_end = 0;

  // The frames at the instruction at pc. For a return address, pass the address of the byte before it.
  vector<PcFrame> frames(uintptr pc) const {
    vector<PcFrame> f(kMaxPcDepth);
    f.resize(pclntab_frames({raw.data(), raw.size()}, static_cast<u32>(pc - text), {f.data(), f.size()}));
    return f;
  }
  // The name of the physical function; empty if there is none.
  string name(uintptr pc) const {
    const auto f = frames(pc);
    return f.empty() ? "" : func(f.back());
  }
  // "func:line func:line …" at pc, innermost first; the physical function has a '!'.
  string chain(uintptr pc) const {
    string s;
    for (const PcFrame& f : frames(pc))
      s += (s.empty() ? "" : " ") + func(f) + ":" + std::to_string(f.line) + (f.inlined ? "" : "!");
    return s;
  }
  bool has_chain(const string& want) const {
    for (uintptr pc = text; pc < text_end; pc++)
      if (chain(pc) == want) return true;
    return false;
  }
};

u32 line_of(const string& mark) {
  std::istringstream in(kSample);
  u32 n = 0;
  for (string line; std::getline(in, line);) {
    n++;
    const size_t at = line.find("//@");
    if (at != string::npos && line.substr(at + 3) == mark) return n;
  }
  ADD_FAILURE() << "no mark " << mark;
  return 0;
}

string at(const string& func, const string& mark) { return func + ":" + std::to_string(line_of(mark)); }

struct Toolchain {
  string name, compile, link;
};

std::ostream& operator<<(std::ostream& o, const Toolchain& t) { return o << t.name; }

vector<Toolchain> toolchains() {
  const string common =
      " -std=c++20 -O2 -g -ffreestanding -fno-exceptions -fno-rtti -fno-asynchronous-unwind-tables"
      " -fno-stack-protector -fno-pic -w -c ";
  vector<Toolchain> all;
  if (have("g++")) all.push_back({"gcc", "g++" + common, "ld"});
  if (have("clang++-19")) {
    all.push_back({"clang", "clang++-19" + common, "ld"});
    if (have("ld.lld-19"))
      for (const char* target : {"mips-linux-gnu", "armv7-linux-gnueabi", "riscv64-linux-gnu", "s390x-linux-gnu"})
        all.push_back({target, string("clang++-19 --target=") + target + common, "ld.lld-19"});
  }
  return all;
}

// Links twice, as the real build does; returns null and reports a failure if anything fails.
std::unique_ptr<Program> build(const Toolchain& tc) {
  const string d = tmp_dir() + "/", base = d + tc.name;
  write_file("sample.cc", kSample);
  write_file("asm.s", kAsm);
  write_file("stale.s",
             "  .section .gopclntab, \"a\", %progbits\n  .byte 1, 2, 3\n  .section .note.GNU-stack, \"\", %progbits\n");
  write_file("link.ld", kLinkerScript);
  const string objects = base + ".o " + base + ".asm.o ";
  const string as = tc.compile.substr(0, tc.compile.find(" -std")) + " -c -x assembler ";
  for (const string& c : {"cd " + d + " && " + tc.compile + "-ffile-prefix-map=" + d + "= sample.cc -o " + base + ".o",
                          as + d + "asm.s -o " + base + ".asm.o", as + d + "stale.s -o " + base + ".stale.o",
                          tc.link + " -static -T " + d + "link.ld " + objects + base + ".stale.o -o " + base + ".1",
                          tool() + " --elf " + base + ".1 --out " + base + ".tab.s --strip-prefix " + d,
                          as + base + ".tab.s -o " + base + ".tab.o",
                          tc.link + " -static -T " + d + "link.ld " + objects + base + ".tab.o -o " + base + ".elf"}) {
    const Ran r = run(c);
    if (r.status != 0) {
      ADD_FAILURE() << c << "\n" << r.out;
      return nullptr;
    }
  }
  auto p = std::make_unique<Program>();
  p->elf = base + ".elf";
  p->packed = table_of(base + ".tab.s");
  p->raw = unpack(p->packed);
  EXPECT_FALSE(p->raw.empty());
  std::istringstream nm(run((have("llvm-nm") ? "llvm-nm " : "nm ") + p->elf).out);
  for (string line; std::getline(nm, line);) {
    std::istringstream words(line);
    string addr, type, sym;
    if (!(words >> addr >> type >> sym)) continue;
    p->symbols[sym] = static_cast<uintptr>(std::stoull(addr, nullptr, 16));
  }
  p->text = p->symbols.at("runtime.text");
  PcLnHeader h{};
  EXPECT_TRUE(pclntab_header(p->packed.data(), p->packed.size(), &h));
  p->text_end = p->text + h.text_size;
  return p;
}

}  // namespace
}  // namespace rt0
