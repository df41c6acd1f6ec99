// Channels. Go: the language's chan.
//
//   rt0::Chan<int> c(8);                  // make(chan int, 8); Chan<int> c(0) has no buffer; Chan<int> c is nil
//   rt0::go([c] { c.send(1); c.close(); });
//   for (auto v : c) rt0::println(v);     // until it is closed
//   auto [v, ok] = c.recv_ok();           // v, ok := <-c
//
// A Chan is a handle, one word, shared like Go's: copies name the same channel. The channel goes, with what is left in
// it, when its last handle does; a goroutine that still waits in it then waits for ever, as it would in Go.
//
// Elements travel as bytes: the sender moves its value into raw memory, the runtime copies that from place to place,
// the receiver moves the value out and destroys the rest. So any movable type will do whose objects hold no pointer
// into themselves. What a receive of a closed channel gives is T{}.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/go.h"

namespace rt0 {

struct Hchan;

// The element type that carries nothing. Go: struct{}.
struct Unit {};

// What came out of a channel. ok: a value; otherwise the channel is closed, and value is T{}.
template <class T>
struct Received {
  T value;
  bool ok;
};
// The same of a receive that does not wait. ready: it happened; otherwise nothing was there.
template <class T>
struct TryReceived {
  T value;
  bool ok;
  bool ready;
};

namespace detail {

// What the runtime knows of an element type.
struct ChanType {
  size_t size, align;
  void (*destroy)(void* value);  // null: nothing to do
};

// The head of every channel. Handles count themselves here, without the runtime.
struct ChanHead {
  size_t refs;
};

struct RecvResult {
  bool selected, received;
};

Hchan* chan_make(const ChanType* type, ptrdiff_t size);
void chan_free(Hchan* c);  // refs is 0
bool chan_send(Hchan* c, const void* value, bool block) __asm__("runtime.chansend");
RecvResult chan_recv(Hchan* c, void* into, bool block) __asm__("runtime.chanrecv");
void chan_close(Hchan* c) __asm__("runtime.closechan");
size_t chan_len(const Hchan* c) __asm__("runtime.chanlen");
size_t chan_cap(const Hchan* c) __asm__("runtime.chancap");

// Relaxed: who copies a handle has one, so the channel is there.
inline void chan_retain(Hchan* c) {
  if (c != nullptr) __atomic_add_fetch(&reinterpret_cast<ChanHead*>(c)->refs, 1, __ATOMIC_RELAXED);
}
// Acquire and release: whoever frees the channel comes after all that others did with it.
inline void chan_release(Hchan* c) {
  if (c != nullptr && __atomic_sub_fetch(&reinterpret_cast<ChanHead*>(c)->refs, 1, __ATOMIC_ACQ_REL) == 0) chan_free(c);
}

template <class T>
void destroy_at(void* p) {
  static_cast<T*>(p)->~T();
}
template <class T>
inline constexpr bool kPlain = __is_trivially_copyable(T) && __is_trivially_constructible(T);
template <class T>
inline constexpr ChanType kChanType = {__is_empty(T) ? 0 : sizeof(T), alignof(T),
                                       __is_trivially_copyable(T) ? nullptr : destroy_at<T>};

// Memory for a T which the runtime fills or empties; no constructor or destructor runs on its own.
template <class T>
union RawSlot {
  char none;
  T value;

  RawSlot() : none(0) {}
  explicit RawSlot(T&& v) : value(static_cast<T&&>(v)) {}
  explicit RawSlot(const T& v) : value(v) {}
  ~RawSlot() {}
  RawSlot(const RawSlot&) = delete;
  RawSlot& operator=(const RawSlot&) = delete;

  // Moves the value out and destroys what is left.
  T take() {
    T v(static_cast<T&&>(value));
    value.~T();
    return v;
  }
};

}  // namespace detail

template <class T>
class Chan {
  static_assert(sizeof(T) < 65536, "channel element type too large (>64kB)");

 public:
  using Element = T;

  // Nil: sends and receives wait for ever, close panics.
  constexpr Chan() = default;
  // Room for `size` elements; 0: sender and receiver meet. Go: make(chan T, size).
  explicit Chan(ptrdiff_t size) : c_(detail::chan_make(&detail::kChanType<T>, size)) {}
  Chan(const Chan& o) : c_(o.c_) { detail::chan_retain(c_); }
  Chan(Chan&& o) noexcept : c_(o.c_) { o.c_ = nullptr; }
  ~Chan() { detail::chan_release(c_); }
  Chan& operator=(Chan o) noexcept {
    Hchan* mine = c_;
    c_ = o.c_;
    o.c_ = mine;
    return *this;
  }

  // c <- v. Panics if the channel is or gets closed.
  void send(T v) const {
    if constexpr (__is_trivially_copyable(T)) {
      detail::chan_send(c_, &v, true);
    } else {
      detail::RawSlot<T> slot(static_cast<T&&>(v));
      detail::chan_send(c_, &slot, true);
    }
  }
  // select { case c <- v: true; default: false }. A value that was not sent is destroyed.
  bool try_send(T v) const {
    if constexpr (__is_trivially_copyable(T)) {
      return detail::chan_send(c_, &v, false);
    } else {
      detail::RawSlot<T> slot(static_cast<T&&>(v));
      const bool sent = detail::chan_send(c_, &slot, false);
      if (!sent) slot.value.~T();
      return sent;
    }
  }

  // <-c
  T recv() const {
    if constexpr (detail::kPlain<T>) {
      T v;
      if (!detail::chan_recv(c_, &v, true).received) v = T{};
      return v;
    } else {
      detail::RawSlot<T> slot;
      if (!detail::chan_recv(c_, &slot, true).received) return T{};
      return slot.take();
    }
  }
  // v, ok := <-c
  Received<T> recv_ok() const {
    detail::RawSlot<T> slot;
    if (!detail::chan_recv(c_, &slot, true).received) return {T{}, false};
    return {slot.take(), true};
  }
  // select { case v, ok := <-c: …; default: … }
  TryReceived<T> try_recv() const {
    detail::RawSlot<T> slot;
    const detail::RecvResult r = detail::chan_recv(c_, &slot, false);
    if (!r.received) return {T{}, false, r.selected};
    return {slot.take(), true, true};
  }

  // close(c): receivers get what is left, then T{}; senders panic.
  void close() const { detail::chan_close(c_); }

  // Elements in the buffer, and its size; 0 of a nil channel.
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
    Received<T> now_;
  };
  Iterator begin() const { return Iterator(*this); }
  decltype(nullptr) end() const { return nullptr; }

  // For the runtime's other parts (select).
  Hchan* handle() const { return c_; }

 private:
  Hchan* c_ = nullptr;
};

}  // namespace rt0
