// A copy of a runtime error has a text of its own, so that it may outlive the original. Go: runtime/error.go.
#include "mem/malloc.h"
#include "rt0/panic.h"

namespace rt0 {

RuntimeError::RuntimeError(const RuntimeError& e) : text_(e.text_), own_(nullptr), borrowed_(false) {
  if (!e.borrowed_ && e.own_ == nullptr) return;
  own_ = malloc_or_die<char>(max<usize>(text_.len, 1));
  for (usize i = 0; i < text_.len; i++) own_[i] = text_.ptr[i];
  text_.ptr = own_;
}

RuntimeError::~RuntimeError() {
  if (own_ != nullptr) heap_free(own_);
}

}  // namespace rt0
