// The data from which the table is made.
#pragma once

#include "mkpclntab/image.h"

namespace mkpclntab {

// An inlined call, or (parent < 0) a function as it was compiled.
struct Node {
  int parent;
  string name;
  string call_file;  // the place of the call in the caller
  u32 call_line;
  string decl_file;
  u32 decl_line;
  bool invoker;
};

// From pc `lo` up to the next row: the file and line, and the inlined call they are in (-1: the function itself).
struct Row {
  u64 lo;
  int node;
  string file;
  u32 line;
};

struct Function {
  u64 lo, hi;
  u64 code_hi;  // the bytes from code_hi to hi are padding
  string name;  // empty: a hole between functions
  vector<Node> nodes;
  vector<Row> rows;
};

// All of the program's text, in order and without gaps. strip: leading directories to remove from files' names.
vector<Function> read_model(Image& image, vector<string> strip);

}  // namespace mkpclntab
