// Go's sync.Map: a map that many goroutines use at once.
//
//   rt0::Map<int, Session*> sessions;
//   sessions.store(7, s);
//   if (auto r = sessions.load(7); r.ok) use(r.value);
//
// Keys are integers, enums, pointers, what looks like a string (data() and size()), or any type with == for which a
// function uint64_t hash(const K&) is found beside the type. Values are copied in and out. The map is cut into shards
// with a lock each. It has no destructor, as a global must not have one: clear() gives its memory back.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/sync.h"

namespace rt0 {
namespace detail {

inline uint64_t mix_hash(uint64_t x) {
  x ^= x >> 32;
  x *= 0x9e3779b97f4a7c15u;
  x ^= x >> 29;
  x *= 0xbf58476d1ce4e5b9u;
  return x ^ x >> 32;
}

template <class K>
uint64_t hash_of(const K& k) {
  if constexpr (requires { hash(k); }) {
    return mix_hash(hash(k));
  } else if constexpr (requires { k.data(), k.size(); }) {
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < k.size(); i++) h = (h ^ static_cast<unsigned char>(k.data()[i])) * 0x100000001b3u;
    return mix_hash(h);
  } else if constexpr (requires { static_cast<uint64_t>(k); }) {
    return mix_hash(static_cast<uint64_t>(k));
  } else {
    return mix_hash(reinterpret_cast<uintptr_t>(k));
  }
}

}  // namespace detail

namespace sync {

template <class K, class V>
class Map {
 public:
  // A value, and whether there was one; with load_or_store, whether it had been there.
  struct Result {
    V value;
    bool ok;
  };

  constexpr Map() = default;
  Map(const Map&) = delete;
  Map& operator=(const Map&) = delete;

  Result load(const K& k) {
    const Place p(this, k);
    return p.node() != nullptr ? Result{p.node()->value, true} : Result{};
  }
  void store(const K& k, const V& v) { (void)swap(k, v); }
  // The value that is in the map now.
  Result load_or_store(const K& k, const V& v) {
    const Place p(this, k);
    if (p.node() != nullptr) return {p.node()->value, true};
    p.insert(k, v);
    return {v, false};
  }
  Result load_and_delete(const K& k) {
    const Place p(this, k);
    if (p.node() == nullptr) return {};
    Result r{p.node()->value, true};
    p.remove();
    return r;
  }
  void remove(const K& k) { (void)load_and_delete(k); }
  // The value that was there.
  Result swap(const K& k, const V& v) {
    const Place p(this, k);
    if (p.node() == nullptr) {
      p.insert(k, v);
      return {};
    }
    Result r{p.node()->value, true};
    p.node()->value = v;
    return r;
  }
  bool compare_and_swap(const K& k, const V& old, const V& v) {
    const Place p(this, k);
    if (p.node() == nullptr || !(p.node()->value == old)) return false;
    p.node()->value = v;
    return true;
  }
  bool compare_and_delete(const K& k, const V& old) {
    const Place p(this, k);
    if (p.node() == nullptr || !(p.node()->value == old)) return false;
    p.remove();
    return true;
  }

  // Calls f(key, value) for what is in the map, in no order, until it returns false. No key comes twice; what changes
  // meanwhile may come or not. f may use the map.
  template <class F>
  void range(F&& f) {
    for (Shard& s : shards_) {
      s.mu.lock();
      const size_t n = s.count;
      Pair* all = n == 0 ? nullptr : static_cast<Pair*>(::operator new(n * sizeof(Pair)));
      size_t i = 0;
      for (size_t b = 0; b < s.buckets_n; b++)
        for (Node* x = s.buckets[b]; x != nullptr; x = x->next)
          ::new (detail::InPlace{}, &all[i++]) Pair{x->key, x->value};
      s.mu.unlock();
      bool more = true;
      for (i = 0; i < n; i++) {
        if (more) more = f(static_cast<const K&>(all[i].key), static_cast<const V&>(all[i].value));
        all[i].~Pair();
      }
      ::operator delete(all);
      if (!more) return;
    }
  }

  void clear() {
    for (Shard& s : shards_) {
      LockGuard held(s.mu);
      for (size_t b = 0; b < s.buckets_n; b++)
        for (Node* x = s.buckets[b]; x != nullptr;) {
          Node* next = x->next;
          delete x;
          x = next;
        }
      delete[] s.buckets;
      s.buckets = nullptr;
      s.buckets_n = s.count = 0;
    }
  }

 private:
  static constexpr size_t kShards = 16;

  struct Pair {
    K key;
    V value;
  };
  struct Node {
    Node* next;
    uint64_t hash;
    K key;
    V value;
  };
  struct Shard {
    Mutex mu;
    Node** buckets = nullptr;  // [mu] buckets_n lists, a power of two
    size_t buckets_n = 0;      // [mu]
    size_t count = 0;          // [mu] nodes in all lists
  };

  // Where a key is, or would be; holds the shard's lock.
  class Place {
   public:
    Place(Map* m, const K& k) : hash_(detail::hash_of(k)), s_(&m->shards_[hash_ >> 60]) {
      s_->mu.lock();
      if (s_->buckets_n == 0) return;
      link_ = &s_->buckets[hash_ & (s_->buckets_n - 1)];
      while (*link_ != nullptr && !((*link_)->hash == hash_ && (*link_)->key == k)) link_ = &(*link_)->next;
    }
    ~Place() { s_->mu.unlock(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    Node* node() const { return link_ == nullptr ? nullptr : *link_; }
    // These two end the use of this Place.
    void insert(const K& k, const V& v) const {
      if (s_->count >= s_->buckets_n) grow();
      Node** head = &s_->buckets[hash_ & (s_->buckets_n - 1)];
      *head = new Node{*head, hash_, k, v};
      s_->count++;
    }
    void remove() const {
      Node* x = *link_;
      *link_ = x->next;
      delete x;
      s_->count--;
    }

   private:
    void grow() const {
      const size_t n = s_->buckets_n == 0 ? 8 : 2 * s_->buckets_n;
      Node** to = new Node* [n] {};
      for (size_t b = 0; b < s_->buckets_n; b++)
        for (Node* x = s_->buckets[b]; x != nullptr;) {
          Node* next = x->next;
          Node** head = &to[x->hash & (n - 1)];
          x->next = *head;
          *head = x;
          x = next;
        }
      delete[] s_->buckets;
      s_->buckets = to;
      s_->buckets_n = n;
    }

    uint64_t hash_;
    Shard* s_;
    Node** link_ = nullptr;
  };

  Shard shards_[kShards];
};

}  // namespace sync

using sync::Map;

}  // namespace rt0
