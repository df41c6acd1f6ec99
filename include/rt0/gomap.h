// The map of the language Go: a hash map whose range begins at a random place, that may be changed while a range goes
// over it, and that ends the program when goroutines use it at once without a lock.
//
//   builtin::map<builtin::String, int> ages;          // ages := map[string]int{}
//   ages[builtin::String("Ada")] = 36;
//   if (int* age = ages.find(name)) …                 // age, ok := ages[name]
//   for (auto& [name, age] : ages) fmt::println(name, age);
//   ages.remove(name);                                // delete(ages, name)
//
// Keys are integers, enums, floats, pointers, types with data() and size() as strings have them, or any type that has
// == and a function uint64_t hash(const K&) in its namespace. A map has no short name in rt0, for programs with `using
// namespace std`. It frees its memory in its destructor, and can be moved, not copied.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/map.h"
#include "rt0/relocate.h"

namespace rt0 {
namespace detail {

// A random number below n. In a simulation it is a choice of the simulated kernel's, the same on every ISA.
size_t random_below(size_t n);
// Ends the program: "fatal error: <why>".
[[noreturn]] void map_fatal(const char* why);

template <class K>
uint64_t key_hash(const K& k) {
  if constexpr (__is_same(K, float) || __is_same(K, double)) {
    const double v = k == 0 ? 0.0 : static_cast<double>(k);  // 0 and -0 are equal
    return mix_hash(__builtin_bit_cast(uint64_t, v));
  } else {
    return hash_of(k);
  }
}

}  // namespace detail

namespace builtin {

//   M1  Each entry has a number, and later ones have higher numbers. slots_ is sorted by these numbers; a removed entry
//       leaves an empty slot until the slots are packed. So an iterator that remembers a number finds its place again,
//       whatever happened to the map, and meets each entry once.
//   M2  An entry is an object of its own and stays at its address until it is removed.
template <class K, class V>
class map {
  struct Slot;

 public:
  struct Entry {
    const K key;
    V value;
  };

  map() = default;
  map(map&& o) noexcept { swap(o); }
  map& operator=(map&& o) noexcept {
    swap(o);
    return *this;
  }
  ~map() { drop(); }

  size_t len() const { return len_; }
  size_t size() const { return len_; }
  bool empty() const { return len_ == 0; }

  // The key's value, or null. It stays valid until the key is removed.
  V* find(const K& k) {
    Node* x = look(k);
    return x != nullptr ? &x->entry.value : nullptr;
  }
  const V* find(const K& k) const {
    const Node* x = look(k);
    return x != nullptr ? &x->entry.value : nullptr;
  }
  bool contains(const K& k) const { return look(k) != nullptr; }
  // A copy of the key's value, V{} if there is none. Go: m[k] as a value.
  V get(const K& k) const {
    const Node* x = look(k);
    return x != nullptr ? x->entry.value : V{};
  }
  // The key's value, which is made if there is none. Go: m[k] = v, m[k]++. To read, use get() or find().
  V& operator[](const K& k) {
    const uint64_t h = detail::key_hash(k);
    const Writing w(this);
    Node* x = search(k, h);
    return (x != nullptr ? x : add(h, k, V{}))->entry.value;
  }
  void set(const K& k, V v) {
    const uint64_t h = detail::key_hash(k);
    const Writing w(this);
    if (Node* x = search(k, h)) x->entry.value = static_cast<V&&>(v);
    else add(h, k, static_cast<V&&>(v));
  }
  // Removes the key; true if it was there. Go: delete.
  bool remove(const K& k) {
    const uint64_t h = detail::key_hash(k);
    Node* gone;
    {
      const Writing w(this);
      gone = take_out(k, h);
    }
    delete gone;  // afterwards: k may be a part of it
    return gone != nullptr;
  }
  // Removes all. Go: clear.
  void clear() {
    map old;
    {
      const Writing w(this);
      old.slots_ = slots_, old.used_ = used_, old.room_ = room_, old.buckets_ = buckets_;
      slots_ = nullptr, buckets_ = nullptr;
      used_ = room_ = len_ = 0;
      packed_++;
    }
  }

  // Go's range: each entry that is not removed before its turn comes once; one that is added meanwhile does not come.
  // The order is that of insertion, from a random entry on and round to it. The reference is valid until the entry is
  // removed.
  class iterator {
   public:
    Entry& operator*() const { return *entry_; }
    Entry* operator->() const { return entry_; }
    iterator& operator++() {
      next();
      return *this;
    }
    friend bool operator==(const iterator& a, const iterator& b) { return a.entry_ == b.entry_; }

   private:
    friend class map;
    iterator() = default;
    explicit iterator(map* m) : m_(m), end_(m->numbers_), packed_(m->packed_) {
      m_->must_not_write("concurrent map iteration and map write");
      if (m_->used_ == 0) return;
      at_ = detail::random_below(m_->used_);
      first_ = m_->slots_[at_].number;
      settle();
    }
    void next() {
      m_->must_not_write("concurrent map iteration and map write");
      if (packed_ != m_->packed_) {
        packed_ = m_->packed_;
        at_ = m_->position(number_ + 1);
      } else {
        at_++;
      }
      settle();
    }
    // The next entry from at_ on.
    void settle() {
      entry_ = nullptr;
      for (;; at_++) {  // ends: at_ grows, and starts again from 0 only once
        if (!around_ && (at_ >= m_->used_ || m_->slots_[at_].number >= end_)) {
          around_ = true;
          at_ = 0;
        }
        if (around_ && (at_ >= m_->used_ || m_->slots_[at_].number >= first_)) return;
        if (m_->slots_[at_].node == nullptr) continue;
        number_ = m_->slots_[at_].number;
        entry_ = &m_->slots_[at_].node->entry;
        return;
      }
    }

