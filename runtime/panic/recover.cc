// What recover() hands out: a panic's value, in memory of its own. Only programs that call recover() are linked with
// this.
#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "runtime/panic/defer.h"
#include "runtime/panic/panic.h"

namespace rt0 {

Recovered::Recovered(Any v) : type_(v.type) {
  if (type_ == nullptr) return;
  void* to = small_;
  if (type_->size > kSmall || type_->align > alignof(Recovered)) {
    to = heap_ = mallocgc(type_->size, type_->align);
    if (heap_ == nullptr) fatal_out_of_memory(type_->size);
  }
  if (type_->copy != nullptr) type_->copy(to, v.data);
  else __builtin_memcpy(to, v.data, type_->size);
}

Recovered::~Recovered() {
  if (type_ != nullptr && type_->destroy != nullptr) type_->destroy(heap_ != nullptr ? heap_ : small_);
  if (heap_ != nullptr) heap_free(heap_);
}

Recovered& Recovered::operator=(const Recovered& r) {
  if (this == &r) return *this;
  this->~Recovered();
  return *::new (detail::InPlace{}, this) Recovered(r.value());
}

Recovered::operator PrintArg() const {
  const Any v = value();
  if (v.type == nullptr) return PrintArg("nil");
  if (v.type->error != nullptr) return PrintArg(v.type->error(v.data));
  if (v.type->string != nullptr) return PrintArg(v.type->string(v.data));
  if (v.type->operand != nullptr) return v.type->operand(v.data);
  return PrintArg(v.data);
}

namespace detail {

void panicdottype(const Type* have, const Type* want) {
  char text[256];
  usize n = 0;
  auto put = [&](Text s) {
    for (usize i = 0; i < s.len && n < sizeof(text); i++) text[n++] = s.ptr[i];
  };
  put(text_of("interface conversion: interface {} is "));
  put(have != nullptr ? have->name : text_of("nil"));
  put(text_of(", not "));
  put(want->name);
  const RuntimeError e({text, n}, true);
  gopanic({&kType<RuntimeError>, &e});
}

}  // namespace detail

}  // namespace rt0
