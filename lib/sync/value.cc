// atomic.Value. Go: value.go. Differs: Go's collector keeps a value that is being copied. Here a count of references
// keeps it; a mutex guards the pointer to the value until a reader has added its reference.
#include "rt0/atomic_value.h"

#include "sched/proc.h"

namespace rt0::atomic {

namespace {

using detail::Any;
using detail::kType;
using detail::Text;
using detail::Type;

[[noreturn]] void panic_uncomparable(const Type* type) {
  char text[256];
  size_t n = 0;
  auto put = [&](Text s) {
    for (size_t i = 0; i < s.len && n < sizeof(text); i++) text[n++] = s.ptr[i];
  };
  put("runtime error: comparing uncomparable type ");
  put(type->name);
  panic(RuntimeError({text, n}, true));
}

// Compares two values of one type. Go: efaceeq.
bool same(const Type* type, const void* a, const void* b) {
  if (type == &kType<const char*> || type == &kType<char*>)
    return PrintArg(*static_cast<const char* const*>(a)).string == PrintArg(*static_cast<const char* const*>(b)).string;
  if (type->equal != nullptr) return type->equal(a, b);
  if (!type->equal_bytes) panic_uncomparable(type);
  return __builtin_memcmp(a, b, type->size) == 0;
}

}  // namespace

// Keeps x as long as this object lives, and drops it also if a function of the program panics meanwhile.
class Value::Held {
 public:
  explicit Held(Node* x) : x_(x), back_(End{x}) {}
  ~Held() { release(x_); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  struct End {
    Node* x;
    void operator()() const { release(x); }
  };
  Node* x_;
  detail::Undo<End> back_;
};

// Acquire and release: the last holder destroys the node after all uses by other holders.
void Value::release(Node* x) {
  if (x != nullptr && __atomic_sub_fetch(&x->refs, 1, __ATOMIC_ACQ_REL) == 0) delete x;
}

Value::~Value() { release(now_); }

Value::Node* Value::put(Node* made) {
  Node* before = now_;
  now_ = made;
  return before;
}

any Value::load() {
  op_point(this);
  mu_.lock();
  Node* x = now_;
  // Relaxed: under the lock the Value's own count keeps the node.
  if (x != nullptr) __atomic_add_fetch(&x->refs, 1, __ATOMIC_RELAXED);
  mu_.unlock();
  if (x == nullptr) return any();
  const Held held(x);
  return any(x->value);
}

void Value::store(const any& v) {
  const Type* type = v.value().type;
  if (type == nullptr) panic("sync/atomic: store of nil value into Value");
  op_point(this);
  Node* made = detail::make<Node>(1u, v);
  mu_.lock();
  const bool fits = now_ == nullptr || now_->value.value().type == type;
  Node* before = fits ? put(made) : made;
  mu_.unlock();
  release(before);
  if (!fits) panic("sync/atomic: store of inconsistently typed value into Value");
}

any Value::swap(const any& v) {
  const Type* type = v.value().type;
  if (type == nullptr) panic("sync/atomic: swap of nil value into Value");
  op_point(this);
  Node* made = detail::make<Node>(1u, v);
  mu_.lock();
  const bool fits = now_ == nullptr || now_->value.value().type == type;
  Node* before = fits ? put(made) : made;
  mu_.unlock();
  if (!fits) {
    release(before);
    panic("sync/atomic: swap of inconsistently typed value into Value");
  }
  if (before == nullptr) return any();
  const Held held(before);
  return any(before->value);
}

bool Value::compare_and_swap(const Type* old_type, const void* old, bool (*equal)(const void*, const void*),
                             const any& v) {
  const Type* type = v.value().type;
  if (type == nullptr) panic("sync/atomic: compare and swap of nil value into Value");
  if (old_type != nullptr && old_type != type) panic("sync/atomic: compare and swap of inconsistently typed values");
  op_point(this);
  Node* made = detail::make<Node>(1u, v);
  const Held held(made);
  for (;;) {  // ends when no other goroutine has stored between the comparison and the exchange
    mu_.lock();
    Node* x = now_;
    if (x == nullptr && old_type == nullptr) {
      __atomic_add_fetch(&made->refs, 1, __ATOMIC_RELAXED);  // the Value's count
      (void)put(made);
      mu_.unlock();
      return true;
    }
    // Relaxed: as in load.
    if (x != nullptr) __atomic_add_fetch(&x->refs, 1, __ATOMIC_RELAXED);
    mu_.unlock();
    if (x == nullptr) return false;
    const Held held_x(x);
    const Any has = x->value.value();
    if (has.type != type) panic("sync/atomic: compare and swap of inconsistently typed value into Value");
    if (old_type == nullptr) return false;
    if (!(equal != nullptr ? equal(has.data, old) : same(type, has.data, old))) return false;
    mu_.lock();
    const bool same = now_ == x;
    if (same) {
      __atomic_add_fetch(&made->refs, 1, __ATOMIC_RELAXED);
      (void)put(made);
    }
    mu_.unlock();
    if (!same) continue;
    release(x);  // the Value's count
    return true;
  }
}

}  // namespace rt0::atomic
