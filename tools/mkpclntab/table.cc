// Turns the model into bytes.
#include "mkpclntab/table.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>

#include "base/pclntab.h"
#include "mkpclntab/model.h"

namespace mkpclntab {

namespace {

// Shortens the tables of the runtime's own functions. These functions are most of a small program but appear in
// tracebacks only at their calls, so they are not split into the functions inlined into them, and keep one row per
// call, which begins at the end of the call before. `returns` has all return addresses, or is null if they are not
// known: then all rows stay. The return addresses are found in the code itself, because DWARF leaves out indirect calls
// (GCC) and many more (clang); a call that is missing here would show the line of the next call.
void thin(Function& f, const std::set<u64>* returns) {
  if (!starts_with(f.name, "runtime.")) return;
  if (starts_with(f.name, "runtime.detail.") || starts_with(f.name, "runtime.internal."))
    return;  // these contain the program's lambdas
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

  // The unpacked table; docs/PCLNTAB.md has the format.
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

// Reads the finished table with the reader and the index that programs have, and compares it with the model, row by
// row. A difference is an error in this tool or in the reader; the exception keeps the table out of the program.
void check_table(const vector<u8>& table, const vector<Function>& functions, u64 text) {
  const vector<u8> raw = unpack(table, "internal error");
  const u32 text_size = functions.empty() ? 0 : static_cast<u32>(functions.back().hi - text);
  vector<u32> memory(rt0::pclntab_index_size({raw.data(), raw.size()}, text_size) / sizeof(u32) + 1);
  const rt0::PcIndex index = rt0::pclntab_index({raw.data(), raw.size()}, text_size, memory.data());
  const auto same = [](rt0::Str package, rt0::Str func, const string& b) {
    return string(package.ptr, package.len) + string(func.ptr, func.len) == b;
  };
  for (const Function& f : functions)
    for (const Row& r : f.rows) {
      const u64 pc = std::max(r.lo, f.lo);
      rt0::PcFrame frames[rt0::kMaxPcDepth];
      const size_t n = rt0::pclntab_frames({raw.data(), raw.size()}, static_cast<u32>(pc - text),
                                           {frames, rt0::kMaxPcDepth}, nullptr, nullptr, index);
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

}  // namespace

vector<u8> unpack(const vector<u8>& table, const string& what) {
  rt0::PcLnHeader h;
  if (!rt0::pclntab_header(table.data(), table.size(), &h))
    throw BadInput(what + ": holds no table that this tool can read");
  vector<u8> raw(h.raw_len);
  if (!rt0::pclntab_unpack(table.data(), h, raw.data())) throw BadInput(what + ": the table is corrupt");
  return raw;
}

vector<u8> make_table(Image& image, const vector<string>& strip) {
  vector<Function> functions = read_model(image, strip);
  std::set<u64> returns;
  const bool known = image.find_returns(&returns);
  for (Function& f : functions) thin(f, known ? &returns : nullptr);
  const vector<u8> raw = Encoder(functions, image.text()).encode();
  const vector<u8> packed = pack(raw);
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

}  // namespace mkpclntab
