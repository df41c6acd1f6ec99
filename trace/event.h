// The events of a trace as data: their ids, names, and how one becomes a line. docs/TRACE.md is the grammar.
#pragma once

#include "base/format.h"
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

// The event's name in a trace, "<isa>" still in it, and the names of its arguments, separated by blanks.
Str event_name(Ev e);
Str event_args(Ev e);

// Who did it: -1 is printed as '-', for absent.
struct TraceWho {
  i64 m, p, g;
};

// An argument's value: a number or text. Text is percent-encoded where it holds blanks, '%', '=' or non-printables.
struct TraceValue {
  i64 num = 0;
  Str text = {};
  bool is_text = false;
};

// Appends one line, with its newline, to `out`: the event's name, in which isa replaces "<isa>", and its arguments under
// the names that events.def gives them. values: as many as the event has.
void trace_line(Out& out, i64 time_ns, TraceWho who, Ev e, Str isa, const TraceValue* values);

}  // namespace rt0
