// select. Go: the select statement, reflect.Select.
//
//   rt0::select(rt0::recv(a, [&](int v, bool ok) { … }),     // case v, ok := <-a:
//               rt0::recv(b, [&](int v) { … }),              // case v := <-b:
//               rt0::recv(c),                                // case <-c:
//               rt0::send(d, 42, [&] { … }),                 // case d <- 42:
//               rt0::otherwise([&] { … }));                  // default:
//
// Waits until one of the cases can go on; of several that can, one is chosen at random. If none can and there is an
// `otherwise`, that is chosen at once. Then the chosen case's function runs, and select returns the case's position in
// the call, from 0 on. A case with a nil channel never goes on. If a send to a closed channel is chosen, select panics.
// Unlike in Go, the order in which arguments are evaluated is not defined.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/chan.h"

namespace rt0 {

// select {}: waits for ever.
[[noreturn]] void block_forever() __asm__("runtime.block");

namespace detail {

// A case in the form that the runtime takes, with room for the runtime's own data. It lies in the frame of the
// selecting function.
struct SelectOp {
  Hchan* c;    // null: never ready
  void* elem;  // the value to send, or the place for the received value; null: a received value is dropped
  bool is_send;
  uint16_t poll, lock;  // the runtime's: the order of looking and the order of locking
  void* sudog[8];       // the runtime's: see Sudog

  SelectOp() {}  // initialises nothing, because the runtime's part is large
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
  // The runtime itself drops the value, because the case's function does not take it.
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

// A select with one channel is a plain send or receive, as Go's compiler makes it, too.
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

// case v, ok := <-c: calls f(v, ok), f(v) or f(), the first of these that f allows.
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

// One case for select_cases. Make it by recv_case, send_case or default_case. The variable that it points to must
// exist, and must not be used, until select_cases returns.
struct SelectCase {
  enum class Dir : unsigned char { send, recv, otherwise };

  Dir dir = Dir::otherwise;
  Hchan* c = nullptr;
  void* value = nullptr;
  size_t size = 0;  // of a received value in the form in which the channel holds it
  // Called if the case was chosen: moves a received value from `raw` to `value`, or resets *value after it was sent.
  void (*finish)(void* value, void* raw, bool received) = nullptr;
  // For the send of a value whose bytes may not be copied. pack moves it from *value into an object of its own, whose
  // address is sent; unpack moves it back if the case was not chosen. Both null: the bytes of *value are sent.
  void* (*pack)(void* value) = nullptr;
  void (*unpack)(void* value, void* packed) = nullptr;
};

namespace detail {

// finish, pack and unpack for the send of a value that is moved to the heap.
template <class T>
struct PackedSend {
  static void finish(void* value, void*, bool) {
    static_cast<T*>(value)->~T();
    ::new (InPlace{}, value) T();
  }
  static void* pack(void* value) { return make<T>(static_cast<T&&>(*static_cast<T*>(value))); }
  static void unpack(void* value, void* packed) {
    static_cast<T*>(value)->~T();
    ::new (InPlace{}, value) T(static_cast<T&&>(*static_cast<T*>(packed)));
    ::delete static_cast<T*>(packed);
  }
};

}  // namespace detail

// case *into, ok = <-c. into may be null. *into changes only if this case is chosen.
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
// case c <- *value. If this case is chosen, *value is moved away and is T{} afterwards, unless T is trivially copyable.
// If another case is chosen, *value is unchanged.
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

namespace builtin {
struct Selected {
  int index;
  bool ok;  // a receive: it was a value
};
}  // namespace builtin

// Selects among n cases; n = 0 waits for ever. More than one default_case, or more than 65536 cases, panics.
builtin::Selected select_cases(const SelectCase* cases, size_t n);
template <size_t N>
builtin::Selected select_cases(const SelectCase (&cases)[N]) {
  return select_cases(cases, N);
}

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using builtin::Selected;
#endif

}  // namespace rt0
