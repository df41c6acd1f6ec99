// Go's sync.Map: a map that many goroutines use at once.
//
//   rt0::sync::Map<int, Session*> sessions;
//   sessions.store(7, s);
//   if (auto r = sessions.load(7); r.ok) use(r.value);
//
// Keys are integers, enums, pointers, types with data() and size() as strings have them, or any type with == for which
// a function uint64_t hash(const K&) is found in the type's namespace. Values are copied in and out. A Map has no
// destructor, because it may be a global, whose destructor would not run; clear() frees its memory.
//
// The map is cut into shards with a lock each. No function of the program is called while a lock is held: hash, ==,
// copies and destructors of keys and values may use the map, wait and panic. After a panic that is recovered the map is
// as it was before the call.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/sync.h"

namespace rt0 {
namespace detail {

// Spreads the bits of x over the whole result. Its constants are those of splitmix64 (Steele, Lea and Flood, 2014).
inline uint64_t mix_hash(uint64_t x) {
  x ^= x >> 32;
  x *= 0x9e3779b97f4a7c15u;
  x ^= x >> 29;
  x *= 0xbf58476d1ce4e5b9u;
  return x ^ x >> 32;
}

// A key's hash. That of a text is FNV-1a (Fowler, Noll and Vo), mixed once more.
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

// True if copying, comparing and destroying a T calls no function of the program. False for an enum with its own ==.
template <class T>
inline constexpr bool kScalar = !__is_class(T) && !__is_union(T) && !requires(const T& a) { operator==(a, a); };

}  // namespace detail

namespace sync {

template <class K, class V>
class Map {
 public:
  // ok: the key had a value before the call. value: that value, else V{}; for load_or_store the value in the map now.
  struct Result {
    V value;
    bool ok;
  };

  constexpr Map() = default;
  Map(const Map&) = delete;
  Map& operator=(const Map&) = delete;

  Result load(const K& k) {
    Search at(this, k);
    Node* x = at.find();
    if (x == nullptr) return {};
    return {at.value(x), true};
  }
  void store(const K& k, const V& v) { (void)swap(k, v); }
  // Returns the key's value; if it has none, stores v and returns it with ok false.
  Result load_or_store(const K& k, const V& v) {
    Search at(this, k);
    for (;;) {  // at most two rounds: make() returns true once only
      if (Node* x = at.find(); x != nullptr) return {at.value(x), true};
      if (at.make(v)) continue;
      at.insert();
      return {v, false};
    }
  }
  Result load_and_delete(const K& k) {
    Search at(this, k);
    Node* x = at.find();
    if (x == nullptr) return {};
    at.remove(x);
    return {x->value, true};
  }
  void remove(const K& k) { (void)load_and_delete(k); }
  // Stores v and returns the value before.
  Result swap(const K& k, const V& v) {
    Search at(this, k);
    if constexpr (!kInPlace) (void)at.make(v);
    for (;;) {  // as in load_or_store
      Node* x = at.find();
      if constexpr (kInPlace) {
        if (x != nullptr) {
          Result r{x->value, true};
          x->value = v;
          return r;
        }
      }
      if (at.make(v)) continue;
      if (x == nullptr) {
        at.insert();
        return {};
      }
      at.replace(x);
      return {x->value, true};
    }
  }
  // Stores v if the key has the value old; true if it had.
  bool compare_and_swap(const K& k, const V& old, const V& v) {
    Search at(this, k);
    for (;;) {  // ends when no other goroutine has changed the value between the comparison and the exchange
      Node* x = at.find();
      if (x == nullptr) return false;
      if constexpr (kInPlace) {
        if (!(x->value == old)) return false;
        x->value = v;
        return true;
      } else {
        at.hold(x);
        if (!(x->value == old)) return false;
        (void)at.make(v);
        if (!at.lock_again(x)) continue;
        at.replace(x);
        return true;
      }
    }
  }
  // Removes the key if it has the value old; true if it had.
  bool compare_and_delete(const K& k, const V& old) {
    Search at(this, k);
    for (;;) {  // as in compare_and_swap
      Node* x = at.find();
      if (x == nullptr) return false;
      if constexpr (kInPlace) {
        if (!(x->value == old)) return false;
      } else {
        at.hold(x);
        if (!(x->value == old)) return false;
        if (!at.lock_again(x)) continue;
      }
      at.remove(x);
      return true;
    }
  }

