// The constructor of a global panics.
#include <rt0/rt0.h>

static int fails() { rt0::panic("in a constructor"); }
int never = fails();

int main() { rt0::println("main"); }
