// select. Go: the select statement, reflect.Select.
//
//   rt0::select(rt0::recv(a, [&](int v, bool ok) { … }),     // case v, ok := <-a:
//               rt0::recv(b, [&](int v) { … }),              // case v := <-b:
//               rt0::recv(c),                                // case <-c:
//               rt0::send(d, 42, [&] { … }),                 // case d <- 42:
//               rt0::otherwise([&] { … }));                  // default:
//
// Waits until one of the cases can go on, or takes `otherwise` at once if none can; of several that can, one by chance.
// The chosen case's function runs after that, and select returns the case's position in the call. A case with a nil
// channel never goes on. Unlike Go, C++ evaluates the arguments in whatever order it likes.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/chan.h"

namespace rt0 {

// select {}: waits for ever.
[[noreturn]] void block_forever() __asm__("runtime.block");

namespace detail {

// A case as the runtime takes it, and room for what it notes while it works. It lies in the frame of the selecting
// function.
struct SelectOp {
  Hchan* c;    // null: never ready
  void* elem;  // sent from, or received into; null: drop what is received
  bool is_send;
  uint16_t poll, lock;  // the runtime's: positions in the orders
  void* sudog[8];       // the runtime's: see Sudog

  SelectOp() {}  // leaves all as it is: the runtime's part is large
  SelectOp(Hchan* chan, void* value, bool send) : c(chan), elem(value), is_send(send) {}
};
struct SelectResult {
  ptrdiff_t index;  // -1: none was ready, and block is false
  bool received;
};
inline constexpr size_t kMaxSelectCases = 65536;

SelectResult selectgo(SelectOp* ops, size_t n, bool block) __asm__("runtime.selectgo");

struct NoCode {
  void operator()() const {}
};

enum class CaseKind : unsigned char { recv, send, otherwise };

template <class T, class F>
struct RecvCase {
  static constexpr CaseKind kKind = CaseKind::recv;
  static constexpr bool kUsed =
      requires(F& f, T&& v) { f(static_cast<T&&>(v), true); } || requires(F& f, T&& v) { f(static_cast<T&&>(v)); };
  // Dropped by the runtime itself: the case's function does not take the value.
  static constexpr bool kDropped = !kUsed && __is_trivially_copyable(T);

  Hchan* c;
  F code;
  Parcel<T> parcel;

  RecvCase(Hchan* chan, F f) : c(chan), code(static_cast<F&&>(f)) {}
  void* elem() {
    if constexpr (kDropped) return nullptr;
    else return &parcel;
  }
  void run(bool ok) {
    if constexpr (kDropped) {
      code();
    } else if constexpr (kUsed) {
      call(ok ? parcel.take() : T{}, ok);
    } else {
      if (ok) parcel.drop();
      code();
    }
  }
  void abandon() {}

 private:
  void call(T&& v, bool ok) {
    if constexpr (requires { code(static_cast<T&&>(v), ok); }) code(static_cast<T&&>(v), ok);
    else code(static_cast<T&&>(v));
  }
};

template <class T, class F>
struct SendCase {
  static constexpr CaseKind kKind = CaseKind::send;

  Hchan* c;
  F code;
  Parcel<T> parcel;

  template <class V>
  SendCase(Hchan* chan, V&& v, F f) : c(chan), code(static_cast<F&&>(f)), parcel(InPlace{}, static_cast<V&&>(v)) {}
  void* elem() { return &parcel; }
  void run(bool) { code(); }
  void abandon() { parcel.drop(); }  // it was not sent
};

template <class F>
struct DefaultCase {
  static constexpr CaseKind kKind = CaseKind::otherwise;

  F code;

