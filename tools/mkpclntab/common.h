// Shared by the parts of mkpclntab.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mkpclntab {

using std::string;
using std::string_view;
using std::vector;
using u8 = uint8_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i64 = int64_t;

// Something is wrong with the input: main() prints the text as one line on stderr and returns exit status 2.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline bool starts_with(string_view s, string_view p) { return s.substr(0, p.size()) == p; }
inline bool ends_with(string_view s, string_view p) {
  return s.size() >= p.size() && s.substr(s.size() - p.size()) == p;
}

}  // namespace mkpclntab
