// atomic.Value. Go: value.go. Differs: Go's collector keeps a value that is being copied. Here a count of references
// keeps it; a mutex guards the pointer to the value until a reader has added its reference.
#include "rt0/atomic_value.h"

namespace rt0::detail {

namespace {

template <class T>
bool same_of(const void* a, const void* b) {
  return *static_cast<const T*>(a) == *static_cast<const T*>(b);
}
bool same_text(const void* a, const void* b) {
  return PrintArg(*static_cast<const char* const*>(a)).string == PrintArg(*static_cast<const char* const*>(b)).string;
}
template <size_t N>
bool same_bytes(const void* a, const void* b) {
  return __builtin_memcmp(a, b, N) == 0;
}

}  // namespace

bool (*equal_of(const Type* type))(const void*, const void*) {
  if (type == &kType<const char*>) return same_text;
  if (type == &kType<float>) return same_of<float>;
  if (type == &kType<double>) return same_of<double>;
  if (type->equal_bytes) switch (type->size) {
      case 1: return same_bytes<1>;
      case 2: return same_bytes<2>;
      case 4: return same_bytes<4>;
      case 8: return same_bytes<8>;
      case 12: return same_bytes<12>;
      case 16: return same_bytes<16>;
      case 24: return same_bytes<24>;
      case 32: return same_bytes<32>;
      default: break;
    }
  panic("runtime error: comparing uncomparable type in atomic::Value");
}

}  // namespace rt0::detail

namespace rt0::atomic {

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
    if (old_type == nullptr || !equal(has.data, old)) return false;
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