  void run(bool) { code(); }
  void abandon() {}
};

template <class C>
SelectOp select_op(C& cs) {
  if constexpr (C::kKind == CaseKind::otherwise) return SelectOp(nullptr, nullptr, false);
  else return SelectOp(cs.c, cs.elem(), C::kKind == CaseKind::send);
}

// One channel alone is no select: Go's compiler makes a plain operation of it, too.
template <class C>
SelectResult select_one(C& cs, bool block) {
  if constexpr (C::kKind == CaseKind::recv) {
    const RecvResult r = chanrecv(cs.c, cs.elem(), block);
    return {r.selected ? 0 : -1, r.received};
  } else {
    return {chansend(cs.c, cs.elem(), block) ? 0 : -1, false};
  }
}

}  // namespace detail

// case v, ok := <-c: f(v, ok), f(v) or f(), whichever f can take.
template <class T, class F = detail::NoCode>
detail::RecvCase<T, F> recv(const Chan<T>& c, F f = {}) {
  return {c.handle(), static_cast<F&&>(f)};
}
// case c <- v: f()
template <class T, class V, class F = detail::NoCode>
detail::SendCase<T, F> send(const Chan<T>& c, V&& v, F f = {}) {
  return {c.handle(), static_cast<V&&>(v), static_cast<F&&>(f)};
}
// default: f()
template <class F = detail::NoCode>
detail::DefaultCase<F> otherwise(F f = {}) {
  return {static_cast<F&&>(f)};
}

template <class... C>
[[gnu::always_inline]] inline int select(C&&... cases) {
  using Kind = detail::CaseKind;
  constexpr size_t kAll = sizeof...(C);
  constexpr size_t kDefaults = (0 + ... + (detail::RemoveRef<C>::type::kKind == Kind::otherwise ? 1 : 0));
  static_assert(kDefaults <= 1, "multiple defaults in select");
  static_assert(kAll <= detail::kMaxSelectCases, "too many cases in select");
  if constexpr (kAll == 0) {
    block_forever();
  } else {
    constexpr bool kBlock = kDefaults == 0;
    [[maybe_unused]] int at = 0;
    int chosen = -1, fallback = -1;
    bool received = false;
    if constexpr (kAll - kDefaults <= 1) {
      const auto one = [&](auto& cs) {
        if constexpr (detail::RemoveRef<decltype(cs)>::type::kKind == Kind::otherwise) {
          fallback = at++;
        } else {
          const detail::SelectResult r = detail::select_one(cs, kBlock);
          if (r.index == 0) chosen = at;
          received = r.received;
          at++;
        }
      };
      (one(cases), ...);
    } else {
      detail::SelectOp ops[] = {detail::select_op(cases)...};
      const detail::SelectResult r = detail::selectgo(ops, kAll, kBlock);
      chosen = static_cast<int>(r.index);
      received = r.received;
      ((detail::RemoveRef<C>::type::kKind == Kind::otherwise ? void(fallback = at++) : void(at++)), ...);
    }
    if (chosen < 0) chosen = fallback;
    at = 0;
    ((at++ == chosen ? void() : cases.abandon()), ...);
    at = 0;
    ((at++ == chosen ? cases.run(received) : void()), ...);
    return chosen;
  }
}

// --- Cases that are known only at run time. Go: reflect.Select
// ------------------------------------------------------------

// One case for select_cases. Make it by recv_case, send_case or default_case; what it points to must stay, and be left
// alone, until select_cases returns.
struct SelectCase {
  enum class Dir : unsigned char { send, recv, otherwise };

  Dir dir = Dir::otherwise;
  Hchan* c = nullptr;
  void* value = nullptr;
  size_t size = 0;  // of a received value as it travels
  // The case was chosen: moves what was received out of `raw` into value, or tidies up what was sent from there.
  void (*finish)(void* value, void* raw, bool received) = nullptr;
  // A send of a value that may not travel as bytes: takes it away from *value into an object of its own, whose address
  // is what is sent; and brings it back, if the case was not chosen. Both null: *value is sent as it is.
  void* (*pack)(void* value) = nullptr;
  void (*unpack)(void* value, void* packed) = nullptr;
};

namespace detail {

// What select_cases does with the value of a send that travels on the heap.
template <class T>
struct PackedSend {
  static void finish(void* value, void*, bool) {
    static_cast<T*>(value)->~T();
    ::new (InPlace{}, value) T();
  }
  static void* pack(void* value) { return ::new T(static_cast<T&&>(*static_cast<T*>(value))); }
  static void unpack(void* value, void* packed) {
    static_cast<T*>(value)->~T();
    ::new (InPlace{}, value) T(static_cast<T&&>(*static_cast<T*>(packed)));
    ::delete static_cast<T*>(packed);
  }
};

}  // namespace detail

// case *into, ok = <-c. into may be null. It changes only if this case is chosen.
template <class T>
SelectCase recv_case(const Chan<T>& c, T* into) {
  return {SelectCase::Dir::recv,
          c.handle(),
          into,
          sizeof(detail::Parcel<T>),
          [](void* value, void* raw, bool received) {
            T* to = static_cast<T*>(value);
            auto* parcel = static_cast<detail::Parcel<T>*>(raw);
            if (to != nullptr) *to = received ? parcel->take() : T{};
            else if (received) parcel->drop();
          },
          nullptr,
          nullptr};
}
template <class T>
SelectCase recv_case(const Chan<T>& c) {
  return recv_case<T>(c, nullptr);
}
// case c <- *value. If this case is chosen, *value has been moved away and is T{} afterwards, unless it is trivially
// copyable. If another is chosen, *value is as it was.
template <class T>
SelectCase send_case(const Chan<T>& c, T* value) {
  using Dir = SelectCase::Dir;
  if constexpr (__is_trivially_copyable(T)) {
    return {Dir::send, c.handle(), value, 0, nullptr, nullptr, nullptr};
  } else if constexpr (kRelocatable<T>) {
    return {Dir::send, c.handle(), value, 0, [](void* v, void*, bool) { ::new (detail::InPlace{}, v) T{}; },
            nullptr,   nullptr};
  } else {
    using Packed = detail::PackedSend<T>;
    return {Dir::send, c.handle(), value, 0, Packed::finish, Packed::pack, Packed::unpack};
  }
}
inline SelectCase default_case() { return {}; }

struct Selected {
  int index;
  bool ok;  // a receive: it was a value
};

// Selects among n cases; without any it waits for ever. More than one default_case, or more than 65536 cases, panics.
Selected select_cases(const SelectCase* cases, size_t n);
template <size_t N>
Selected select_cases(const SelectCase (&cases)[N]) {
  return select_cases(cases, N);
}

}  // namespace rt0