    map* m_ = nullptr;
    Entry* entry_ = nullptr;
    size_t at_ = 0;
    uint64_t number_ = 0, first_ = 0, end_ = 0;  // the number of *entry_; of the range's first slot; past the last one
    uint64_t packed_ = 0;                        // m_->packed_ when at_ was right
    bool around_ = false;
  };
  iterator begin() { return iterator(this); }
  iterator end() { return {}; }

 private:
  struct Node {
    uint64_t hash;
    size_t at;  // its slot
    Node* next;
    Entry entry;
  };
  struct Slot {
    uint64_t number;
    Node* node;  // null: removed
  };

  // A change of the map. Relaxed: the flag finds mistakes of the program, it orders nothing. As Go's it may miss some.
  class Writing {
   public:
    explicit Writing(map* m) : m_(m) {
      m_->must_not_write("concurrent map writes");
      __atomic_store_n(&m_->writing_, true, __ATOMIC_RELAXED);
      detail::atomic_point(&m_->writing_);
    }
    ~Writing() {
      if (!__atomic_load_n(&m_->writing_, __ATOMIC_RELAXED)) detail::map_fatal("concurrent map writes");
      __atomic_store_n(&m_->writing_, false, __ATOMIC_RELAXED);
    }

   private:
    // If a function of the program panics meanwhile, the change is over, too: whoever recovers may use the map again.
    struct Over {
      map* m;
      void operator()() const { __atomic_store_n(&m->writing_, false, __ATOMIC_RELAXED); }
    };
    map* m_;
    const detail::Undo<Over, !(detail::kScalar<K> && detail::kScalar<V>), true> at_panic_{Over{m_}};
  };
  void must_not_write(const char* otherwise) const {
    if (__atomic_load_n(&writing_, __ATOMIC_RELAXED)) detail::map_fatal(otherwise);
  }

  void swap(map& o) {
    const auto exchange = [](auto& a, auto& b) {
      const auto t = a;
      a = b;
      b = t;
    };
    exchange(slots_, o.slots_), exchange(buckets_, o.buckets_);
    exchange(used_, o.used_), exchange(room_, o.room_), exchange(len_, o.len_);
    exchange(numbers_, o.numbers_), exchange(packed_, o.packed_);
  }
  void drop() {
    for (size_t i = 0; i < used_; i++) delete slots_[i].node;
    delete[] slots_;
    delete[] buckets_;
  }

  Node* look(const K& k) const {
    must_not_write("concurrent map read and map write");
    return len_ == 0 ? nullptr : search(k, detail::key_hash(k));
  }
  Node* search(const K& k, uint64_t h) const {
    if (room_ == 0) return nullptr;
    Node* x = buckets_[h & (room_ - 1)];
    while (x != nullptr && !(x->hash == h && x->entry.key == k)) x = x->next;
    return x;
  }
  Node* take_out(const K& k, uint64_t h) {
    if (room_ == 0) return nullptr;
    Node** at = &buckets_[h & (room_ - 1)];
    while (*at != nullptr && !((*at)->hash == h && (*at)->entry.key == k)) at = &(*at)->next;
    Node* const x = *at;
    if (x == nullptr) return nullptr;
    *at = x->next;
    slots_[x->at].node = nullptr;
    len_--;
    return x;
  }
  Node* add(uint64_t h, const K& k, V&& v) {
    Node* const x = new Node{h, 0, nullptr, {k, static_cast<V&&>(v)}};
    if (used_ == room_) pack();
    x->at = used_;
    slots_[used_++] = {numbers_++, x};
    Node*& bucket = buckets_[h & (room_ - 1)];
    x->next = bucket;
    bucket = x;
    len_++;
    return x;
  }
  // Makes room: takes out the empty slots, and doubles the room if less than half of it would be free.
  void pack() {
    const size_t room = room_ == 0 ? 8 : len_ > room_ / 2 ? 2 * room_ : room_;
    Slot* const slots = new Slot[room];
    Node** const buckets = new Node*[room]();
    size_t n = 0;
    for (size_t i = 0; i < used_; i++) {
      Node* const x = slots_[i].node;
      if (x == nullptr) continue;
      slots[n] = slots_[i];
      x->at = n++;
      Node*& bucket = buckets[x->hash & (room - 1)];
      x->next = bucket;
      bucket = x;
    }
    delete[] slots_;
    delete[] buckets_;
    slots_ = slots, buckets_ = buckets, used_ = n, room_ = room;
    packed_++;
  }
  // The first slot with this number or a higher one.
  size_t position(uint64_t number) const {
    size_t low = 0, high = used_;
    while (low < high) {
      const size_t mid = low + (high - low) / 2;
      if (slots_[mid].number < number) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  Slot* slots_ = nullptr;
  Node** buckets_ = nullptr;              // room_ of them, a power of two
  size_t used_ = 0, room_ = 0, len_ = 0;  // slots in use, slots, entries
  uint64_t numbers_ = 0, packed_ = 0;     // the next entry's number; how often positions have changed
  bool writing_ = false;
};

}  // namespace builtin

template <class K, class V>
inline constexpr bool kRelocatable<builtin::map<K, V>> = true;

}  // namespace rt0
