// Go's package context: cancellation, deadlines and values that travel down a tree of calls.
//
//   auto [ctx, cancel] = rt0::context::with_timeout(rt0::context::background(), rt0::seconds(2));
//   rt0::go([ctx = ctx] { work(ctx); });
//   …
//   rt0::select(rt0::recv(ctx.done(), [&] { rt0::println(ctx.err()); }), rt0::recv(results, use));
//   cancel();
//
// A Context is a handle; copies name the same context, which lives as long as a handle, a child or a timer needs it. As
// in Go, the program has to call cancel in the end: until then a pending deadline or after_func keeps its context
// alive.
#pragma once

#include <stddef.h>

#include "rt0/chan.h"
#include "rt0/sync.h"
#include "rt0/time.h"

namespace rt0 {

namespace context {

// Error: the reason why a context ended. The class is named Reason, because it has a method Error(), and in C++ no
// method may have the name of its class. An Error that is false is Go's nil. Two are equal if their texts have the same
// address.
class Reason {
 public:
  constexpr Reason() = default;
  // text: it must stay as long as the Reason and its copies; mostly a literal.
  constexpr explicit Reason(const char* text) : text_(text) {}
  constexpr const char* data() const { return text_ == nullptr ? "<nil>" : text_; }
  constexpr size_t size() const {
    size_t n = 0;
    while (data()[n] != '\0') n++;
    return n;
  }
  constexpr builtin::Text Error() const { return {data(), size()}; }
  constexpr explicit operator bool() const { return text_ != nullptr; }
  friend constexpr bool operator==(Reason a, Reason b) { return a.text_ == b.text_; }

 private:
  const char* text_ = nullptr;
};
using Error = Reason;

inline constexpr char kCanceledText[] = "context canceled";
inline constexpr char kDeadlineExceededText[] = "context deadline exceeded";
inline constexpr Error kCanceled{kCanceledText};
inline constexpr Error kDeadlineExceeded{kDeadlineExceededText};

// The key of a value of type T in contexts: an object in static memory. Keys are compared by their addresses.
//   constinit rt0::context::Key<User> user{};   … with_value(ctx, user, u) …   if (const User* u = ctx.value(user)) …
template <class T>
struct Key {
  char place = 0;

  constexpr Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
};

struct Node;  // lib/context/context.h

}  // namespace context

namespace detail {
template <>
struct GoType<context::Reason> {
  static constexpr Text name() { return {"context.Error", 13}; }
};
// In lib/context/context.cc.
void context_ref(context::Node* n);
void context_unref(context::Node* n);
Chan<builtin::Unit> context_done(context::Node* n);
context::Error context_err(context::Node* n);
const void* context_value(context::Node* n, const void* key);
context::Node* context_new_value(context::Node* parent, const void* key, void* value, void (*destroy)(void*));
context::Node* context_new_cancel(context::Node* parent);
context::Node* context_new_without_cancel(context::Node* parent);
context::Node* context_new_after(context::Node* parent, TimerFunc* f);
bool context_stop_after(context::Node* n);
void context_cancel(context::Node* n, context::Error cause);
}  // namespace detail

namespace context {

class Context {
 public:
  // A nil context, which can only be assigned to.
  constexpr Context() = default;
  [[gnu::always_inline]] Context(const Context& o) : n_(o.n_) {
    if (n_ != nullptr) detail::context_ref(n_);
  }
  Context(Context&& o) noexcept : n_(o.n_) { o.n_ = nullptr; }
  Context& operator=(Context o) noexcept {
    Node* mine = n_;
    n_ = o.n_;
    o.n_ = mine;
    return *this;
  }
  [[gnu::always_inline]] ~Context() {
    if (n_ != nullptr) detail::context_unref(n_);
  }

