// Layouts: what the parts of Go's reference time, 2006-01-02 15:04:05 MST, stand for. Go: time/format.go.
#pragma once

#include "base/types.h"

namespace rt0::time {

enum class Part : u8 {
  none,
  long_year,         // 2006
  year,              // 06
  long_month,        // January
  month,             // Jan
  num_month,         // 1
  zero_month,        // 01
  long_day,          // Monday
  week_day,          // Mon
  day,               // 2
  under_day,         // _2
  zero_day,          // 02
  under_yday,        // __2
  zero_yday,         // 002
  hour,              // 15
  hour12,            // 3
  zero_hour12,       // 03
  minute,            // 4
  zero_minute,       // 04
  second,            // 5
  zero_second,       // 05
  pm_upper,          // PM
  pm_lower,          // pm
  zone_name,         // MST
  zone,              // -0700 and the like: see ZoneForm
  fraction,          // .000
  fraction_trimmed,  // .999
};

// How an offset is written: Z for UTC if `z`; hours alone, or minutes, or seconds, too; with colons or without.
struct ZoneForm {
  bool z, colon;
  u8 fields;  // 1 to 3
};

// A part of a layout, with the text before it.
struct Chunk {
  Str before, text, rest;  // text: the part itself
  Part part = Part::none;  // none: `before` is all that is left
  ZoneForm zone{};
  u32 digits = 0;  // of a fraction
};
Chunk next_chunk(Str layout);

}  // namespace rt0::time
