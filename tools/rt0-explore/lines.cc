#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <unistd.h>

#include "explore.h"

#include <cstdlib>

namespace rt0explore {

namespace {

string place(const char* file, int line) {
  return file == nullptr || line <= 0 ? "" : string(file) + ":" + std::to_string(line);
}

// Code of rt0's own headers, which the compiler has put into the program's functions.
bool is_own(const string& s) { return s.find("include/rt0/") != string::npos; }

// The line at pc; where the code there was inlined, the innermost call that is the program's.
string line_at(Dwarf* dwarf, u64 pc) {
  Dwarf_Die unit;
  if (dwarf_addrdie(dwarf, pc, &unit) == nullptr) return "";
  Dwarf_Line* line = dwarf_getsrc_die(&unit, pc);
  int n = 0;
  if (line == nullptr || dwarf_lineno(line, &n) != 0) return "";
  string s = place(dwarf_linesrc(line, nullptr, nullptr), n);
  Dwarf_Files* files = nullptr;
  Dwarf_Die* scopes = nullptr;
  size_t nfiles = 0;
  const int count = dwarf_getscopes(&unit, pc, &scopes);
  for (int i = 0; i < count && is_own(s) && dwarf_getsrcfiles(&unit, &files, &nfiles) == 0; i++) {
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, call = 0;
    if (dwarf_tag(&scopes[i]) != DW_TAG_inlined_subroutine ||
        dwarf_formudata(dwarf_attr(&scopes[i], DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_formudata(dwarf_attr(&scopes[i], DW_AT_call_line, &attribute), &call) != 0)
      continue;
    s = place(dwarf_filesrc(files, file, nullptr, nullptr), static_cast<int>(call));
  }
  std::free(scopes);
  // As tracebacks have it: relative to the folder in which the program was compiled.
  Dwarf_Attribute attribute;
  const char* folder = dwarf_formstring(dwarf_attr(&unit, DW_AT_comp_dir, &attribute));
  const string beginning = folder == nullptr ? "" : string(folder) + "/";
  return !beginning.empty() && s.rfind(beginning, 0) == 0 ? s.substr(beginning.size()) : s;
}

}  // namespace

std::vector<string> lines_of(const string& program, const std::vector<Chosen>& choices) {
  std::vector<string> lines(choices.size());
  const int fd = ::open(program.c_str(), O_RDONLY | O_CLOEXEC);
  Dwarf* dwarf = fd < 0 ? nullptr : dwarf_begin(fd, DWARF_C_READ);
  for (size_t i = 0; dwarf != nullptr && i < choices.size(); i++)
    for (const u64 pc : choices[i].places)
      if (pc != 0 && (lines[i].empty() || is_own(lines[i]))) lines[i] = line_at(dwarf, pc);
  dwarf_end(dwarf);
  if (fd >= 0) ::close(fd);
  return lines;
}

}  // namespace rt0explore
