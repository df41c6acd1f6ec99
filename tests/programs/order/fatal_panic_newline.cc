// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() { rt0::panic("two\nlines\n"); }