  // A channel that is closed when the context ends; nil if the context can never end.
  Chan<builtin::Unit> done() const { return detail::context_done(n_); }
  // No error (false) until the context has ended; then kCanceled or kDeadlineExceeded.
  Error err() const { return detail::context_err(n_); }
  struct Deadline {
    time::Time deadline;
    bool ok;
  };
  // The time at which the context ends at the latest; ok is false if there is none.
  Deadline deadline() const;
  // The value that the context or its nearest ancestor has for this key; null if none has. It lives as long as the
  // context.
  template <class T>
  const T* value(const Key<T>& key) const {
    return static_cast<const T*>(detail::context_value(n_, &key));
  }

  // For the runtime: takes over one reference to n.
  explicit Context(Node* n) : n_(n) {}
  Node* node() const { return n_; }

 private:
  Node* n_ = nullptr;
};

// A function that ends the context and its children. Only the first call has an effect; copies are the same function.
class CancelFunc {
 public:
  explicit CancelFunc(const Context& c) : ctx_(c) {}
  void operator()() const { detail::context_cancel(ctx_.node(), Error()); }

 private:
  Context ctx_;
};
// The same, with the cause that cause() returns from then on.
class CancelCauseFunc {
 public:
  explicit CancelCauseFunc(const Context& c) : ctx_(c) {}
  void operator()(Error why) const { detail::context_cancel(ctx_.node(), why); }

 private:
  Context ctx_;
};

struct WithCancel {
  Context ctx;
  CancelFunc cancel;
};
struct WithCancelCause {
  Context ctx;
  CancelCauseFunc cancel;
};

// The roots, which never end. todo() is for code in which it is not clear yet which context belongs there.
Context background();
Context todo();

// A child that ends when cancel is called, or when its parent ends. Here and below: panics if parent is nil.
inline WithCancel with_cancel(const Context& parent) {
  const Context c(detail::context_new_cancel(parent.node()));
  return {c, CancelFunc(c)};
}
// The same; cancel takes the cause, which cause() returns.
inline WithCancelCause with_cancel_cause(const Context& parent) {
  const Context c(detail::context_new_cancel(parent.node()));
  return {c, CancelCauseFunc(c)};
}
// A child that ends at the time d, or after the duration d, at the latest. cause: the result of cause() if it ends by
// its deadline; by default kDeadlineExceeded.
WithCancel with_deadline(const Context& parent, time::Time d, Error cause = Error());
WithCancel with_timeout(const Context& parent, time::Duration d, Error cause = Error());
// A child with its parent's values that does not end when the parent does.
inline Context without_cancel(const Context& parent) {
  return Context(detail::context_new_without_cancel(parent.node()));
}
// A child in which `key` has a copy of v as its value.
template <class T, class V>
Context with_value(const Context& parent, const Key<T>& key, V&& v) {
  return Context(detail::context_new_value(parent.node(), &key, detail::make<T>(static_cast<V&&>(v)),
                                           [](void* p) { delete static_cast<T*>(p); }));
}

// Why the context ended: the cause given to its cancel, or to that of the ancestor which ended it; without one, err().
Error cause(const Context& ctx);

// The result of after_func: a function that prevents f. It returns true if it did, and false if f was started or
// prevented before.
class StopFunc {
 public:
  explicit StopFunc(Context&& c) : ctx_(static_cast<Context&&>(c)) {}
  bool operator()() const { return detail::context_stop_after(ctx_.node()); }

 private:
  Context ctx_;
};

// Runs f() in a goroutine of its own when ctx ends; at once if it has ended already.
template <class F>
StopFunc after_func(const Context& ctx, F f) {
  return StopFunc(
      Context(detail::context_new_after(ctx.node(), detail::make<detail::TimerFuncOf<F>>(static_cast<F&&>(f)))));
}

}  // namespace context

template <>
inline constexpr bool kRelocatable<context::Context> = true;
template <>
inline constexpr bool kRelocatable<context::CancelFunc> = true;
template <>
inline constexpr bool kRelocatable<context::CancelCauseFunc> = true;
template <>
inline constexpr bool kRelocatable<context::StopFunc> = true;

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using context::Context;
#endif

}  // namespace rt0
