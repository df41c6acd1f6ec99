// The result of recover(): a copy of the panic's value in memory of its own. Only programs that call recover() are
// linked with this.
#include "mem/malloc.h"
#include "runtime/diag/traceback.h"
#include "runtime/panic/defer.h"
#include "runtime/panic/panic.h"

namespace rt0 {

namespace {

// The deferred call d has recovered, and the goroutine goes on at rp, or ends. In Go it would go on where the function
// with the Defer was called. If functions of the program lie between the two, the rest of them is not run. Nothing else
// would show that, so this function prints a message.
//
// pcs: the pcs of the functions between d's function and rp's. A function's variables lie above or below its frame
// pointer, as the compiler decides; variables_below says which.
void tell_of_passed_callers(const DeferRecord* d, const RecoverPoint* rp) {
  G* gp = getg();
  constexpr u32 kMost = 16;
  uintptr pcs[kMost];
  u32 n = 0;
  const uintptr from = reinterpret_cast<uintptr>(d);
  const uintptr to = rp != nullptr ? reinterpret_cast<uintptr>(rp) : gp->stack.hi;
  uintptr fp = Isa::frame_pointer();
  const bool variables_below = reinterpret_cast<uintptr>(&n) < fp;
  for (uintptr pc = 0; fp != 0 && fp <= to && n < kMost;) {
    uintptr caller_fp;
    const uintptr caller_pc = frame_return(fp, &caller_fp);
    if (fp > from) pcs[n++] = variables_below ? caller_pc : pc;
    pc = caller_pc;
    fp = caller_fp > fp ? caller_fp : 0;
  }
  // No function is passed if the recover point is in func() or in a go statement. These cases are common, and decided
  // without the table.
  if (n == 0 || (n == 1 && (rp == nullptr || rp->is_call))) return;
  systemstack([&] {
    Writer w(kStderr);
    for (u32 i = 0; i < n; i++)
      if (put_program_function(w, pcs[i], "rt0: a panic was recovered without a recover point: ")) {
        w.put(" does not go on after its call (RT0_RECOVER_RETURN, docs/PANICS.md)\n");
        return;
      }
  });
}

}  // namespace

Any detail::recover_value() {
  const Any v = gorecover();
  if (v.type != nullptr) recovery_hook.store_relaxed(tell_of_passed_callers);
  return v;
}

Recovered::Recovered(Any v, const void* origin) : origin_(origin), type_(v.type) {
  if (type_ == nullptr) return;
  void* to = small_;
  if (type_->size > kSmall || type_->align > alignof(Recovered)) {
    to = heap_ = malloc_or_die(type_->size, type_->align);
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
  return *::new (detail::InPlace{}, this) Recovered(r);
}

Recovered::operator PrintArg() const {
  const Any v = value();
  if (v.type == nullptr) return PrintArg("nil");
  Text (*const method)(const void*) = v.type->error != nullptr ? v.type->error : v.type->string;
  if (method != nullptr) return PrintArg(func([&] { return method(v.data); }));
  if (v.type->operand != nullptr) return v.type->operand(v.data);
  return PrintArg(v.data);
}

namespace detail {

void panic_again(Any value, const void* origin) { gopanic(value, origin); }

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
