// env: GOMAXPROCS=1
#include <rt0/rt0.h>

// Error comes before String.
struct AnError {
  rt0::Text String() const { return {"a string", 8}; }
  rt0::Text Error() const { return {"an error", 8}; }
};

int main() { rt0::panic(AnError{}); }
