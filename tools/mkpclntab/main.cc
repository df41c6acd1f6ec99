// mkpclntab: makes the PC-line table of a linked program, which a traceback reads to print `function` and `file:line`.
//
// The program is linked twice (as Linux does with kallsyms): first with an empty table; this tool reads symbols and
// DWARF of the result and writes the table as assembly; the second link includes it. The linker script puts .gopclntab
// after the text, so that nothing in the text moves. --verify checks that: a table made from the final program must
// equal the one inside it. So nothing here may depend on the table, on addresses outside the text, or on the host. The
// format is in docs/PCLNTAB.md, its reader in base/pclntab.cc.
//
// A program that uses something of the C++ library that rt0 does not have gets no table, but a sentence that says so
// (runtime/cxx/refused.cc), so that its second link never happens.
//
// In order of the work: image.h (the ELF file), calls.cc (the calls in the code), names.cc and dwarf_names.h (the names
// of functions), model.cc (functions, inline trees, rows), table.cc and pack.cc (bytes).
#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <optional>

#include "base/pclntab.h"
#include "mkpclntab/table.h"

namespace {

using namespace mkpclntab;

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
           "  .p2align 1\n"  // some ISAs cannot form an odd address
           "runtime.programname:\n"
           "  .asciz "
        << std::quoted(name)
        << "\n"
           "  .size runtime.programname, . - runtime.programname\n";
  out.close();
  if (!out) throw BadInput(path + ": cannot write");
}

// Returns 0 if the table in the program equals the one made from the program, else 1.
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

// Prints the rows of the table in the program, or those of one pc; returns 1 if that pc has none.
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
  app.add_option("--name", name, "with --out: the program's name, put into the program as runtime.programname")
      ->type_name("NAME")
      ->needs(to);
  app.add_option("--strip-prefix", strip, "leave out this leading directory of source files")->type_name("DIR");
  CLI::Option* check = app.add_flag("--verify", want_verify,
                                    "compare the table inside the program with a new one; exit 1 if it is stale");
  CLI::Option* show = app.add_flag("--dump", want_dump, "print the table inside the program");
  app.add_option("--pc", pc, "with --dump: print only the row of this address")->type_name("HEX")->needs(show);
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
    if (!image.refused().empty()) {
      fprintf(stderr, "rt0: %s: %s\n", name.empty() ? elf.c_str() : name.c_str(), image.refused().c_str());
      return 2;
    }
    if (image.lacks_tls()) return 3;  // rt0-link links it anew, with that
    write_assembly(make_table(image, strip), out, name);
    return 0;
  } catch (const std::exception& e) {
    fprintf(stderr, "mkpclntab: %s\n", e.what());
    return 2;
  }
}
