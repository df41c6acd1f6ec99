// The events of a trace: their ids and names, and the function that writes one as a line. docs/TRACE.md has the
// grammar.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

enum class Ev : u8 {
#define FN(id, name) id,
#define EV(id, name, args, meaning) id,
#include "trace/events.def"
#undef FN
#undef EV
  kCount,
};

// True for the events which note that a boot function was entered.
constexpr bool is_boot_function(Ev e) { return e < Ev::ProcsChange; }

// How many arguments the event has.
u32 event_values(Ev e);

// The M, P and goroutine that an event comes from; -1 stands for none and is printed as '-'.
struct TraceWho {
  i64 m, p, g;
};

// An argument's value: a number or text. Text is percent-encoded where it holds blanks, '%', '=' or non-printables.
struct TraceValue {
  const char* text = nullptr;  // null: a number
  i64 n = 0;                   // the number, or the text's length

  constexpr TraceValue() = default;
  constexpr TraceValue(i64 number) : n(number) {}
  constexpr TraceValue(Str s) : text(s.ptr), n(static_cast<i64>(s.len)) {}
};

// The least room that a line needs: for all of it but its texts, and for bytes that are written beyond its end, which
// the next line overwrites.
inline constexpr usize kTraceLineRoom = 256;

// Writes one line at `line`, with its newline, and returns its length, which is at most `room`: a text that does not
// fit is cut. values: as many as the event has arguments. The two events with "<isa>" in their names take the ISA's
// name and an empty text.
usize trace_line(char* line, usize room, i64 time_ns, const TraceWho& who, Ev e, const TraceValue* values);

}  // namespace rt0
