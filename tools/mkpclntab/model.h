// What the table is made from.
#pragma once

#include "mkpclntab/image.h"

namespace mkpclntab {

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

// All of the program's text, in order and without gaps. strip: leading directories that files' names lose.
vector<Function> read_model(Image& image, vector<string> strip);

}  // namespace mkpclntab
