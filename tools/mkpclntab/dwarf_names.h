// Names of functions in DWARF.
#pragma once

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "mkpclntab/common.h"
#include "mkpclntab/names.h"

namespace mkpclntab {

// The place of a DIE in the tree. Kept by offset, because libdw cannot go from a DIE to its parent.
struct Scope {
  Dwarf_Off parent = 0;
  int tag = 0;
};

// The Go name of functions in DWARF.
//
// Go numbers the closures of a function in source order. C++ compilers number lambdas by signature (GCC) or over the
// whole file (clang), and some DIEs of lambdas have no linkage name; so they are numbered here, by their place in the
// source.
class Names {
 public:
  void add_scope(Dwarf_Die* die, Dwarf_Off parent) { scopes_[dwarf_dieoffset(die)] = {parent, dwarf_tag(die)}; }

  // To be called when all scopes are known: numbers the lambdas of each function, class or namespace in source order.
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
    std::map<size_t, vector<Dwarf_Off>> by_depth;  // outer lambdas first: an inner one's context has their numbers
    for (Dwarf_Off off : types) {
      size_t depth = 0;
      for (Dwarf_Off o = parent_of(off); o != 0; o = parent_of(o)) {
        Dwarf_Die die;
        if (scopes_.at(o).tag == DW_TAG_subprogram && dwarf_offdie(dw, o, &die) != nullptr) {
          die = declaration_of(&die);  // the declaration is inside its class
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
        // One lambda has several DIEs: one per file that includes it, one per instance of a template around it. Without
        // column numbers (clang) the lambdas of one line are told apart by their order in the function's DIE.
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

  // Whether this is the plain function to which a lambda without captures converts: it only calls the lambda.
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

  // Finds the function that Closure<F>::run calls, which is `run`: F's operator(); and F, whose declaration is at the
  // same place as that of a lambda's operator(), which has none of its own. False if F has none, or it is a template.
  bool callable_of(Dwarf* dw, Dwarf_Die* run, Dwarf_Die* call, Dwarf_Die* type) const {
    Dwarf_Die decl = declaration_of(run), closure, c;
    if (dwarf_offdie(dw, parent_of(dwarf_dieoffset(&decl)), &closure) == nullptr) return false;
    if (dwarf_child(&closure, &c) != 0) return false;
    while (dwarf_tag(&c) != DW_TAG_template_type_parameter)
      if (dwarf_siblingof(&c, &c) != 0) return false;
    Dwarf_Attribute a;
    if (dwarf_attr(&c, DW_AT_type, &a) == nullptr || dwarf_formref_die(&a, type) == nullptr) return false;
    if (dwarf_child(type, call) != 0) return false;
    for (;;) {
      const char* n = dwarf_diename(call);
      if (dwarf_tag(call) == DW_TAG_subprogram && n != nullptr && string_view(n) == "operator()") return true;
      if (dwarf_siblingof(call, call) != 0) return false;
    }
  }

  // The DIE that declares the function, found by following abstract origins and specifications.
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
  using Place = std::tuple<string, int, int, int>;  // file, line, column, index among several there

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
    while (*n == '\1' || *n == '*') n++;  // clang and GCC mark verbatim names with these
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

  // The name of the function, class or namespace that a lambda belongs to.
  string context_of(Dwarf* dw, Dwarf_Off off) { return join(path_above(dw, off)); }

  // The names of the scopes around the DIE at `off`, outermost first. If a function is among them, its name, already in
  // Go's form, stands for itself and all scopes around it, so the first component then has dots.
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
      if (linkage.empty() && is_c_function(die, decl)) return string_view(own) == "main" ? "main.main" : own;
      path.push_back(without_arguments(own));
    }
    return number_closures(join(path));
  }

  static string join(const vector<string>& path) {
    if (path.empty() || path[0][0] != kAbsolute) return go_name(path);
    string s = path[0].substr(1);
    for (size_t i = 1; i < path.size(); i++) s += '.' + path[i];
    return s;
  }

  // Whether the symbol of a function without a linkage name is its plain name: in C, or in extern "C".
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

}  // namespace mkpclntab
