// Turns DWARF and symbols into functions, inline trees and rows.
#include "mkpclntab/model.h"

#include <dwarf.h>

#include <map>

#include "mkpclntab/dwarf_names.h"

namespace mkpclntab {

namespace {

// Files as the project names them: relative paths without "./" and "a/../".
class Paths {
 public:
  explicit Paths(vector<string> strip) : strip_(std::move(strip)) {
    for (string& s : strip_)
      if (!ends_with(s, "/")) s += '/';
  }
  // After this call clean() gets paths of this unit. libdw puts the folder in which the compiler ran before the name of
  // a file in the project's top folder, because the map of prefixes has left nothing of its own folder.
  void enter(Dwarf_Die* unit) {
    Dwarf_Attribute a;
    const char* dir = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &a));
    folder_ = dir == nullptr || *dir == '\0' ? "" : string(dir) + '/';
  }
  const string& clean(const char* raw) {
    string_view s = raw == nullptr ? "" : raw;
    if (!folder_.empty() && starts_with(s, folder_)) s.remove_prefix(folder_.size());
    const auto [it, is_new] = cache_.try_emplace(string(s));
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
  string folder_;
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
  struct Start {
    string name, file;
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
      // Padding between functions counts as part of the function before it. Padding after the last one does not count
      // at all, because another link may pad differently.
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
      paths_.enter(&u);
      read_lines(&u);
    }
    std::stable_sort(lines_.begin(), lines_.end(), [](const LineRow& a, const LineRow& b) { return a.lo < b.lo; });
    names_.number_lambdas(dw);
    for (Dwarf_Die& u : units) {
      Dwarf_Files* files = nullptr;
      (void)dwarf_getsrcfiles(&u, &files, nullptr);
      paths_.enter(&u);
      read_calls(&u, &u, -1, files, 0);
    }
  }

  static constexpr int kMaxDepth = 512;  // DIE trees of real programs have about twenty levels

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
    // A row may stand at the end of its sequence, without an instruction. Sorted, it follows the end, and seems to
    // reach to the unit's next function. The unit's own address ranges cut it off.
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
      if (code == nullptr) continue;  // a function that the linker has removed
      const auto in = std::find_if(own.begin(), own.end(), [lo](const Range& r) { return lo >= r.lo && lo < r.hi; });
      if (in == own.end() && !own.empty()) continue;
      if (in != own.end()) hi = std::min<u64>(hi, in->hi);
      (void)dwarf_lineno(l, &line);
      lines_.push_back(
          {lo, std::min<u64>(hi, code->hi), &paths_.clean(dwarf_linesrc(l, nullptr, nullptr)), static_cast<u32>(line)});
    }
  }

  // Makes a Node of each function with code and each inlined call, and "paints" its pcs: notes in paint_ that they
  // belong to it. Callers come first, so that in the end each pc has its innermost call.
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
    if (pcs.empty()) return parent;  // no code: an abstract instance, or a call that was optimised away
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
    if (!inlined && n.name == "runtime.detail.Closure.run") add_start(die, pcs.front().lo);
    if (id != parent) nodes_.push_back(std::move(n));
    for (const Range& r : pcs) paint(r.lo, r.hi, id);
    return id;
  }

  // Notes which function a goroutine's first function is there to call. A goroutine that has not yet run is at the
  // first function's entry, and is shown at the head of the function that it will call, as in Go.
  void add_start(Dwarf_Die* run, u64 entry) {
    Dwarf_Die call, type;
    if (!names_.callable_of(image_.dwarf(), run, &call, &type)) return;
    int line = 0;
    Dwarf_Die* at = dwarf_decl_line(&call, &line) == 0 ? &call : &type;
    if (dwarf_decl_line(at, &line) != 0) return;
    starts_[entry] = {names_.of_die(image_.dwarf(), &call), paths_.clean(dwarf_decl_file(at)), static_cast<u32>(line)};
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

  // The number within f of a node of the whole program; -1 for the function itself.
  int import_node(Function& f, std::map<int, int>& known, int global) {
    if (global < 0 || nodes_[static_cast<size_t>(global)].parent < 0) return -1;
    if (const auto it = known.find(global); it != known.end()) return it->second;
    Node n = nodes_[static_cast<size_t>(global)];
    n.parent = import_node(f, known, n.parent);
    for (size_t i = 0; i < f.nodes.size(); i++) {  // several DIEs of one call count once
      const Node& o = f.nodes[i];
      if (o.parent == n.parent && o.name == n.name && o.call_line == n.call_line && o.call_file == n.call_file)
        return known[global] = static_cast<int>(i);
    }
    f.nodes.push_back(std::move(n));
    return known[global] = static_cast<int>(f.nodes.size()) - 1;
  }

  // Fills in f's rows. *line is the first line row that may reach into f; it only grows, because functions come in
  // order.
  void fill(Function& f, size_t* line) {
    std::map<int, int> known;
    std::map<int, u32> last;  // the last line of each node, for code that has no line
    while (*line < lines_.size() && lines_[*line].hi <= f.lo) ++*line;
    size_t at = *line;
    const u64 end = std::min(f.hi, f.code_hi);
    u64 pc = f.lo;
    if (const auto it = starts_.find(pc); it != starts_.end() && pc + 1 < end) {
      const Start& s = it->second;
      f.nodes.push_back({-1, s.name, s.file, s.line, s.file, s.line, false});
      f.rows.push_back({pc++, 0, s.file, s.line});
    }
    while (pc < end) {
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
  std::map<u64, Start> starts_;  // by the entry of a Closure's run
};

}  // namespace

vector<Function> read_model(Image& image, vector<string> strip) { return Reader(image, std::move(strip)).read(); }

}  // namespace mkpclntab
