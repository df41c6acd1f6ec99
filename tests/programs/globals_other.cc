// Linked after globals.cc, so its globals are made later.
#include "globals.h"

namespace {

[[gnu::init_priority(100 + 1)]] Says earliest("earliest");
Says other("globals_other.cc");
const Says* volatile used[] = {&earliest, &other};

}  // namespace

extern const Says* const* globals_other();
const Says* const* globals_other() { return const_cast<const Says* const*>(used); }
