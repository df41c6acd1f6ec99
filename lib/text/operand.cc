// The text of an operand of print, for fmt::println's lines with other values. See rt0/println.h; runtime/diag/print.cc
// writes the same texts, without a heap.
#include "base/format.h"
#include "rt0/println.h"

namespace rt0::detail {

void append_operand(builtin::String* to, const PrintArg& operand) {
  static_assert(PrintArg::kMostMade >= kMaxFloat && PrintArg::kMostMade >= kMaxDecimal);
  char text[PrintArg::kMostMade];
  usize len = 0;
  switch (operand.kind) {
    case PrintArg::Kind::boolean: to->append(operand.boolean ? "true" : "false"); return;
    case PrintArg::Kind::string: to->append({operand.string.ptr, operand.string.len}); return;
    case PrintArg::Kind::int_: len = format_i64(text, operand.int_); break;
    case PrintArg::Kind::uint_: len = format_u64(text, operand.uint_); break;
    case PrintArg::Kind::pointer: len = format_hex(text, reinterpret_cast<uintptr>(operand.pointer)); break;
    case PrintArg::Kind::formatted: len = operand.formatted.format(text, operand.formatted.value); break;
    case PrintArg::Kind::made: len = operand.made.put(text, operand.made.value); break;
  }
  to->append({text, len});
}

}  // namespace rt0::detail
