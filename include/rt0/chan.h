// Channels. Go: the language's chan.
//
//   rt0::Chan<int> c(8);                  // make(chan int, 8); Chan<int> c(0) has no buffer; Chan<int> c is nil
//   rt0::go([c] { c.send(1); c.close(); });
//   for (auto v : c) rt0::println(v);     // until it is closed
//   auto [v, ok] = c.recv_ok();           // v, ok := <-c
//
// A Chan is a handle of one word: copies name the same channel, as in Go. The channel is freed, with the values left in
// it, when its last handle is destroyed; a goroutine that still waits in it then waits for ever, as it would in Go.
//
// Elements: any type that can be moved. The runtime copies a trivially copyable value from place to place as bytes. A
// value of any other type is moved, by its move constructor, into an object of its own on the heap; the channel passes
// on the pointer to that object, and the receiver moves the value out and deletes the object. So a constructor or
// destructor of the program runs on a goroutine of the program, never while the channel is locked: it may wait, use
// this channel, or panic. Each value is destroyed once. For types that need no heap here see relocate.h.
// A receive from a closed, empty channel returns T{}.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/go.h"
#include "rt0/panic.h"
#include "rt0/relocate.h"

namespace rt0 {

struct Hchan;
template <class T>
class Chan;

namespace builtin {

// The element type that carries nothing. Go: struct{}.
struct Unit {};

// The result of a receive. ok: value was sent; otherwise the channel is closed, and value is T{}.
template <class T>
struct Received {
  T value;
  bool ok;
};
// The result of a receive that does not wait. ready: as above; otherwise the receive would have had to wait.
template <class T>
struct TryReceived {
  T value;
  bool ok;
  bool ready;
};

}  // namespace builtin

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using builtin::Received;
using builtin::TryReceived;
using builtin::Unit;
#endif

template <class T>
inline constexpr bool kRelocatable<Chan<T>> = true;

namespace detail {

// The runtime's description of a channel's elements, in the form in which the channel holds them: for a type that is
// not relocatable this is a pointer.
struct ChanType {
  size_t size, align;
  void (*destroy)(void* value);  // destroys an element; null: not necessary
};

// The head of every channel. Handles are counted here, without a call of the runtime.
struct ChanHead {
  size_t refs;
};

struct RecvResult {
  bool selected, received;
};

Hchan* chan_make(const ChanType* type, ptrdiff_t size);
void chan_free(Hchan* c);  // called when refs has become 0
// Sends a copy of *elem; false if it would have to wait and block is false.
bool chansend(Hchan* c, const void* elem, bool block) __asm__("runtime.chansend");
// Receives into *elem; elem may be null. If block is false it returns at once when it would have to wait. selected: a
// value was received, or the channel is closed; received: it was a value. *elem is written only if selected.
RecvResult chanrecv(Hchan* c, void* elem, bool block) __asm__("runtime.chanrecv");
void closechan(Hchan* c) __asm__("runtime.closechan");
size_t chan_len(const Hchan* c) __asm__("runtime.chanlen");
size_t chan_cap(const Hchan* c) __asm__("runtime.chancap");

// Relaxed: the goroutine that copies a handle has one, so the channel exists.
[[gnu::always_inline]] inline void chan_retain(Hchan* c) {
  if (c != nullptr) __atomic_add_fetch(&reinterpret_cast<ChanHead*>(c)->refs, 1, __ATOMIC_RELAXED);
}
// Acquire and release: all uses of the channel by other goroutines come before the goroutine that frees it.
[[gnu::always_inline]] inline void chan_release(Hchan* c) {
  if (c != nullptr && __atomic_sub_fetch(&reinterpret_cast<ChanHead*>(c)->refs, 1, __ATOMIC_ACQ_REL) == 0) chan_free(c);
}

template <class T>
inline constexpr bool kIsNull = false;
template <>
inline constexpr bool kIsNull<decltype(nullptr)> = true;

template <class T>
inline constexpr bool kPlain = __is_trivially_copyable(T) && __is_trivially_constructible(T);

// A value in the form in which the runtime may copy it as bytes: here the value itself. Its constructor and destructor
// do not run by themselves, because the runtime fills a Parcel by receiving and empties it by sending: the owner of a
// full Parcel has to call take() or drop().
template <class T, bool = kRelocatable<T>>
union Parcel {
  static constexpr size_t kSize = __is_empty(T) && __is_trivially_copyable(T) ? 0 : sizeof(T);
  static constexpr size_t kAlign = alignof(T);
  static constexpr bool kNeedsDrop = !__is_trivially_copyable(T);

  char none;
  T value;

  Parcel() : none(0) {}
  template <class V>
  Parcel(InPlace, V&& v) : value(T(static_cast<V&&>(v))) {}
  ~Parcel() {}
  Parcel(const Parcel&) = delete;
  Parcel& operator=(const Parcel&) = delete;

  // Moves the value out and destroys what is left.
  T take() {
    T v(static_cast<T&&>(value));
    value.~T();
    return v;
  }
  void drop() { value.~T(); }
};

// For a type whose bytes may not be copied: a pointer to the value, which is on the heap.
template <class T>
union Parcel<T, false> {
  static constexpr size_t kSize = sizeof(T*);
  static constexpr size_t kAlign = alignof(T*);
  static constexpr bool kNeedsDrop = true;

  char none;
  T* value;

  Parcel() : none(0) {}
  template <class V>
  Parcel(InPlace, V&& v) : value(make<T>(static_cast<V&&>(v))) {}
  Parcel(const Parcel&) = delete;
  Parcel& operator=(const Parcel&) = delete;