  // Calls f(key, value) for each key in the map, in no particular order, until f returns false. No key comes twice;
  // keys that are stored or removed meanwhile may come or not. f may use the map.
  template <class F>
  void range(F&& f) {
    for (Shard& s : shards_) {
      size_t n, i = 0;
      Item* all = snapshot(s, &n);
      bool more = true;
      {
        // f may panic, or end the goroutine.
        Defer drop([&] {
          while (i < n) release(all[i++].node);
          ::operator delete(all);
        });
        while (more && i < n) {
          const Node* x = all[i].node;
          more = func([&]() -> bool {  // f may recover its own panic
            if constexpr (kInPlace) return f(x->key, static_cast<const V&>(all[i].value));
            else return f(x->key, x->value);
          });
          release(all[i++].node);
        }
      }
      if (!more) return;
    }
  }

  // Removes all keys, and frees their memory.
  void clear() {
    for (Shard& s : shards_) {
      s.mu.lock();
      Node** buckets = s.buckets;
      const size_t n = s.buckets_n;
      for (size_t b = 0; b < n; b++)
        for (Node* x = buckets[b]; x != nullptr; x = x->next) x->live = false;
      s.buckets = nullptr;
      s.buckets_n = s.count = 0;
      s.mu.unlock();
      // `next` of a node that is not alive does not change.
      for (size_t b = 0; b < n; b++)
        for (Node* x = buckets[b]; x != nullptr;) {
          Node* next = x->next;
          release(x);
          x = next;
        }
      delete[] buckets;
    }
  }

 private:
  static constexpr size_t kShards = 16;

  // Scalar values are changed in their nodes, under the lock. Any other value of a node never changes: a new node takes
  // the old node's place.
  static constexpr bool kInPlace = detail::kScalar<V>;

  // A key and its value. References are counted, so that a goroutine can read a node without the lock. [Shard::mu]: the
  // shard's lock guards the field.
  struct Node {
    Node* next;     // [Shard::mu] the next in its bucket's list, which is in order from the newest to the oldest
    uint64_t seq;   // [Shard::mu] it was the seq-th node of its shard
    unsigned refs;  // one reference of the map while it is in the map, one of each Search or range that holds it
    bool live;      // [Shard::mu] it is in the map
    const uint64_t hash;
    const K key;
    V value;  // [Shard::mu] if kInPlace
  };
  struct Shard {
    Mutex mu;
    Node** buckets = nullptr;  // [mu] buckets_n lists, a power of two
    size_t buckets_n = 0;      // [mu]
    size_t count = 0;          // [mu] nodes in all lists
    uint64_t seq = 0;          // [mu] nodes that have ever been put in
  };
  // A key and value for range's function: a value that is changed in place may only be read under the lock, so it is
  // copied.
  template <bool copied, class = void>
  struct ItemOf {
    Node* node;
    V value;
  };
  template <class Unused>
  struct ItemOf<false, Unused> {
    Node* node;
  };
  using Item = ItemOf<kInPlace>;

  // Called without the lock. Acquire and release: the last holder destroys the node after all uses by other holders.
  static void release(Node* x) {
    if (x != nullptr && __atomic_sub_fetch(&x->refs, 1, __ATOMIC_ACQ_REL) == 0) delete x;
  }
  // Called under the lock or by a holder, so the count cannot become 0 meanwhile. Relaxed: nothing else depends on it.
  static void retain(Node* x) { __atomic_add_fetch(&x->refs, 1, __ATOMIC_RELAXED); }

  // All nodes of a shard, with a reference to each. Null if there are none.
  static Item* snapshot(Shard& s, size_t* n) {
    s.mu.lock();
    *n = s.count;
    Item* all = s.count == 0 ? nullptr : static_cast<Item*>(::operator new(s.count * sizeof(Item)));
    size_t i = 0;
    for (size_t b = 0; b < s.buckets_n; b++)
      for (Node* x = s.buckets[b]; x != nullptr; x = x->next) {
        retain(x);
        all[i].node = x;
        if constexpr (kInPlace) all[i].value = x->value;
        i++;
      }
    s.mu.unlock();
    return all;
  }

  // The search of one call for the node of its key. If == is a function of the program, the lock is released for each
  // comparison. No node is compared twice and none is missed, because
  //   * a node's seq shows whether it was put in after the search has begun;
  //   * the lists are in the order of seq. After a comparison the search goes on behind the node, if that is still in
  //     the map; otherwise at the first node with a smaller seq.
  class Search {
   public:
    Search(Map* m, const K& k) : key_(k), hash_(detail::hash_of(k)), s_(&m->shards_[hash_ >> 60]) {}
    ~Search() { end(); }
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;

