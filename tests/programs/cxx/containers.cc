// The C++ library's containers and owners, by several goroutines at once, each with its own; and one map under a mutex.
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <rt0/rt0.h>

namespace {

struct Sums {
  long map = 0, list = 0, set = 0, hashed = 0, shared = 0;
};

Sums work(int seed) {
  Sums sums;
  std::map<std::string, int> map;
  std::multimap<int, int> many;
  std::set<int> set;
  std::list<int> list;
  std::deque<int> deque;
  std::unordered_map<std::string, int> hashed;
  std::unordered_set<int> seen;
  for (int i = 0; i < 200; i++) {
    const int v = (i * 7919 + seed) % 101;
    map["a key of more than fifteen bytes " + std::to_string(v)] += i;
    many.emplace(v % 7, i);
    set.insert(v);
    list.push_front(v);
    deque.push_back(i);
    hashed[std::to_string(v)] += i;
    seen.insert(v);
    if (i % 50 == 0) rt0::gosched();
  }
  for (int i = 0; i < 50; i++)
    map.erase("a key of more than fifteen bytes " + std::to_string(i)), set.erase(i), seen.erase(i);
  list.sort();
  list.unique();
  for (const auto& [key, v] : map) sums.map = (sums.map * 31 + v) % 1000003;
  for (const auto& [key, v] : many) sums.map = (sums.map * 31 + v) % 1000003;
  for (const int v : list) sums.list = (sums.list * 31 + v) % 1000003;
  for (const int v : set) sums.set = (sums.set * 31 + v) % 1000003;
  // Sums that do not depend on the order, which is another one where size_t has 32 bits.
  for (const auto& [key, v] : hashed) sums.hashed += v;
  for (const int v : seen) sums.hashed += v;
  std::vector<std::shared_ptr<int>> all;
  for (int i = 0; i < 10; i++) all.push_back(std::make_shared<int>(i));
  std::weak_ptr<int> weak = all[3];
  sums.shared = *weak.lock() + all[3].use_count();
  all.clear();
  sums.shared = sums.shared * 10 + (weak.expired() ? 1 : 0);
  return sums;
}

}  // namespace

int main() {
  rt0::sync::Mutex mu;
  std::map<int, Sums> results;
  rt0::WaitGroup done;
  auto shared = std::make_shared<std::vector<int>>(std::initializer_list<int>{1, 2, 3});
  for (int i = 0; i < 4; i++) {
    done.go([&, i, shared] {
      const Sums sums = work(i);
      mu.lock();
      results[i] = sums;
      mu.unlock();
    });
  }
  done.wait();
  for (const auto& [i, s] : results) rt0::fmt::println(i, s.map, s.list, s.set, s.hashed, s.shared);
  rt0::fmt::println(shared.use_count(), shared->size());
}
