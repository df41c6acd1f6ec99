#pragma once

#include "base/types.h"
#include "rt0/text.h"

namespace rt0::time {

// The text in quotes, as package time quotes what it could not read.
builtin::String& put_quoted(builtin::String& to, Str s);

}  // namespace rt0::time