    // The node of the key, null if there is none; returns with the lock. A second call looks only at nodes that were
    // put in since the first.
    Node* find() {
      if (!locked_) lock();
      while (seen_ != s_->seq) {
        const uint64_t top = s_->seq;
        uint64_t below = top + 1;
        for (Node* x = head(); x != nullptr && x->seq > seen_;) {
          if (x->seq >= below || x->hash != hash_) {
            x = x->next;
            continue;
          }
          if constexpr (detail::kScalar<K>) {
            if (x->key == key_) return x;
            x = x->next;
          } else {
            hold(x);
            const bool same = x->key == key_;
            lock();
            if (same && x->live) return x;
            below = x->seq;
            x = x->live ? x->next : head();
          }
        }
        seen_ = top;
      }
      return nullptr;
    }
    // Adds a reference to x and releases the lock.
    void hold(Node* x) {
      retain(x);
      Node* before = held_;
      held_ = x;
      unlock();
      release(before);
    }
    // Takes the lock again; true if x, which is held, is still in the map.
    bool lock_again(Node* x) {
      lock();
      return x->live;
    }
    // A copy of x's value. Ends the search.
    V value(Node* x) {
      if constexpr (!kInPlace) hold(x);
      return x->value;
    }
    // Makes a new node, if there is none yet. If that calls a copy constructor of the program, it releases the lock
    // first and returns true.
    bool make(const V& v) {
      if (made_ != nullptr) return false;
      if constexpr (detail::kScalar<K> && kInPlace) {
        made_ = new Node{nullptr, 0, 1, true, hash_, key_, v};
        return false;
      } else {
        unlock();
        made_ = detail::make<Node>(nullptr, uint64_t{0}, 1u, true, hash_, key_, v);
        return true;
      }
    }
    // These three end the search, and release the lock. insert and replace put in the node that was made; remove and
    // replace take out x, which was found and lives as long as the Search.
    void insert() {
      put();
      unlock();
    }
    void remove(Node* x) {
      take_out(x);
      unlock();
    }
    void replace(Node* x) {
      take_out(x);
      put();
      unlock();
    }

   private:
    // If a function of the program panics, no destructor runs: this ends the search in its place.
    struct End {
      Search* search;
      void operator()() const { search->end(); }
    };
    // Each node is forgotten before it is released, for its destructor may panic.
    void end() {
      unlock();
      drop(held_);
      drop(gone_);
      drop(made_);
    }
    static void drop(Node*& x) {
      Node* last = x;
      x = nullptr;
      release(last);
    }
    void lock() {
      s_->mu.lock();
      locked_ = true;
    }
    void unlock() {
      if (locked_) s_->mu.unlock();
      locked_ = false;
    }
    Node*& list() { return s_->buckets[hash_ & (s_->buckets_n - 1)]; }
    Node* head() { return s_->buckets_n == 0 ? nullptr : list(); }
    void put() {
      if (s_->count >= s_->buckets_n) grow();
      made_->seq = ++s_->seq;
      made_->next = list();
      list() = made_;
      made_ = nullptr;
      s_->count++;
    }
    void take_out(Node* x) {
      Node** link = &list();
      while (*link != x) link = &(*link)->next;
      *link = x->next;
      x->live = false;
      gone_ = x;
      s_->count--;
    }
    // Each new list keeps the order of the old one that its nodes come from.
    void grow() {
      const size_t old_n = s_->buckets_n, n = old_n == 0 ? 8 : 2 * old_n;
      Node** to = new Node* [n] {};
      for (size_t b = 0; b < old_n; b++) {
        Node** ends[2] = {&to[b], &to[b + old_n]};
        for (Node* x = s_->buckets[b]; x != nullptr; x = x->next) {
          Node**& end = ends[(x->hash & old_n) != 0];
          *end = x;
          end = &x->next;
        }
        *ends[0] = *ends[1] = nullptr;
      }
      delete[] s_->buckets;
      s_->buckets = to;
      s_->buckets_n = n;
    }

    const K& key_;
    const uint64_t hash_;
    Shard* const s_;
    bool locked_ = false;
    uint64_t seen_ = 0;  // no node with a seq up to this has the key
    Node* held_ = nullptr;
    Node* gone_ = nullptr;  // taken out: the map's reference to it belongs to the Search now
    Node* made_ = nullptr;
    const detail::Undo<End, !(detail::kScalar<K> && kInPlace)> at_panic_{End{this}};
  };

  Shard shards_[kShards];
};

}  // namespace sync

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using sync::Map;
#endif

}  // namespace rt0
