#include "mkpclntab/names.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>

namespace mkpclntab {

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
    if (rest == "runtime" || rest == "main") return s;  // a function whose own name is the suffix
    s = rest;
  }
}

namespace {

bool is_word(char c) {
  return isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '~' || (c & 0x80);
}

// The length of the operator symbol at s ("()", "<<=", "->"), which follows the word `operator`.
size_t operator_symbol(string_view s) {
  for (string_view op : {"()", "[]", "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->", "&&", "||",
                         "++", "--", "==",  "!=",  "+=",  "-=",  "*=", "/=", "%=", "^=", "&=", "|="})
    if (starts_with(s, op)) return op.size();
  return 1;
}

// The index after the bracket that closes the one at s[i].
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

}  // namespace

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
    if (cur.empty() && starts_with(rest, "decltype (")) {  // a return type
      i = skip_brackets(s, i + strlen("decltype "));
      continue;
    }
    if (cur.empty() && starts_with(rest, "operator") && rest.size() > 8 && !is_word(rest[8])) {
      if (rest[8] == ' ' && !starts_with(rest, "operator new") && !starts_with(rest, "operator delete")) {
        const size_t end = rest.rfind("()");  // a conversion: its type may contain anything
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
    } else if (s[i] == ' ' || s[i] == '*' || s[i] == '&') {  // everything so far was the return type
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

namespace {

bool is_lambda(string_view component) {
  return starts_with(component, "{lambda") || starts_with(component, "'lambda") || starts_with(component, "$_");
}

// The name that Go gives to a method of rt0's packages: try_rlock is TryRLock, lock_slow is lockSlow.
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

// Namespaces of rt0 that are packages in Go: rt0::sync::WaitGroup::wait is sync.(*WaitGroup).Wait. Empty if `path` is
// in none of them. A component with a capital letter is a class, as rt0's style demands.
string name_in_package(const vector<string>& path) {
  static constexpr string_view kPackages[] = {"sync", "time", "context", "errgroup", "semaphore"};
  if (path.size() < 3 || path[0] != "rt0") return {};
  if (path[1] == "runtime_debug") return "runtime/debug." + go_method(path[2]);
  size_t i = 1;
  string s;
  if (path[1] == "internal" && path[2] == "sync") s = "internal/", i = 2;
  if (i + 1 >= path.size() || std::find(std::begin(kPackages), std::end(kPackages), path[i]) == std::end(kPackages))
    return {};
  if (path[i] == "errgroup" || path[i] == "semaphore") s = "golang.org/x/sync/";
  s += path[i++];
  if (i + 1 < path.size() && isupper(static_cast<unsigned char>(path[i][0]))) {
    s += ".(*" + path[i] + ")." + go_method(path[i + 1]);
    i += 2;
  }
  for (; i < path.size(); i++) s += '.' + path[i];
  return s;
}

bool is_number(string_view s) { return !s.empty() && s.find_first_not_of("0123456789") == string_view::npos; }

// "func1"
bool is_closure(string_view component) { return starts_with(component, "func") && is_number(component.substr(4)); }

}  // namespace

string number_closures(string_view name) {
  string out;
  bool in_closure = false;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    const string_view component = name.substr(begin, end - begin);
    const bool closure = is_closure(component);
    if (begin > 0) out += '.';
    out += in_closure && closure ? component.substr(4) : component;
    in_closure = closure || (in_closure && is_number(component));
    begin = end + 1;
  }
  return out;
}

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
  return number_closures(go_name(path));
}

bool mentions_lambda(const string& mangled) {
  return mangled.find("Ul") != string::npos || mangled.find("$_") != string::npos;
}

}  // namespace mkpclntab