  T take() {
    T* const from = value;
    T v = [from] {
      const Undo back([from] { ::delete from; });
      return T(static_cast<T&&>(*from));
    }();
    ::delete from;
    return v;
  }
  void drop() { ::delete value; }
};

// Destroys a value that is left in a channel which is freed.
template <class T>
void drop_parcel(void* p) {
  static_cast<Parcel<T>*>(p)->drop();
}
template <class T>
inline constexpr ChanType kChanType = {Parcel<T>::kSize, Parcel<T>::kAlign,
                                       Parcel<T>::kNeedsDrop ? drop_parcel<T> : nullptr};

}  // namespace detail

template <class T>
class Chan {
  static_assert(sizeof(T) < 65536, "channel element type too large (>64kB)");

 public:
  using Element = T;

  // A nil channel: sends and receives wait for ever, close panics.
  constexpr Chan() = default;
  // A channel with a buffer for `size` elements; 0: a sender waits for a receiver. Panics if size is negative or too
  // large. Go: make(chan T, size).
  explicit Chan(ptrdiff_t size) : c_(detail::chan_make(&detail::kChanType<T>, size)) {}
  Chan(const Chan& o) : c_(o.c_) { detail::chan_retain(c_); }
  Chan(Chan&& o) noexcept : c_(o.c_) { o.c_ = nullptr; }
  [[gnu::always_inline]] ~Chan() { detail::chan_release(c_); }
  // Chan<int> c = nullptr; c = nullptr. A template, because otherwise the 0 of Chan<int> c(0) could mean nullptr.
  template <class N>
    requires detail::kIsNull<N>
  constexpr Chan(N) {}
  template <class N>
    requires detail::kIsNull<N>
  Chan& operator=(N) noexcept {
    return *this = Chan();
  }
  Chan& operator=(Chan o) noexcept {
    Hchan* mine = c_;
    c_ = o.c_;
    o.c_ = mine;
    return *this;
  }

  // c <- v. Panics if the channel is closed, also if that happens while the send waits.
  void send(T v) const {
    if constexpr (__is_trivially_copyable(T)) {
      detail::chansend(c_, &v, true);
    } else {
      detail::Parcel<T> parcel(detail::InPlace{}, static_cast<T&&>(v));
      detail::chansend(c_, &parcel, true);
    }
  }
  // As send, but if it would have to wait, destroys v and returns false. Go: select with a default.
  bool try_send(T v) const {
    if constexpr (__is_trivially_copyable(T)) {
      return detail::chansend(c_, &v, false);
    } else {
      detail::Parcel<T> parcel(detail::InPlace{}, static_cast<T&&>(v));
      const bool sent = detail::chansend(c_, &parcel, false);
      if (!sent) parcel.drop();
      return sent;
    }
  }

  // <-c: waits for a value; T{} if the channel is closed and empty.
  T recv() const {
    if constexpr (detail::kPlain<T>) {
      T v;
      if (!detail::chanrecv(c_, &v, true).received) v = T{};
      return v;
    } else {
      detail::Parcel<T> parcel;
      if (!detail::chanrecv(c_, &parcel, true).received) return T{};
      return parcel.take();
    }
  }
  // v, ok := <-c
  builtin::Received<T> recv_ok() const {
    detail::Parcel<T> parcel;
    if (!detail::chanrecv(c_, &parcel, true).received) return {T{}, false};
    return {parcel.take(), true};
  }
  // Receives if that is possible without waiting. Go: select { case v, ok := <-c: …; default: … }.
  builtin::TryReceived<T> try_recv() const {
    detail::Parcel<T> parcel;
    const detail::RecvResult r = detail::chanrecv(c_, &parcel, false);
    if (!r.received) return {T{}, false, r.selected};
    return {parcel.take(), true, true};
  }

  // close(c): receivers get the values left in the buffer, then T{}; senders panic. Panics if c is closed or nil.
  void close() const { detail::closechan(c_); }

  // The number of elements in the buffer, and the buffer's size; 0 for a nil channel.
  size_t len() const { return detail::chan_len(c_); }
  size_t cap() const { return detail::chan_cap(c_); }

  explicit operator bool() const { return c_ != nullptr; }
  friend bool operator==(const Chan& a, const Chan& b) { return a.c_ == b.c_; }
  friend bool operator==(const Chan& a, decltype(nullptr)) { return a.c_ == nullptr; }

  // for (auto v : c): receives until the channel is closed and empty.
  class Iterator {
   public:
    explicit Iterator(const Chan& c) : chan_(c), now_(c.recv_ok()) {}
    T&& operator*() { return static_cast<T&&>(now_.value); }
    Iterator& operator++() {
      now_ = chan_.recv_ok();
      return *this;
    }
    bool operator!=(decltype(nullptr)) const { return now_.ok; }

   private:
    const Chan& chan_;
    builtin::Received<T> now_;
  };
  Iterator begin() const { return Iterator(*this); }
  decltype(nullptr) end() const { return nullptr; }

  // Prints as the channel's address.
  operator PrintArg() const {
    const volatile void* const address = c_;
    return PrintArg(address);
  }

  // For the runtime's other parts (select).
  Hchan* handle() const { return c_; }

 private:
  Hchan* c_ = nullptr;
};

namespace detail {
// Its == compares the channels, not what they carry.
template <class T>
inline constexpr bool kArgumentsHaveEqual<Chan<T>> = true;

template <class T>
struct GoType<Chan<T>> {
  static constexpr auto kName = JoinedName<kGoName<T>.len + 5>().add({"chan ", 5}).add(kGoName<T>);
  static constexpr Text name() { return {kName.s, kName.n}; }
};
}  // namespace detail

}  // namespace rt0
