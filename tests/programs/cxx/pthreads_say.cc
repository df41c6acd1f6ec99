// What pthreads.cc, which is C, prints by.
#include <rt0/rt0.h>

extern "C" void rt0_say(const char* what, long value);
extern "C" void rt0_say(const char* what, long value) { rt0::fmt::println(what, value); }
